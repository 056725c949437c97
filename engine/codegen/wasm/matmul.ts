/**
 * @file Matrix products: out (batch, m, n) = A · B in all four transpose forms, with an optional bias per column.
 * A is read where it lies, whatever its strides; B is packed into column panels unless it is kept so or can serve as it lies.
 * In: a matmul kernel. Out: its phases, at most one that packs and one that multiplies.
 */
import type { MatmulKernel } from '../../optimize/kernel'
import type { EmitContext, Phase } from './emitter'
import { joinPhases } from './phases'
import type { Steps } from './tile'
import { once, packPanels, panelsBytes } from './tile-pack'
import { isPacked, type Matrix } from './tile-panels'
import { emitProduct, type Piece } from './tile-product'
import { transposePanels } from './tile-transpose'

/** A product by byte addresses; matrices are dense. */
export interface MatmulPlan {
  readonly a: number
  readonly b: number
  readonly out: number
  readonly bias?: number
  readonly batch: number
  readonly m: number
  readonly k: number
  readonly n: number
  readonly transposeA: boolean
  readonly transposeB: boolean
  /** What lies in column panels: B's matrix as it lies, before any transposition, or the result. */
  readonly panels?: 'right' | 'result'
  readonly label: string
}

/** Rows of a column panel that stay in the first cache beside the rows of A. */
const blockDepth = 256

/** With fewer rows of A than this, packing B costs more than it saves. */
const rowsWorthPacking = 16

/** Rows of A packed together, and the least product for which that pays. */
const rowGroup = 16
const depthWorthPacking = 128
const columnsWorthPacking = 64

export function emitMatmul(kernel: MatmulKernel & { readonly origins?: readonly string[] }, context: EmitContext): Phase[] {
  return matmulPhases(context, {
    ...kernel,
    a: context.address(kernel.a),
    b: context.address(kernel.b),
    out: context.address(kernel.out),
    bias: kernel.bias === undefined ? undefined : context.address(kernel.bias),
    panels: isPacked(kernel.panels, packedColumns(kernel), context.variant) ? kernel.panels?.of : undefined,
    label: `${kernel.origins?.[0] ?? ''} product`,
  })
}

/** Columns of the matrix that lies packed. */
const packedColumns = ({ panels, k, n, transposeB }: MatmulKernel): number => (panels?.of === 'right' && transposeB ? k : n)

export function matmulPhases(context: EmitContext, plan: MatmulPlan): Phase[] {
  const { batch, m, k, n } = plan
  const right = rightOperand(context, plan)
  const left = leftOperand(context, plan)
  const preparations = [...right.phases, ...left.phases]
  const { pieces, steps } = depthBlocks(k, left.step)
  const blocks = pieces.map((piece) => [piece])
  return [
    ...(preparations.length > 0 ? [{ ...joinPhases(context.module, preparations, `${plan.label}: pack`), isPreparation: true }] : []),
    emitProduct(context, {
      batch: { count: batch, a: 4 * m * k, b: right.batchBytes, c: 4 * m * n, bias: 0 },
      a: left.address,
      positions: Array.from({ length: m / left.rows }, (_, i) => ({ a: i * left.groupBytes, cRow: i * left.rows, blocks })),
      rows: { count: left.rows, stride: left.row },
      steps,
      columns: n,
      b: right.matrix,
      c: plan.panels === 'result' ? { form: 'panels', address: plan.out, rows: m } : { form: 'rows', address: plan.out, rowBytes: 4 * n },
      bias: plan.bias,
      label: plan.label,
    }),
  ]
}

interface RightOperand {
  readonly matrix: Matrix
  readonly batchBytes: number
  readonly phases: readonly Phase[]
}

/** B where it lies if that serves, else in panels of its own. */
function rightOperand(context: EmitContext, { b, batch, m, k, n, transposeB, panels: packed, label }: MatmulPlan): RightOperand {
  if (packed === 'right' && !transposeB) return { matrix: { form: 'panels', address: b, rows: k }, batchBytes: 0, phases: [] }
  if (packed === 'right') {
    const { matrix, phase } = transposePanels(context, { address: b, blocks: 1, rows: n, columns: k }, `${label}: pack`)
    return { matrix, batchBytes: 0, phases: [phase] }
  }
  const onePanel = n <= context.variant.columns
  if (!transposeB && (onePanel || m < rowsWorthPacking))
    return { matrix: { form: 'rows', address: b, rowBytes: 4 * n }, batchBytes: 4 * k * n, phases: [] }
  const map = {
    columns: n,
    columnBytes: transposeB ? 4 * k : 4,
    outer: once,
    inner: { count: k, bytes: transposeB ? 4 : 4 * n, rows: 1 },
    batch: { count: batch, bytes: 4 * k * n },
    panelRows: k,
  }
  const bytes = panelsBytes(map, context.variant)
  const panels = context.scratch(bytes)
  const phase = packPanels(context.module, context.variant, { ...map, address: b, panels }, `${label}: pack`)
  return { matrix: { form: 'panels', address: panels, rows: k }, batchBytes: bytes / batch, phases: [phase] }
}

/** A as groups of rows: bytes between rows, between steps of k, between groups. */
interface LeftOperand {
  readonly address: number
  readonly rows: number
  readonly row: number
  readonly step: number
  readonly groupBytes: number
  readonly phases: readonly Phase[]
}

/**
 * A where it lies, as one group. A transposed A whose rows are a multiple of a cache line apart would keep hitting the same few sets of the
 * cache, so a large one is repacked into groups of 16 rows.
 */
function leftOperand(context: EmitContext, { a, batch, m, k, n, transposeA, label }: MatmulPlan): LeftOperand {
  if (!transposeA || m % rowGroup > 0 || k < depthWorthPacking || n < columnsWorthPacking)
    return { address: a, rows: m, row: transposeA ? 4 : 4 * k, step: transposeA ? 4 * m : 4, groupBytes: 0, phases: [] }
  const map = {
    columns: m,
    columnBytes: 4,
    outer: once,
    inner: { count: k, bytes: 4 * m, rows: 1 },
    batch: { count: batch, bytes: 4 * m * k },
    panelRows: k,
  }
  const groups = { ...context.variant, columns: rowGroup }
  const panels = context.scratch(panelsBytes(map, groups))
  const phase = packPanels(context.module, groups, { ...map, address: a, panels }, `${label}: pack`)
  return { address: panels, rows: rowGroup, row: 4, step: 4 * rowGroup, groupBytes: 4 * k * rowGroup, phases: [phase] }
}

/** Cuts the summed extent into blocks; a remainder that would be small is spread over all of them. */
export function depthBlocks(k: number, aStep: number): { pieces: Piece[]; steps: Steps[] } {
  const count = Math.max(1, Math.round(k / blockDepth))
  const even = Math.ceil(k / count / 4) * 4
  const usual = { count: Math.min(even, k), stride: aStep }
  const pieces: Piece[] = []
  const steps: Steps[] = []
  for (let first = 0; first < k; first += even) {
    pieces.push({ a: first * aStep, bRow: first })
    steps.push(k - first >= even ? usual : { count: k - first, stride: aStep })
  }
  return { pieces, steps }
}
