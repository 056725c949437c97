/**
 * @file Pieces that the texts of all products share: the module's frame, the place of a workgroup in the grid of tiles, and how a sum is
 * stored. In: form and operands. Out: WGSL.
 */
import { type Operands, withSizes } from './operands'
import { commonSizes, outside, type ProductForm, partialSum } from './tile-product'

/** The names by which texts speak of their operands. */
export type Operand = 'a' | 'b' | 'out' | 'bias'

export interface TileText {
  readonly form: ProductForm
  readonly operands: Operands<Operand>
  readonly bias: boolean
}

export const sumNames = (rows: readonly number[], columns: readonly number[]): string[] =>
  rows.flatMap((r) => columns.map((j) => `sum${r}_${j}`))
/** Columns of four threads side by side. */
export const columnsOfTile = (threadColumns: number): number => 4 * threadColumns

/** From a workgroup's number: `columnTile` (fastest, so that neighbours share rows of A), `rowTile`, `item`, `split`. */
export const gridText = (number: string): string => `var number = ${number};
  if (number >= $rowTiles * $columnTiles * $items * $splits) { return; }
  let columnTile = number % $columnTiles;
  number /= $columnTiles;
  let rowTile = number % $rowTiles;
  number /= $rowTiles;
  let item = number % $items;
  let split = number / $items;`

/** The bias of `column`, for the stores. */
export const biasText = ({ operands, bias }: TileText): string =>
  bias ? `let shift = ${operands.load('bias', 'item * $biasItem + column')};` : ''

/** Stores one sum. With several splits each has its own copy of the result. */
export const storeText = ({ operands, bias }: TileText, at: string, value: string): string =>
  operands.store('out', `split * $splitStride + ${at}`, bias ? `${value} + shift` : value)

export function moduleText(
  { form, operands }: TileText,
  main: string,
  { subgroups, constants }: { readonly subgroups: boolean; readonly constants: readonly string[] },
): string {
  const directives = subgroups ? 'enable subgroups;\ndiagnostic(off, subgroup_uniformity);\n' : ''
  const text = `const partialSum = ${partialSum};
const outside = ${outside};
${constants.join('\n')}
${form.text}
fn outRowIn(row: i32, item: i32) -> i32 {
  if (row >= $rows) { return -1; }
  return outRowOf(row, item);
}
${main}
`
  return `${directives}${operands.header}${withSizes(text, [...commonSizes, ...form.sizes])}`
}
