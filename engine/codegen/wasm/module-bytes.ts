/**
 * @file The binary form of a WebAssembly module. In: types, function bodies with gaps for addresses, a table, exports. Out: bytes, with every
 * place at its address.
 */
import { ByteWriter } from './bytes'
import { memory, special, type ValueType, valueTypes } from './opcodes'
import { type Gap, placeIn, placeOffset } from './places'

/** A function in parts, with gaps for what is decided later. */
export interface FunctionBody {
  /** How many parameters it has, and the types of its other locals. */
  readonly params: number
  readonly locals: readonly ValueType[]
  /** Instructions that come first. */
  readonly prologue: ByteWriter
  readonly code: ByteWriter
  /** In `code`. */
  readonly gaps: readonly Gap[]
  /** Constants in `code` that have room for any number: where they stand, and which they are. */
  readonly constants: { readonly at: readonly number[]; readonly values: readonly number[] }
  readonly callees: ReadonlySet<number>
  readonly usesItem: boolean
}

/** Of each constant of a function the number of the word that it is read from, or −1; `words`: how many those are. */
export interface Taken {
  readonly from: readonly number[]
  readonly words: number
}

/** The address of a place, and the number for an offset in it. */
export type Resolve = (place: number, offset: number) => number

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

/** The module imports `env.memory`. `taken`: by number of the function. */
export function encodeModule(
  { limits, types, functions, table, exports, hasItem }: ModuleParts,
  taken: ReadonlyMap<number, Taken>,
  resolve: Resolve,
): Uint8Array<ArrayBuffer> {
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
      const body = new ByteWriter(4096)
      for (const [i, one] of functions.entries()) {
        body.clear()
        writeBody(body, one, taken.get(i), resolve)
        to.sized(body)
      }
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

/** Local declarations, instructions, end. */
function writeBody(out: ByteWriter, body: FunctionBody, taken: Taken | undefined, resolve: Resolve): void {
  const { params, locals, prologue, code, gaps, constants } = body
  const types = taken ? [...locals, ...new Array<ValueType>(taken.words).fill('i32')] : locals
  const runs: { type: ValueType; count: number }[] = []
  for (const type of types) {
    const last = runs.at(-1)
    if (last?.type === type) last.count++
    else runs.push({ type, count: 1 })
  }
  out.unsigned(runs.length)
  for (const { type, count } of runs) {
    out.unsigned(count)
    out.byte(valueTypes[type])
  }
  const firstWord = params + locals.length
  const [load, align] = memory['i32.load']
  for (let word = 0; word < (taken?.words ?? 0); word++) {
    out.byte(special['local.get'])
    // The last parameter says where the words lie.
    out.unsigned(params - 1)
    out.byte(load)
    out.unsigned(align)
    out.unsigned(4 * word)
    out.byte(special['local.set'])
    out.unsigned(firstWord + word)
  }
  for (const { at, place, offset, signed } of gaps) code.overwrite(at, resolve(place, offset), signed)
  for (const [i, at] of constants.at.entries()) {
    const word = taken?.from[i] ?? -1
    code.put(at - 1, word < 0 ? special['i32.const'] : special['local.get'])
    if (word < 0) code.overwrite(at, linkedValue(constants.values[i] as number, resolve), true)
    else code.overwrite(at, firstWord + word, false)
  }
  out.append(prologue.view())
  out.append(code.view())
  out.byte(special.end)
}

/** A number that may be an address. */
export function linkedValue(value: number, resolve: Resolve): number {
  const place = placeIn(value)
  return place > 0 ? resolve(place, placeOffset(value)) : value
}
