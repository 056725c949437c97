/**
 * @file The register tile at the heart of every matrix kernel: C (rows × columns) = Σ over list entries A (rows × depth) · B (depth × columns).
 * A is read by splatting single elements at constant row and step offsets, so one generator serves forward, transposed and gradient
 * forms; B is read in whole vectors. In: a tile's constants. Out: a function (list, count, a, b, c, bias, spill), made once per module.
 *
 * V8 widens pairs of 128-bit operations to 256 bits when everything is loaded first, both halves do the same, and the stores of a
 * pair follow each other at +0 and +16; a lane extracted from an accumulator would undo it. So columns that do not exist are cut off
 * by storing a whole row to spill memory and copying from there, never by lane stores.
 */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler'
import type { KernelVariant } from './emitter'
import { copyFloats } from './vectors'

/** Steps (of k, or from row to row): each at its own byte offset in A, or evenly `stride` bytes apart. */
export type Steps = readonly number[] | { readonly count: number; readonly stride: number }

export interface TileSpec {
  /** Byte offsets of A's rows. */
  readonly rows: readonly number[]
  readonly steps: Steps
  /** Columns kept in registers, a multiple of 4. */
  readonly columns: number
  /** Columns that exist in C. */
  readonly stored: number
  /** Bytes between B's rows. */
  readonly bRow: number
  /** Bytes between C's rows. */
  readonly cRow: number
  /** What the sums start from; the bias lies at the `bias` argument. `accumulate`: from 0, and what is stored is added at the end. */
  readonly start: 'zero' | 'bias' | 'accumulate'
  /** The `spill` argument is a mask instead, a row of ones and zeros that every row of C is cut with. */
  readonly masked?: boolean
  readonly fma: boolean
}

/** Bytes of spill memory that a tile may need. */
export const spillBytes = (rows: number, columns: number): number => 4 * rows * columns

export const stepCount = (steps: Steps): number => ('count' in steps ? steps.count : steps.length)

/** Rows of a tile that is `columns` wide: as many accumulators as the machine's registers hold. */
export const tileRows = (variant: KernelVariant, columns: number): number =>
  columns >= variant.columns ? variant.rows : Math.min(2, variant.columns / columns) * variant.rows

/** Steps written out one after the other; more of them become a loop over `unroll` steps. */
const straightSteps = 8
export const unroll = 4

/** Where something lies: a pointer and a constant offset from it. */
export type Place = readonly [Local, number]

const made = new WeakMap<ModuleBuilder, Map<string, number>>()

/** The function that computes such a tile: (list, count, a, b, c, bias, spill), all i32; the list holds (offset in A, offset in B) pairs. */
export function tileFunction(module: ModuleBuilder, spec: TileSpec): number {
  return functionOnce(module, JSON.stringify(spec), () =>
    module.function(['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'], [], (f, list, count, a, b, c, bias, spill) => {
      const pa = f.local('i32')
      const pb = f.local('i32')
      const sums = startSums(f, spec, bias)
      const step = multiplyStep(f, spec, sums)
      f.get(count).if(() => {
        f.countDown(count, 1, () => {
          f.get(a).get(list).memory('i32.load', 0).op('i32.add').set(pa)
          f.get(b).get(list).memory('i32.load', 4).op('i32.add').set(pb)
          f.increment(list, 8)
          walk(f, spec, step, pa, pb)
        })
      })
      const rowOfC = (r: number): Place => [c, r * spec.cRow]
      if (spec.start === 'accumulate') addStored(f, sums, rowOfC)
      if (spec.masked) mask(f, sums, spill)
      storeSums(f, spec, sums, c, spill)
    }),
  )
}

/** Makes a function of a module, or finds the one that was made under the same name. */
export function functionOnce(module: ModuleBuilder, name: string, make: () => number): number {
  const known = made.get(module) ?? new Map<string, number>()
  made.set(module, known)
  const existing = known.get(name)
  if (existing !== undefined) return existing
  const index = make()
  known.set(name, index)
  return index
}

