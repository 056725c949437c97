/**
 * @file Where a value is read, as a function of the loop axes: one affine expression per axis of the value.
 * In: the index of a result. Out: the index of its operand through each movement operation. A reshape may need a loop axis
 * cut in two; it then asks for that, and the caller starts again with the finer axes.
 */
import { type Shape, stridesOf } from '../../core/tensor'

/** offset + Σ coeffs[k] · (loop axis k). */
export interface Affine {
  readonly offset: number
  readonly coeffs: readonly number[]
}

/** One expression per axis of a value. */
export type Index = readonly Affine[]

/** Thrown to say: cut loop axis `axis` so that its inner part has extent `inner`. */
export class SplitRequest {
  constructor(
    readonly axis: number,
    readonly inner: number,
  ) {}
}

export const scaled = (x: Affine, factor: number, offset = 0): Affine => ({
  offset: x.offset * factor + offset,
  coeffs: x.coeffs.map((c) => c * factor),
})

export const sameIndex = (a: Index, b: Index): boolean => a.length === b.length && a.every((x, axis) => sameAffine(x, b[axis] as Affine))

const sameAffine = (a: Affine, b: Affine): boolean =>
  a === b || (a.offset === b.offset && a.coeffs.length === b.coeffs.length && a.coeffs.every((c, k) => c === b.coeffs[k]))

/** Σ strides[i] · index[i]. */
export function flatten(index: Index, strides: readonly number[], rank: number): Affine {
  const coeffs = new Array<number>(rank).fill(0)
  let offset = 0
  index.forEach((x, axis) => {
    const stride = strides[axis] as number
    offset += x.offset * stride
    x.coeffs.forEach((c, k) => {
      coeffs[k] = (coeffs[k] as number) + c * stride
    })
  })
  return { offset, coeffs }
}

/** The axes of a row-major space, as an index of a value that has exactly these loop axes. */
export function flatIndex(extents: readonly number[]): Affine {
  return { offset: 0, coeffs: stridesOf(extents) }
}

/** The axes themselves: what `unflatten` makes of the flat index of a space for a value of that very shape. */
export const ownIndex = (extents: readonly number[]): Index =>
  extents.map((extent, axis) => ({ offset: 0, coeffs: extents.map((_, k) => (k === axis && extent > 1 ? 1 : 0)) }))

/**
 * A flat position taken apart into an index of `shape`. Undefined where it is not affine at all; throws a `SplitRequest`
 * where it would be after cutting a loop axis.
 */
export function unflatten(flat: Affine, shape: Shape, extents: readonly number[]): Index | undefined {
  const strides = stridesOf(shape)
  const offsets: number[] = []
  let rest = flat.offset
  for (const stride of strides) {
    offsets.push(Math.floor(rest / stride))
    rest %= stride
  }
  const coeffs = shape.map(() => new Array<number>(extents.length).fill(0))
  const top = [...offsets]
  for (const [k, c] of flat.coeffs.entries()) {
    const extent = extents[k] as number
    if (c === 0 || extent === 1) continue
    const axis = shape.findIndex((size, d) => size > 1 && (strides[d] as number) <= c)
    if (axis < 0) return undefined
    const stride = strides[axis] as number
    const end = stride * (shape[axis] as number)
    if (c % stride !== 0) return undefined
    if (c * extent > end && c < end) {
      const inner = end / c
      if (Number.isInteger(inner) && extent % inner === 0) throw new SplitRequest(k, inner)
      return undefined
    }
    if (c >= end) return undefined
    ;(coeffs[axis] as number[])[k] = c / stride
    top[axis] = (top[axis] as number) + (c / stride) * (extent - 1)
  }
  if (top.some((value, axis) => value >= (shape[axis] as number))) return undefined
  return shape.map((_, axis) => ({ offset: offsets[axis] as number, coeffs: coeffs[axis] as number[] }))
}
