/**
 * @file What a tensor is, everywhere in the engine: a dtype and a row-major shape.
 * In: nothing. Out: types and the few shape helpers that every pass shares.
 */

/** Element types that a device can store. Booleans are `f32` 0 or 1; indices and classes are `i32`. */
export type DType = 'f32' | 'i32'

/** Extents, outermost first. `[]` is a scalar. Images are (N, C, H, W). */
export type Shape = readonly number[]

export type TensorData = Float32Array | Int32Array

/** A tensor's type as the document sees it; `classes` is the number of categories that an `i32` tensor may hold. */
export interface TensorType {
  readonly shape: Shape
  readonly dtype: DType
  readonly classes?: number
}

/** Number of elements; 1 for a scalar. */
export const sizeOf = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1)

/** Row-major strides in elements. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride
    stride *= shape[axis] as number
  }
  return strides
}

export const sameShape = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((extent, axis) => extent === b[axis])

/** `6×24×24`; `scalar` for `[]`. */
export const formatShape = (shape: Shape): string => (shape.length === 0 ? 'scalar' : shape.join('×'))

type Extents = readonly (number | string)[]

/** The shape of a whole batch, `N×6×24×24`: how large the batch is belongs to the training, and says nothing of the graph. */
export const formatBatch = (shape: Extents): string => (shape.length === 0 ? 'scalar' : ['N', ...shape.slice(1)].join('×'))

/** Two shapes of whole batches as a diagnostic compares them: with numbers where it is the batch in which they differ. */
export function formatBatches(expected: Extents, got: Extents): { readonly expected: string; readonly got: string } {
  const differ = expected.length > 0 && got.length > 0 && expected[0] !== got[0]
  const [wanted, given] = [expected, got].map((shape) => (differ ? shape.join('×') : formatBatch(shape)))
  return { expected: wanted ?? '', got: given ?? '' }
}

/** Bytes of a tensor; every dtype has four-byte elements. */
export const bytesOf = (shape: Shape): number => 4 * sizeOf(shape)
