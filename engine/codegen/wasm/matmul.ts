/**
 * @file Matrix products: out (batch, m, n) = A · B in all four transpose forms, with an optional bias per column.
 * A is read where it lies, whatever its strides; B is packed into column panels unless it can serve as it lies.
 * In: a matmul kernel. Out: its phases, at most one that packs and one that multiplies.
 */
import type { MatmulKernel } from '../../optimize/kernel'
import type { EmitContext, Phase } from './emitter'
import type { Steps } from './tile'
import { type Matrix, once, packPanels, panelKinds, panelsBytes } from './tile-panels'
import { emitProduct, type Piece } from './tile-product'

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
  readonly label: string
}

/** Rows of a column panel that stay in the first cache beside the rows of A. */
const blockDepth = 256

/** With fewer rows of A than this, packing B costs more than it saves. */
const rowsWorthPacking = 16

export function emitMatmul(kernel: MatmulKernel & { readonly origins?: readonly string[] }, context: EmitContext): Phase[] {
  return matmulPhases(context, {
    ...kernel,
    a: context.address(kernel.a),
    b: context.address(kernel.b),
    out: context.address(kernel.out),
    bias: kernel.bias === undefined ? undefined : context.address(kernel.bias),
    label: `${kernel.origins?.[0] ?? ''} product`,
  })
}

export function matmulPhases(context: EmitContext, plan: MatmulPlan): Phase[] {
  const { batch, m, k, n } = plan
  const phases: Phase[] = []
  let b: Matrix = { form: 'rows', address: plan.b, rowBytes: 4 * n }
  let bBatch = 4 * k * n
  const onePanel = panelKinds(n, context.variant).length === 1 && n <= context.variant.columns
  if (plan.transposeB || (!onePanel && m >= rowsWorthPacking)) {
    const map = {
      columns: n,
      columnBytes: plan.transposeB ? 4 * k : 4,
      outer: once,
      inner: { count: k, bytes: plan.transposeB ? 4 : 4 * n, rows: 1 },
      batch: { count: batch, bytes: 4 * k * n },
      panelRows: k,
    }
    const bytes = panelsBytes(map, context.variant)
    const panels = context.scratch(bytes)
    phases.push(packPanels(context.module, context.variant, { ...map, address: plan.b, panels }, `${plan.label}: pack`))
    b = { form: 'panels', address: panels, rows: k }
    bBatch = bytes / batch
  }
  const aRow = plan.transposeA ? 4 : 4 * k
  const aStep = plan.transposeA ? 4 * m : 4
  const { pieces, steps } = depthBlocks(k, aStep)
  phases.push(
    emitProduct(context, {
      batch: { count: batch, a: 4 * m * k, b: bBatch, c: 4 * m * n, bias: 0 },
      a: plan.a,
      positions: [{ a: 0, cRow: 0, blocks: pieces.map((piece) => [piece]) }],
      rows: Array.from({ length: m }, (_, r) => r * aRow),
      steps,
      columns: n,
      b,
      c: { form: 'rows', address: plan.out, rowBytes: 4 * n },
      bias: plan.bias,
      label: plan.label,
    }),
  )
  return phases
}

/** Cuts the summed extent into blocks; a remainder that would be small is spread over all of them. */
function depthBlocks(k: number, aStep: number): { pieces: Piece[]; steps: Steps[] } {
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
