/**
 * @file One side of a Winograd transform: many vectors of few numbers times a small constant matrix. A two-dimensional transform is this
 * function twice, down the columns and along the rows. Numbers of one vector lie `step` bytes apart, vectors side by side, so lanes are
 * vectors. In: the matrix and which of its inputs are not zero. Out: a function with strides as parameters, made once per module, so that
 * layers of all sizes share it.
 */
import type { FunctionBuilder, Local, ModuleBuilder } from './assembler'
import type { KernelVariant } from './emitter'
import type { Matrix2d } from './winograd-matrices'

export interface LineTransform {
  readonly matrix: Matrix2d
  /** Inputs that are there, [first, end); the others are zero. Pointers stand at the first. */
  readonly inputs: readonly [number, number]
  /** Results to be stored, from the first. */
  readonly outputs: number
  /** Write not one float more than asked for; else up to the next multiple of 8. Not for a transform in place. */
  readonly exact: boolean
}

/** Where the vectors lie: bytes between the numbers of a vector, between lines, between rows of a line. */
export interface Lattice {
  readonly step: number
  readonly line: number
  readonly row: number
}

/** The extent of a call: lines of rows of floats. */
export interface Extent {
  readonly lines: number
  readonly rows: number
  readonly floats: number
}

/** Floats by which rows of scratch are padded, so that whole vectors can be written. */
export const wholeFloats = 8

const made = new WeakMap<ModuleBuilder, Map<string, number>>()

/** Emits a call; `from` and `to` push addresses. */
export function callLines(
  f: FunctionBuilder,
  module: ModuleBuilder,
  variant: KernelVariant,
  transform: LineTransform,
  from: { readonly push: () => void } & Lattice,
  to: { readonly push: () => void } & Lattice,
  { lines, rows, floats }: Extent,
): void {
  const lanes = variant.columns >= 16 ? 8 : 4
  // With nothing left over, both forms are the same function.
  const exact = transform.exact && floats % lanes > 0
  const func = lineFunction(module, { ...transform, exact }, lanes, variant.fma)
  from.push()
  f.i32(from.step).i32(from.line).i32(from.row)
  to.push()
  f.i32(to.step).i32(to.line).i32(to.row)
  f.i32(lines).i32(rows).i32(floats).call(func)
}

function lineFunction(module: ModuleBuilder, transform: LineTransform, lanes: number, fma: boolean): number {
  const known = made.get(module) ?? new Map<string, number>()
  made.set(module, known)
  const key = JSON.stringify([transform, lanes, fma])
  const existing = known.get(key)
  if (existing !== undefined) return existing
  const parameters = ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'] as const
  const index = module.function(parameters, [], (f, from, fromStep, fromLine, fromRow, to, toStep, toLine, toRow, lines, rows, floats) => {
    const [row, left, source, target, s, t] = f.locals(6, 'i32') as [Local, Local, Local, Local, Local, Local]
    const vectors = vectorTransform(f, transform, lanes / 4, fma, fromStep, toStep)
    f.countDown(lines, 1, () => {
      f.assign(source, from)
      f.assign(target, to)
      f.assign(row, rows)
      f.countDown(row, 1, () => {
        f.assign(s, source)
        f.assign(t, target)
        if (transform.exact) {
          f.get(floats).i32(lanes).op('i32.div_u').tee(left)
          f.if(() => f.countDown(left, 1, () => advance(f, vectors, s, t, lanes)))
          // The last vector ends with the row; what it repeats of the one before is the same again.
          for (const [pointer, start] of [
            [s, source],
            [t, target],
          ] as const)
            f.get(floats).i32(lanes).op('i32.sub').i32(4).op('i32.mul').get(start).op('i32.add').set(pointer)
          vectors(s, t)
        } else {
          f.assign(left, floats)
          f.countDown(left, lanes, () => advance(f, vectors, s, t, lanes))
        }
        f.increment(source, fromRow)
        f.increment(target, toRow)
      })
      f.increment(from, fromLine)
      f.increment(to, toLine)
    })
  })
  known.set(key, index)
  return index
}

function advance(f: FunctionBuilder, vectors: (s: Local, t: Local) => void, s: Local, t: Local, lanes: number): void {
  vectors(s, t)
  f.increment(s, 4 * lanes)
  f.increment(t, 4 * lanes)
}

/** A value of as many lanes as V8 may widen to: one or two vectors. */
type Wide = readonly Local[]

