/**
 * @file How a WGSL module declares its storages and reads and writes their elements. In: the storages of a dispatch. Out: declarations for
 * the top of the module, and the text of loads and stores. All arithmetic is f32; where elements are stored as f16 they are widened when
 * read and rounded when written.
 */
import type { BufferId } from '../../optimize/kernel'
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

const toHalves = `fn toHalves(x: vec4<f32>) -> vec4<f16> { return vec4<f16>(toHalf(x.x), toHalf(x.y), toHalf(x.z), toHalf(x.w)); }
`

/**
 * `sizes`: how many numbers the dispatch carries. `workspace`: what a workspace holds. `wide`: buffers whose elements are read and written by
 * fours, at the index of the first, a multiple of 4; workspaces never are.
 */
export function declare(
  storages: readonly Storage[],
  context: GpuContext,
  sizes: number,
  workspace: (number: number) => 'f32' | 'i32' = () => 'f32',
  wide: ReadonlySet<BufferId> = new Set(),
): Access {
  const slots = new Map<string, { readonly name: string; readonly element: 'f32' | 'i32' | 'f16'; readonly byFours: boolean }>()
  storages.forEach((storage, i) => {
    const element = 'buffer' in storage ? context.elementOf(storage.buffer) : workspace(storage.workspace)
    slots.set(keyOf(storage), { name: `s${i}`, element, byFours: 'buffer' in storage && wide.has(storage.buffer) })
  })
  const slotOf = (storage: Storage) => {
    const slot = slots.get(keyOf(storage))
    if (!slot) throw new RangeError(`storage ${keyOf(storage)} was not declared`)
    return slot
  }
  const halves = [...slots.values()].some(({ element }) => element === 'f16')
  const lines = [...slots.values()].map(
    ({ name, element, byFours }, i) =>
      `@group(0) @binding(${i}) var<storage, read_write> ${name}: array<${byFours ? `vec4<${element}>` : element}>;`,
  )
  if (sizes > 0) lines.push(`@group(0) @binding(${slots.size}) var<uniform> sizes: array<vec4<i32>, ${Math.ceil(sizes / 4)}>;`)
  return {
    header: `${halves ? 'enable f16;\n' : ''}${lines.join('\n')}\n${halves ? toHalf : ''}${halves && wide.size > 0 ? toHalves : ''}`,
    name: (storage) => slotOf(storage).name,
    load(storage, index) {
      const { name, element, byFours } = slotOf(storage)
      const text = byFours ? `${name}[(${index}) >> 2u]` : `${name}[${index}]`
      return element === 'f16' ? `${byFours ? 'vec4<f32>' : 'f32'}(${text})` : text
    },
    store(storage, index, value) {
      const { name, element, byFours } = slotOf(storage)
      const rounded = element === 'f16' ? `${byFours ? 'toHalves' : 'toHalf'}(${value})` : value
      return `${name}[${byFours ? `(${index}) >> 2u` : index}] = ${rounded};`
    },
  }
}

/** The number at `position` of the uniform `sizes`. */
export const sizeAt = (position: number): string => `sizes[${position >> 2}].${'xyzw'[position & 3]}`