export function startSums(f: FunctionBuilder, spec: TileSpec, bias: Local): Local[][] {
  const sums = spec.rows.map(() => f.locals(spec.columns / 4, 'v128'))
  for (const row of sums) {
    for (const [j, sum] of row.entries()) {
      if (spec.start === 'bias') f.get(bias).memory('v128.load', 16 * j)
      else f.f32x4(0)
      f.set(sum)
    }
  }
  return sums
}

/** Adds what was there. Only now, so that each block of a long sum is a sum of its own: rounding errors grow with a sum's length. */
export function addStored(f: FunctionBuilder, sums: readonly Local[][], rowOfC: (r: number) => Place): void {
  for (const [r, row] of sums.entries()) {
    const [c, offset] = rowOfC(r)
    for (const [j, sum] of row.entries()) {
      f.get(c)
        .memory('v128.load', offset + 16 * j)
        .get(sum)
        .op('f32x4.add')
        .set(sum)
    }
  }
}

export function mask(f: FunctionBuilder, sums: readonly Local[][], at: Local): void {
  for (const row of sums)
    for (const [j, sum] of row.entries())
      f.get(sum)
        .get(at)
        .memory('v128.load', 16 * j)
        .op('v128.and')
        .set(sum)
}

/** Returns the emitter of one k step whose operands lie where it is told: each row's element of A, and the row of B. */
export function multiplyStep(f: FunctionBuilder, spec: TileSpec, sums: readonly Local[][]) {
  const panel = f.locals(spec.columns / 4, 'v128')
  const element = f.local('v128')
  return (rowOfA: (r: number) => Place, [pb, bOffset]: Place): void => {
    for (const [j, vector] of panel.entries()) {
      f.get(pb)
        .memory('v128.load', bOffset + 16 * j)
        .set(vector)
    }
    for (const [r, row] of sums.entries()) {
      const [pa, aOffset] = rowOfA(r)
      f.get(pa).memory('v128.load32_splat', aOffset).set(element)
      for (const [j, sum] of row.entries()) {
        if (spec.fma)
          f.get(element)
            .get(panel[j] as Local)
            .get(sum)
            .op('f32x4.relaxed_madd')
            .set(sum)
        else
          f.get(sum)
            .get(element)
            .get(panel[j] as Local)
            .op('f32x4.mul')
            .op('f32x4.add')
            .set(sum)
      }
    }
  }
}

function walk(f: FunctionBuilder, spec: TileSpec, step: ReturnType<typeof multiplyStep>, pa: Local, pb: Local): void {
  const { rows, steps, bRow } = spec
  const at = (aOffset: number, k: number) => step((r) => [pa, aOffset + (rows[r] as number)], [pb, k * bRow])
  if (!('count' in steps)) {
    for (const [k, offset] of steps.entries()) at(offset, k)
    return
  }
  const { count, stride } = steps
  const looped = count > straightSteps ? Math.floor(count / unroll) : 0
  if (looped > 0) {
    f.times(looped, () => {
      for (let u = 0; u < unroll; u++) at(u * stride, u)
      f.increment(pa, unroll * stride)
      f.increment(pb, unroll * bRow)
    })
  }
  for (let k = 0; k < count - looped * unroll; k++) at(k * stride, k)
}

function storeSums(f: FunctionBuilder, spec: TileSpec, sums: readonly Local[][], c: Local, spill: Local): void {
  const { columns, stored, cRow } = spec
  const rows = sums.length
  const whole = stored === columns
  // Rows that lie back to back may overflow into the next rows of the same tile, which are stored after them; but V8 finds no pairs to widen
  // where a row's last store comes behind the next row's first in memory.
  const adjacent = cRow === 4 * stored && cRow > 4 * columns - 16
  const direct = (r: number) => whole || (adjacent && columns - stored <= (rows - 1 - r) * stored)
  for (const [r, row] of sums.entries()) {
    for (const [j, sum] of row.entries()) {
      if (direct(r))
        f.get(c)
          .get(sum)
          .memory('v128.store', r * cRow + 16 * j)
      else
        f.get(spill)
          .get(sum)
          .memory('v128.store', 4 * r * columns + 16 * j)
    }
  }
  for (let r = 0; r < rows; r++) if (!direct(r)) copyFloats(f, spill, 4 * r * columns, c, r * cRow, stored)
}