/** Loads the inputs, multiplies by the matrix, stores the results. All loads come first and the stores of a pair follow each other. */
function vectorTransform(
  f: FunctionBuilder,
  { matrix, inputs: [first, end], outputs }: LineTransform,
  halves: number,
  fma: boolean,
  fromStep: Local,
  toStep: Local,
): (s: Local, t: Local) => void {
  const pointer = f.local('i32')
  const sums = linearSums(f, halves, fma, matrix)
  return (s, t) => {
    const loaded: readonly Wide[] = Array.from({ length: end - first }, () => f.locals(halves, 'v128'))
    f.assign(pointer, s)
    for (const [k, value] of loaded.entries()) {
      if (k > 0) f.increment(pointer, fromStep)
      for (const [half, local] of value.entries())
        f.get(pointer)
          .memory('v128.load', 16 * half)
          .set(local)
    }
    const values = (matrix[0] ?? []).map((_, k) => loaded[k - first])
    const results = multiply(matrix.slice(0, outputs), values, sums)
    f.assign(pointer, t)
    for (const [k, result] of results.entries()) {
      if (k > 0) f.increment(pointer, toStep)
      for (let half = 0; half < halves; half++) {
        f.get(pointer)
        if (result) f.get(result[half] as Local)
        else f.f32x4(0)
        f.memory('v128.store', 16 * half)
      }
    }
  }
}

type Term = readonly [number, Wide | undefined]
/** The sum of factor · value; undefined is zero. */
type Sum = (terms: readonly Term[]) => Wide | undefined

/** Factors are splatted once, before all loops: both halves of a value must be multiplied by the same vector for V8 to widen them. */
function linearSums(f: FunctionBuilder, halves: number, fma: boolean, matrix: Matrix2d): Sum {
  const factors = new Map<number, Local>()
  for (const factor of matrix.flat())
    if (Math.abs(factor) !== 1 && factor !== 0 && !factors.has(factor)) {
      const local = f.local('v128')
      f.f32(factor).op('f32x4.splat').set(local)
      factors.set(factor, local)
    }
  return (all) => {
    const terms = all.filter((term): term is [number, Wide] => term[0] !== 0 && term[1] !== undefined)
    // What needs no product starts the sum, so that the rest are multiply-adds.
    const [first, ...others] = terms.sort(([a], [b]) => Number(a !== 1) - Number(b !== 1) || Number(a !== -1) - Number(b !== -1))
    if (!first) return undefined
    if (others.length === 0 && first[0] === 1) return first[1]
    const sum = f.locals(halves, 'v128')
    for (const [half, local] of sum.entries()) {
      f.get(first[1][half] as Local)
      if (first[0] === -1) f.op('f32x4.neg')
      else if (first[0] !== 1) f.get(factors.get(first[0]) as Local).op('f32x4.mul')
      f.set(local)
      for (const [factor, wide] of others) {
        const value = wide[half] as Local
        if (factor === 1 || factor === -1)
          f.get(local)
            .get(value)
            .op(factor === 1 ? 'f32x4.add' : 'f32x4.sub')
        else if (fma)
          f.get(value)
            .get(factors.get(factor) as Local)
            .get(local)
            .op('f32x4.relaxed_madd')
        else
          f.get(local)
            .get(value)
            .get(factors.get(factor) as Local)
            .op('f32x4.mul')
            .op('f32x4.add')
        f.set(local)
      }
    }
    return sum
  }
}

/**
 * Matrix times vector. The points ±x make pairs: rows that differ only in signs share their sums over equal and over opposite signs, or,
 * in a transposed matrix, columns that differ only in signs share the sum and the difference of their inputs.
 */
function multiply(matrix: Matrix2d, values: readonly (Wide | undefined)[], sum: Sum): (Wide | undefined)[] {
  const both = (x: Wide | undefined, y: Wide | undefined, sign: 1 | -1) =>
    sum([
      [1, x],
      [sign, y],
    ])
  const results: (Wide | undefined)[] = []
  if (matrix.some((row, i) => samePair(row, matrix[i + 1]))) {
    for (let i = 0; i < matrix.length; i++) {
      const [row, next] = [matrix[i] as readonly number[], matrix[i + 1]]
      const terms = row.map((factor, k): Term => [factor, values[k]])
      if (!samePair(row, next)) {
        results.push(sum(terms))
        continue
      }
      const equal = sum(terms.filter(([factor], k) => factor === next?.[k]))
      const opposite = sum(terms.filter(([factor], k) => factor !== next?.[k]))
      results.push(both(equal, opposite, 1), both(equal, opposite, -1))
      i++
    }
    return results
  }
  const terms = matrix.map((): Term[] => [])
  const columns = values.map((_, k) => matrix.map((row) => row[k] as number))
  for (let k = 0; k < columns.length; k++) {
    const [column, next] = [columns[k] as number[], columns[k + 1]]
    const [value, partner] = [values[k], values[k + 1]]
    if (value && partner && samePair(column, next)) {
      const plus = both(value, partner, 1)
      const minus = both(value, partner, -1)
      for (const [i, factor] of column.entries()) terms[i]?.push([factor, factor === next?.[i] ? plus : minus])
      k++
    } else for (const [i, factor] of column.entries()) terms[i]?.push([factor, value])
  }
  return terms.map(sum)
}

/** Whether two rows differ, and only in signs. */
const samePair = (row: readonly number[], other: readonly number[] | undefined): boolean =>
  other !== undefined &&
  row.every((x, k) => Math.abs(x) === Math.abs(other[k] as number)) &&
  row.some((x, k) => x !== other[k]) &&
  row.filter((x) => x !== 0).length > 1
