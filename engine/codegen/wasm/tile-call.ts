/**
 * @file Which function computes a tile. In: a tile's constants. Out: a function, and the arguments it takes beyond those of all tiles. Tiles
 * that differ only in sizes share one whose sizes are arguments: a network has a hundred sizes, and code costs time to write and to compile.
 * It is as fast where either the rows or the steps of A lie 4 bytes apart, so that one of the two needs no pointers of its own.
 */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler'
import { addStored, functionOnce, mask, multiplyStep, type Place, startSums, type TileSpec, tileFunction, unroll } from './tile'

export interface TileCall {
  readonly func: number
  /** Pushed after (list, count, a, b, c, bias, spill). */
  readonly sizes: readonly number[]
}

/** A pointer for each row of A must stay in a register. */
const mostPointers = 6

export function tileCall(module: ModuleBuilder, spec: TileSpec): TileCall {
  const { rows, steps, columns, stored, cRow } = spec
  const [first = 0, second = 0] = rows
  const rowBytes = second - first
  const even = first === 0 && rows.every((offset, r) => offset === r * rowBytes)
  if (!even || !('count' in steps) || stored < columns) return { func: tileFunction(module, spec), sizes: [] }
  const { count, stride } = steps
  if (rows.length === 1 || rowBytes === 4) return { func: shared(module, spec, 'steps', writeSteps), sizes: [stride, count, cRow] }
  if (stride === 4 && rows.length <= mostPointers) return { func: shared(module, spec, 'rows', writeRows), sizes: [rowBytes, count, cRow] }
  return { func: tileFunction(module, spec), sizes: [] }
}

/** Adds up one list entry: pointers to its first elements of A and B, the size that varies, the number of steps. */
type Walk = (f: FunctionBuilder, spec: TileSpec, step: ReturnType<typeof multiplyStep>, at: Entry) => void
interface Entry {
  readonly pa: Local
  readonly pb: Local
  readonly size: Local
  readonly count: Local
}

/** (list, count, a, b, c, bias, spill, size, steps, bytes between rows of C). */
function shared(module: ModuleBuilder, spec: TileSpec, form: string, walk: Walk): number {
  const { rows, columns, bRow, start, masked, fma } = spec
  const name = `${form} ${[rows.length, columns, bRow, start, masked ?? false, fma].join()}`
  const params = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const
  return functionOnce(module, name, () =>
    module.function(params, [], (f, list, count, a, b, c, bias, spill, size, steps, cRow) => {
      const pa = f.local('i32')
      const pb = f.local('i32')
      const sums = startSums(f, spec, bias)
      const step = multiplyStep(f, spec, sums)
      f.get(count).if(() => {
        f.countDown(count, 1, () => {
          f.get(a).get(list).memory('i32.load', 0).op('i32.add').set(pa)
          f.get(b).get(list).memory('i32.load', 4).op('i32.add').set(pb)
          f.increment(list, 8)
          walk(f, spec, step, { pa, pb, size, count: steps })
        })
      })
      const rowsOfC = rows.map((_, r) => (r === 0 ? c : f.local('i32')))
      for (const [r, row] of rowsOfC.entries()) if (r > 0) f.affine(rowsOfC[r - 1] as Local, [cRow, 1]).set(row)
      const rowOfC = (r: number): Place => [rowsOfC[r] as Local, 0]
      if (start === 'accumulate') addStored(f, sums, rowOfC)
      if (masked) mask(f, sums, spill)
      for (const [r, row] of sums.entries())
        for (const [j, sum] of row.entries())
          f.get(rowsOfC[r] as Local)
            .get(sum)
            .memory('v128.store', 16 * j)
    }),
  )
}

/** Steps 4 bytes apart, a pointer for each row; `size`: bytes between rows. */
const writeRows: Walk = (f, { rows, bRow }, step, { pa, pb, size, count }) => {
  const pointers = rows.map((_, r) => (r === 0 ? pa : f.local('i32')))
  for (const [r, pointer] of pointers.entries()) if (r > 0) f.affine(pointers[r - 1] as Local, [size, 1]).set(pointer)
  const at = (k: number) => step((r) => [pointers[r] as Local, 4 * k], [pb, k * bRow])
  unrolled(f, count, (steps) => {
    for (let k = 0; k < steps; k++) at(k)
    for (const pointer of pointers) f.increment(pointer, 4 * steps)
    f.increment(pb, steps * bRow)
  })
}

/** Rows 4 bytes apart; `size`: bytes between steps. */
const writeSteps: Walk = (f, { bRow }, step, { pa, pb, size, count }) => {
  unrolled(f, count, (steps) => {
    for (let k = 0; k < steps; k++) {
      step((r) => [pa, 4 * r], [pb, k * bRow])
      f.increment(pa, size)
    }
    f.increment(pb, steps * bRow)
  })
}

/** Does `count` steps, several at a time and the rest one by one. */
function unrolled(f: FunctionBuilder, count: Local, body: (steps: number) => void): void {
  const left = f.local('i32')
  f.get(count).i32(unroll).op('i32.div_u').tee(left)
  f.if(() => f.countDown(left, 1, () => body(unroll)))
  f.get(count).i32(unroll).op('i32.rem_u').tee(left)
  f.if(() => f.countDown(left, 1, () => body(1)))
}
