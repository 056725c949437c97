/**
 * @file Column panels: the layout in which matrix kernels want their right-hand operand. A matrix (rows × columns) becomes panels
 * [rows][width] one after another, all of one width; the last may have columns that do not exist.
 */
import { InternalError } from '../../core/diagnostics'
import { panelWidth } from '../../ir/packing'
import type { KernelVariant } from './emitter'

/** Panels that hold equally many columns: [first, first + count · width) of the matrix, or the last panel, which may hold fewer. */
export interface PanelKind {
  readonly first: number
  readonly count: number
  readonly width: number
  /** Columns of the matrix in each of these panels. */
  readonly stored: number
}

/** Full panels, and the one with what remains. */
export function panelKinds(columns: number, variant: KernelVariant): PanelKind[] {
  const width = panelWidth(columns, variant.columns)
  const count = Math.floor(columns / width)
  const kinds: PanelKind[] = count > 0 ? [{ first: 0, count, width, stored: width }] : []
  const rest = columns - count * width
  if (rest > 0) kinds.push({ first: count * width, count: 1, width, stored: rest })
  return kinds
}

/** Whether an operand comes packed; if so, it must be in this variant's panels. */
export function isPacked(panels: { readonly width: number } | undefined, columns: number, variant: KernelVariant): boolean {
  if (!panels) return false
  const width = panelWidth(columns, variant.columns)
  if (panels.width !== width) throw new InternalError('codegen', `panels of ${panels.width} columns, not ${width}`)
  return true
}

/** Columns of all panels together, padding counted. */
export const paddedColumns = (columns: number, variant: KernelVariant): number =>
  panelKinds(columns, variant).reduce((sum, { count, width }) => sum + count * width, 0)

/** A matrix that lies in panels, or simply row after row. */
export type Matrix =
  | { readonly form: 'rows'; readonly address: number; readonly rowBytes: number }
  | { readonly form: 'panels'; readonly address: number; readonly rows: number }

/** Where the panels of a kind lie in a matrix: address of the first, bytes from one to the next, bytes between rows. */
export function placeOf(matrix: Matrix, kind: PanelKind): { address: number; panelBytes: number; rowBytes: number } {
  return matrix.form === 'rows'
    ? { address: matrix.address + 4 * kind.first, panelBytes: 4 * kind.width, rowBytes: matrix.rowBytes }
    : { address: matrix.address + 4 * kind.first * matrix.rows, panelBytes: 4 * kind.width * matrix.rows, rowBytes: 4 * kind.width }
}
