/**
 * @file Walking and copying strided arrays: all that movement ops and reductions are made of in the reference interpreter.
 * In: extents and strides in elements. Out: visits, or a filled array.
 */
import { type Shape, sizeOf, stridesOf } from '../core/tensor'

type Visit = (a: number, b: number) => void

/** Visits every index of `extents`, row-major, with its position in two strided arrays. */
export function walk(extents: Shape, stridesA: Shape, stridesB: Shape, visit: Visit, a = 0, b = 0, axis = 0): void {
  const extent = extents[axis] ?? 1
  const innermost = axis >= extents.length - 1
  const stepA = stridesA[axis] ?? 0
  const stepB = stridesB[axis] ?? 0
  for (let i = 0; i < extent; i++, a += stepA, b += stepB) {
    if (innermost) visit(a, b)
    else walk(extents, stridesA, stridesB, visit, a, b, axis + 1)
  }
}

/** Some elements of an array: `offset` + Σ strides·index. */
export interface Strided {
  readonly data: Float64Array
  readonly strides: Shape
  readonly offset?: number
}

/** to[index] = from[index] for every index of `extents`. */
export function copy(extents: Shape, to: Strided, from: Strided): void {
  const target = to.data
  const source = from.data
  const visit: Visit = (a, b) => {
    target[a] = source[b] as number
  }
  walk(extents, to.strides, from.strides, visit, to.offset, from.offset)
}

/** Result axis i is operand axis `permutation[i]`. */
export function transposed(data: Float64Array, shape: Shape, permutation: readonly number[]): Float64Array {
  const strides = stridesOf(shape)
  const extents = permutation.map((axis) => shape[axis] as number)
  const result = new Float64Array(sizeOf(shape))
  copy(extents, { data: result, strides: stridesOf(extents) }, { data, strides: permutation.map((axis) => strides[axis] as number) })
  return result
}
