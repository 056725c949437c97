/**
 * @file What all products of the GPU have in common: out[row, column] += Σ A[row, depth] · B[depth, column], for several items. The depth is
 * made of segments (taps, or positions), each of `inner` elements at constant strides; where an operand lies is said by small WGSL
 * functions, so that matrix products and all directions of a convolution share the kernels that do the arithmetic, and pipelines besides.
 * In: a product. Out: names of its sizes, for the texts.
 */
import type { BufferId } from '../../optimize/kernel'
import type { Storage } from './emitter'

export interface ProductForm {
  /**
   * WGSL, over `size` names of its own:
   * `rowOf(row, item) -> vec3i` and `columnOf(column, item) -> i32`, done once, what is fixed for a row or column;
   * `segmentOf(segment) -> vec3i`, what is fixed for a segment;
   * `rowAt(row, segment) -> i32` and `columnAt(column, segment) -> i32`, the first element of the segment in A and B (A: `outside` where there is none);
   * `outRowOf(row, item) -> i32`, the first element of the row in the result (-1: a row that is not stored).
   */
  readonly text: string
  /** Names of its sizes, in order. */
  readonly sizes: readonly string[]
  /** Rows may miss segments. */
  readonly windowed: boolean
  /**
   * Segments run along the width of an image and may be inside it in part: `columnOfImage(row, segment) -> i32` is where the first element
   * lies, each next one `$walkX` further, and `$sourceWidth` is the end. Quads alone know this.
   */
  readonly walks: boolean
}

export interface Product {
  readonly label: string
  readonly form: ProductForm
  readonly a: BufferId
  readonly b: Storage
  readonly bias?: BufferId | undefined
  /** Elements from one item's bias to the next. */
  readonly biasItem: number
  readonly rows: number
  readonly columns: number
  readonly items: number
  readonly segments: number
  readonly inner: number
  /** Elements between neighbours along a segment. */
  readonly aStep: number
  readonly bStep: number
  /** Elements between neighbouring columns of the result. */
  readonly outColumn: number
  /** Neighbours in memory lie along the depth (else along the rows or columns): how a workgroup shares out its loads. */
  readonly aAlongDepth: boolean
  readonly bAlongDepth: boolean
  /** By the form's names. */
  readonly sizes: Readonly<Record<string, number>>
}

/** Products in one running sum. The error of a sum grows with its length, so long ones are made of parts. */
export const partialSum = 256

/** What `rowAt` says of a row that has nothing in a segment. Anything else may be negative only where segments walk. */
export const outside = -0x40000000

/** Sizes that every product has, before those of its form. */
export const commonSizes = [
  'rows',
  'columns',
  'inner',
  'depth',
  'splitDepth',
  'blockDepth',
  'rowTiles',
  'columnTiles',
  'items',
  'splits',
  'splitStride',
  'aStep',
  'bStep',
  'outColumn',
  'biasItem',
] as const
