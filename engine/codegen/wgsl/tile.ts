/**
 * @file Products as dispatches: chooses the kernel (staged, quads, single columns) and the tile, splits long depths into parts that a second
 * dispatch adds up in order (no atomics: the same bits at every run). In: products that write different elements of one result. Out: dispatches.
 */
import type { BufferId } from '../../optimize/kernel'
import type { Dispatch, GpuContext, GpuTile, Storage } from './emitter'
import { lineOfWorkgroups, workgroupNumber } from './grid'
import { bindOperands, withSizes } from './operands'
import { chooseTile } from './tile-choice'
import { commonSizes, type Product, partialSum } from './tile-product'
import { quadText } from './tile-quad'
import { singleText, singleThreads } from './tile-single'
import { stagedText } from './tile-staged'
import type { Operand, TileText } from './tile-text'

/** Fewer columns an item than this waste most of a tile. */
const fewColumns = 4
/** Rows that a thread does of a product with few columns. */
const singleRows = 4
/** Threads that keep a device busy with products that have no tiles. */
const wantedThreads = 8192
/** A part of a depth is not shorter, nor are there more parts. */
const shortestSplit = 128
const mostSplits = 64

interface Plan {
  readonly product: Product
  /** Undefined: a thread for each column. */
  readonly tile: GpuTile | undefined
  readonly threadRows: number
  readonly splits: number
}

export interface ProductResult {
  readonly buffer: BufferId
  readonly elements: number
  readonly bias?: BufferId | undefined
  /** Columns of the bias; the result repeats it. */
  readonly biasLength: number
}

export function emitProducts(products: readonly Product[], out: ProductResult, context: GpuContext, firstWorkspace = 0): Dispatch[] {
  const plans = products.map((product) => planOf(product, context))
  const splits = plans.reduce((most, plan) => Math.max(most, plan.splits), 1)
  const workspace: Storage = { workspace: firstWorkspace, bytes: 4 * splits * out.elements }
  const dispatches = plans.map((plan) => dispatchOf(plan, splits, out, workspace, context))
  return splits === 1 ? dispatches : [...dispatches, sumOf(products[0]?.label ?? '', splits, out, workspace, context)]
}

/** Several items of few columns each: depthwise and narrow groups. */
export const isNarrow = ({ items, columns }: Product): boolean => items > 1 && columns <= fewColumns

function planOf(product: Product, context: GpuContext): Plan {
  const { rows, columns, items, segments, inner } = product
  const depth = segments * inner
  if (!isNarrow(product)) {
    const { tile, splits } = chooseTile({ rows, columns, items, depth }, context.tiles)
    return { product, tile, threadRows: tile.threadRows, splits }
  }
  const threadRows = Math.min(rows, singleRows)
  const threads = Math.ceil(rows / threadRows) * columns * items
  const splits = Math.max(1, Math.min(Math.ceil(wantedThreads / threads), Math.floor(depth / shortestSplit), mostSplits))
  return { product, tile: undefined, threadRows, splits }
}

function dispatchOf(plan: Plan, splits: number, out: ProductResult, workspace: Storage, context: GpuContext): Dispatch {
  const { product, tile, threadRows } = plan
  const { rows, columns, items, segments, inner, form } = product
  const depth = segments * inner
  const blockDepth = inner < partialSum ? Math.ceil(partialSum / inner) * inner : partialSum
  const step = tile && tile.depth > 0 ? tile.depth : inner < partialSum ? inner : 4
  const splitDepth = Math.ceil(depth / splits / step) * step
  const rowTiles = Math.ceil(rows / (tile?.rows ?? threadRows))
  const columnTiles = tile ? Math.ceil(columns / tile.columns) : columns
  const bias = splits === 1 ? product.bias : undefined
  const names = [...commonSizes, ...form.sizes]
  const given: Record<string, number> = {
    rows,
    columns,
    inner,
    depth,
    splitDepth,
    blockDepth,
    rowTiles,
    columnTiles,
    items,
    splits,
    splitStride: out.elements,
    aStep: product.aStep,
    bStep: product.bStep,
    outColumn: product.outColumn,
    biasItem: product.biasItem,
    ...product.sizes,
  }
  const sizes = names.map((name) => given[name] as number)
  const operands = bindOperands<Operand>(
    {
      a: { buffer: product.a },
      b: product.b,
      out: splits === 1 ? { buffer: out.buffer } : workspace,
      bias: bias === undefined ? undefined : { buffer: bias },
    },
    sizes.length,
    context,
  )
  const parts: TileText = { form, operands, bias: bias !== undefined }
  const workgroups = tile ? rowTiles * columnTiles * items * splits : Math.ceil((columns * items * rowTiles) / singleThreads) * splits
  return {
    label: product.label,
    code: textOf(parts, plan, context),
    storages: operands.storages,
    sizes,
    workgroups: lineOfWorkgroups(workgroups, context.limits.workgroupsPerDimension),
  }
}

/** Steps of a quad's loop; all parts of a segment are multiples. Longer texts take software adapters seconds to compile. */
const unrollOf = (inner: number): number => [4, 2].find((steps) => inner % steps === 0) ?? 1

function textOf(parts: TileText, { product, tile, threadRows }: Plan, context: GpuContext): string {
  if (!tile) return singleText(parts, threadRows)
  return tile.depth === 0 ? quadText(parts, tile, unrollOf(product.inner), context.subgroups) : stagedText(parts, tile, product)
}

/** result[i] = Σ over the splits, in order (+ bias) */
function sumOf(label: string, splits: number, out: ProductResult, workspace: Storage, context: GpuContext): Dispatch {
  const bias = out.bias === undefined ? undefined : { buffer: out.bias }
  const sizes = [out.elements, splits, out.biasLength]
  const operands = bindOperands({ a: workspace, out: { buffer: out.buffer }, bias }, sizes.length, context)
  const threads = 64
  const text = `@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  let i = ${workgroupNumber()} * ${threads} + i32(local);
  if (i >= $elements) { return; }
  var sum = 0f;
  var at = i;
  for (var split = 0; split < $splits; split++) {
    sum += ${operands.load('a', 'at')};
    at += $elements;
  }
  ${operands.store('out', 'i', out.bias === undefined ? 'sum' : `sum + ${operands.load('bias', 'i % $biasLength')}`)}
}
`
  return {
    label: `${label}: sum`,
    code: `${operands.header}${withSizes(text, ['elements', 'splits', 'biasLength'])}`,
    storages: operands.storages,
    sizes,
    workgroups: lineOfWorkgroups(Math.ceil(out.elements / threads), context.limits.workgroupsPerDimension),
  }
}
