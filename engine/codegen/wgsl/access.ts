/**
 * @file How a WGSL module declares its storages and reads and writes their elements. In: the storages of a dispatch. Out: declarations for
 * the top of the module, and the text of loads and stores. All arithmetic is f32; where elements are stored as f16 they are widened when
 * read and rounded when written.
 */
import type { GpuContext, Storage } from './emitter'

export interface Access {
  /** Extensions, bindings and what stores need: the first lines of the module. */
  readonly header: string
  /** The variable of a storage; its elements are f32, i32 or f16. */
  name(storage: Storage): string
  /** An f32 or i32 expression. */
  load(storage: Storage, index: string): string
  /** A statement. */
  store(storage: Storage, index: string, value: string): string
}

/** Beyond the largest half, values become infinite whichever way the device rounds: loss scaling has to see that a gradient overflowed. */
const toHalf = `fn toHalf(x: f32) -> f16 {
  if (abs(x) >= 65520.0) { return bitcast<vec2<f16>>(select(0x7c00u, 0xfc00u, x < 0.0)).x; }
  return f16(x);
}
`

const keyOf = (storage: Storage): string => ('buffer' in storage ? `b${storage.buffer}` : `w${storage.workspace}`)

/** `sizes`: how many numbers the dispatch carries. `workspace`: what a workspace holds. */
export function declare(
  storages: readonly Storage[],
  context: GpuContext,
  sizes: number,
  workspace: (number: number) => 'f32' | 'i32' = () => 'f32',
): Access {
  const slots = new Map<string, { readonly name: string; readonly element: 'f32' | 'i32' | 'f16' }>()
  storages.forEach((storage, i) => {
    const element = 'buffer' in storage ? context.elementOf(storage.buffer) : workspace(storage.workspace)
    slots.set(keyOf(storage), { name: `s${i}`, element })
  })
  const slotOf = (storage: Storage) => {
    const slot = slots.get(keyOf(storage))
    if (!slot) throw new RangeError(`storage ${keyOf(storage)} was not declared`)
    return slot
  }
  const halves = [...slots.values()].some(({ element }) => element === 'f16')
  const lines = [...slots.values()].map(
    ({ name, element }, i) => `@group(0) @binding(${i}) var<storage, read_write> ${name}: array<${element}>;`,
  )
  if (sizes > 0) lines.push(`@group(0) @binding(${slots.size}) var<uniform> sizes: array<vec4<i32>, ${Math.ceil(sizes / 4)}>;`)
  return {
    header: `${halves ? 'enable f16;\n' : ''}${lines.join('\n')}\n${halves ? toHalf : ''}`,
    name: (storage) => slotOf(storage).name,
    load(storage, index) {
      const { name, element } = slotOf(storage)
      return element === 'f16' ? `f32(${name}[${index}])` : `${name}[${index}]`
    },
    store(storage, index, value) {
      const { name, element } = slotOf(storage)
      return `${name}[${index}] = ${element === 'f16' ? `toHalf(${value})` : value};`
    },
  }
}

/** The number at `position` of the uniform `sizes`. */
export const sizeAt = (position: number): string => `sizes[${position >> 2}].${'xyzw'[position & 3]}`
