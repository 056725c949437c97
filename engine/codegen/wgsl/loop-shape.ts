/**
 * @file How a reduction is dealt out to threads. In: a loop kernel with reduced axes. Out: into how many slices each sum is cut, a thread for
 * each; and whether neighbouring threads take neighbouring results or neighbouring slices, whichever reads neighbouring elements.
 */
import type { LoopKernel } from '../../optimize/kernel'

export interface ReductionShape {
  /** 1: a thread does the whole sum. Otherwise another dispatch adds the slices up. */
  readonly slices: number
  readonly columnsFirst: boolean
}

/** Fewer threads leave a large device idle. */
const manyThreads = 32_768
/** Terms that one thread may as well add up. */
const fewTerms = 64
/** Slices that one thread may as well add up, lest that take a third dispatch. */
const fewSlices = 512
/** Terms of one thread beyond which there are more slices nevertheless. */
const manyTerms = 2048
/** Neighbouring threads that read neighbouring elements in one transaction. */
const coalesced = 32

const powerBelow = (x: number): number => 2 ** Math.floor(Math.log2(Math.max(1, x)))

/** `isRest`: the terms are themselves slices of another reduction. */
export function reductionShape(kernel: LoopKernel, points: number, terms: number, isRest: boolean): ReductionShape {
  const columnsFirst = neighboursAreResults(kernel)
  const one = { slices: 1, columnsFirst }
  if (terms <= (isRest ? fewSlices : fewTerms)) return one
  const most = terms > fewSlices * manyTerms ? manyThreads : fewSlices
  const wanted = powerBelow(Math.min(most, manyThreads / points))
  if (columnsFirst) return { slices: Math.min(wanted, powerBelow((2 * terms) / fewTerms)), columnsFirst }
  // Rows are read well only by several threads each; but there may be so many rows that the slices would take much memory.
  if (points > 2 * manyThreads && terms <= 8 * coalesced) return one
  return { slices: Math.min(Math.max(wanted, coalesced), powerBelow((8 * terms) / fewTerms)), columnsFirst }
}

/** Whether most of what moves lies closer together along the last kept axis than along the last reduced one. */
function neighboursAreResults({ axes, reduced, body, results }: LoopKernel): boolean {
  const last = axes.length - reduced - 1
  if (last < 0) return false
  let votes = 0
  const vote = (strides: readonly number[]) => {
    const kept = Math.abs(strides[last] as number)
    const inner = Math.abs(strides.at(-1) as number)
    if (kept > 0 && inner > 0) votes += kept < inner ? 1 : -1
  }
  for (const op of body) if (op.op === 'load') vote(op.view.strides)
  for (const { reduce, strides } of results) if (!reduce) vote(strides)
  return votes > 0
}
