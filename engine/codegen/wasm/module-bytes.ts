/**
 * @file The binary form of a WebAssembly module. In: types, function bodies with gaps for addresses, a table, exports. Out: bytes, with every
 * place at its address.
 */
import { ByteWriter } from './bytes'
import { special, type ValueType, valueTypes } from './opcodes'
import type { Gap } from './places'

/** A function's code with gaps for addresses. */
export interface FunctionBody {
  readonly code: ByteWriter
  readonly gaps: readonly Gap[]
  readonly callees: ReadonlySet<number>
  readonly usesItem: boolean
}

export interface FunctionType {
  readonly params: readonly ValueType[]
  readonly results: readonly ValueType[]
}

/** Pages are 64 KiB. A shared memory needs `maximum`. */
export interface MemoryLimits {
  readonly initialPages: number
  readonly maximumPages?: number
  readonly shared: boolean
}

export interface ModuleParts {
  readonly limits: MemoryLimits
  readonly types: readonly FunctionType[]
  readonly functions: readonly (FunctionBody & { readonly type: number })[]
  /** Functions that are called by number. */
  readonly table: readonly number[]
  readonly exports: ReadonlyMap<string, number>
  /** There is a global, a variable i32 that starts as 0: the number of a scan's item. */
  readonly hasItem: boolean
}

const functionReference = 0x70

/** The module imports `env.memory`. */
export function encodeModule(
  { limits, types, functions, table, exports, hasItem }: ModuleParts,
  addressOf: (place: number) => number,
): Uint8Array<ArrayBuffer> {
  for (const { code, gaps } of functions)
    for (const { at, place, offset, signed } of gaps) code.overwrite(at, addressOf(place) + offset, signed)
  const size = functions.reduce((sum, { code }) => sum + code.length + 5, 1024)
  const out = new ByteWriter(size)
  out.append([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00])
  section(out, 1, (to) => {
    to.unsigned(types.length)
    for (const { params, results } of types) {
      to.byte(0x60)
      for (const list of [params, results]) {
        to.unsigned(list.length)
        for (const type of list) to.byte(valueTypes[type])
      }
    }
  })
  section(out, 2, (to) => {
    const { initialPages, maximumPages, shared } = limits
    to.unsigned(1)
    to.name('env')
    to.name('memory')
    to.byte(0x02)
    to.byte((maximumPages === undefined ? 0 : 1) | (shared ? 2 : 0))
    to.unsigned(initialPages)
    if (maximumPages !== undefined) to.unsigned(maximumPages)
  })
  section(out, 3, (to) => {
    to.unsigned(functions.length)
    for (const { type } of functions) to.unsigned(type)
  })
  section(out, 4, (to) => {
    to.append([1, functionReference, 1])
    to.unsigned(table.length)
    to.unsigned(table.length)
  })
  if (hasItem) section(out, 6, (to) => to.append([1, valueTypes.i32, 1, special['i32.const'], 0, special.end]))
  section(out, 7, (to) => {
    to.unsigned(exports.size)
    for (const [name, func] of exports) {
      to.name(name)
      to.byte(0x00)
      to.unsigned(func)
    }
  })
  section(out, 9, (to) => {
    // One segment of table 0, from element 0 on.
    to.append([1, 0, special['i32.const'], 0, special.end])
    to.unsigned(table.length)
    for (const func of table) to.unsigned(func)
  })
  section(
    out,
    10,
    (to) => {
      to.unsigned(functions.length)
      for (const { code } of functions) to.sized(code)
    },
    size,
  )
  return out.view()
}

function section(out: ByteWriter, id: number, write: (content: ByteWriter) => void, capacity = 256): void {
  const content = new ByteWriter(capacity)
  write(content)
  out.byte(id)
  out.sized(content)
}
