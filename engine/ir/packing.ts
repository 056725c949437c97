/**
 * @file Tensors packed into column panels, the order in which matrix kernels read their right-hand operand: one axis is cut into panels,
 * the others lie between, the columns of a panel side by side (Goto and van de Geijn 2008). A kernel (O, I, KH, KW) becomes
 * (O/16, KH, KW, I, 16), a matrix (K, N) becomes (N/16, K, 16). Columns beyond the axis are zeros.
 * In: a logical tensor and its packing. Out: the packed one, and back.
 */
import { type Shape, sameShape, sizeOf, stridesOf } from '../core/tensor'

/** Width of the panels of so many columns: of a single one, as narrow as they allow; of several, the widest. */
export function panelWidth(columns: number, widest: number): number {
  let width = widest
  while (width > 4 && columns <= width / 2) width /= 2
  return width
}

/** How a packed operand or result of a product lies; what the rows are is the op's business. */
export interface Panels {
  /** Columns that exist. */
  readonly columns: number
  /** Columns side by side in a panel. */
  readonly width: number
}

/** A bijection from the elements of a logical tensor into a packed one. */
export interface Packing {
  /** Of the logical tensor. */
  readonly shape: Shape
  /** The axis that is cut into panels. */
  readonly column: number
  /** The other axes, outermost first. */
  readonly rows: readonly number[]
  readonly width: number
}

/** Kernels (O, I, KH, KW): rows are (tap, channel), columns output channels. */
export const kernelPacking = (shape: Shape, width: number): Packing => ({ shape, column: 0, rows: [2, 3, 1], width })

/** Matrices, by rows or, where `column` is 0, by their transpose's. */
export const matrixPacking = (shape: Shape, column: 0 | 1, width: number): Packing => ({ shape, column, rows: [1 - column], width })

const extentOf = ({ shape }: Packing, axis: number): number => shape[axis] as number

/** Columns that exist in a packing. */
export const columnsOf = (packing: Packing): number => extentOf(packing, packing.column)

/** Shape of the packed tensor: (panels, rows…, width). */
export const packedShape = (packing: Packing): number[] => [
  Math.ceil(columnsOf(packing) / packing.width),
  ...packing.rows.map((axis) => extentOf(packing, axis)),
  packing.width,
]

export const samePacking = (a: Packing, b: Packing): boolean =>
  a.column === b.column && a.width === b.width && sameShape(a.rows, b.rows) && sameShape(a.shape, b.shape)

/** The kernel (O, I, KH, KW) that a packed tensor (panels, KH, KW, I, width) stands for. */
export function kernelBehind([, height = 0, width = 0, channels = 0]: Shape, panels: Panels): Packing {
  return kernelPacking([panels.columns, channels, height, width], panels.width)
}

/** The matrix (rows, columns) that a packed tensor (panels, rows, width) stands for. */
export const matrixBehind = ([, rows = 0]: Shape, panels: Panels): Packing => matrixPacking([rows, panels.columns], 1, panels.width)

type Floats = Float32Array | Float64Array

/** Packs `from` into `to`, which holds zeros where nothing is packed. */
export function pack(packing: Packing, from: Floats, to: Floats): void {
  const { width } = packing
  eachBlock(packing, ({ packed, logical, rows, rowStep, columns, columnStep }) => {
    for (let r = 0, at = packed, first = logical; r < rows; r++, at += width, first += rowStep)
      for (let c = 0, i = first; c < columns; c++, i += columnStep) to[at + c] = from[i] as number
  })
}

/** The other way. */
export function unpack(packing: Packing, from: Floats, to: Floats): void {
  const { width } = packing
  eachBlock(packing, ({ packed, logical, rows, rowStep, columns, columnStep }) => {
    for (let r = 0, at = packed, first = logical; r < rows; r++, at += width, first += rowStep)
      for (let c = 0, i = first; c < columns; c++, i += columnStep) to[i] = from[at + c] as number
  })
}

/** A packed tensor of its own. */
export function packed(packing: Packing, from: Float64Array): Float64Array {
  const to = new Float64Array(sizeOf(packedShape(packing)))
  pack(packing, from, to)
  return to
}

export function unpacked(packing: Packing, from: Float64Array): Float64Array {
  const to = new Float64Array(sizeOf(packing.shape))
  unpack(packing, from, to)
  return to
}

/** Rows of a panel along the last row axis: where they begin in both tensors, how many there are, and how far apart in the logical one. */
interface Block {
  readonly packed: number
  readonly logical: number
  readonly rows: number
  readonly rowStep: number
  readonly columns: number
  readonly columnStep: number
}

function eachBlock(packing: Packing, visit: (block: Block) => void): void {
  const { shape, column, rows, width } = packing
  const strides = stridesOf(shape)
  const columnStep = strides[column] as number
  const outer = rows.slice(0, -1)
  const last = rows.at(-1)
  const along = { rows: last === undefined ? 1 : extentOf(packing, last), rowStep: last === undefined ? 0 : (strides[last] as number) }
  let packed = 0
  const walk = (depth: number, logical: number, columns: number): void => {
    const axis = outer[depth]
    if (axis === undefined) {
      visit({ packed, logical, ...along, columns, columnStep })
      packed += along.rows * width
      return
    }
    for (let i = 0; i < extentOf(packing, axis); i++) walk(depth + 1, logical + i * (strides[axis] as number), columns)
  }
  const columns = columnsOf(packing)
  for (let first = 0; first < columns; first += width) walk(0, first * columnStep, Math.min(width, columns - first))
}
