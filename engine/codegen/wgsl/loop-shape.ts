/**
 * @file How a reduction is dealt out to threads. In: a loop kernel with reduced axes. Out: how many results and how many slices of each sum
 * a workgroup has, and in how many parts a long sum is cut for workgroups of their own.
 */
import type { LoopKernel } from '../../optimize/kernel'

export interface ReductionShape {
  /** Neighbouring results of one workgroup, and threads that share each of them: powers of two, together one workgroup. */
  readonly columns: number
  readonly slices: number
  /** Neighbouring threads take neighbouring results; otherwise neighbouring slices. */
  readonly columnsFirst: boolean
  /** Workgroups that share one result; where there are more than one, their sums are put together by another dispatch. */
  readonly parts: number
}

/** Fewer threads leave a large device idle. */
const manyThreads = 32_768
/** Terms that a thread should have before another one is called to help. */
const fewTerms = 8
/** Terms of one thread that make a second dispatch worthwhile. */
const manyTerms = 64
const mostParts = 256
/** Neighbouring threads that read neighbouring elements in one transaction. */
const coalesced = 32

const powerBelow = (x: number): number => 2 ** Math.floor(Math.log2(Math.max(1, x)))
const powerAbove = (x: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, x)))

export function reductionShape(kernel: LoopKernel, kept: number, terms: number, threads: number): ReductionShape {
  const columnsFirst = neighboursAreResults(kernel)
  const mostSlices = Math.min(threads, powerBelow(terms / fewTerms))
  let columns = Math.min(threads, powerAbove(kept))
  if (columnsFirst) while (columns > coalesced && kept * (threads / columns) < manyThreads && threads / columns < mostSlices) columns /= 2
  else {
    // Long rows are read by neighbours; short ones are left to one thread when there are very many.
    let slices = mostSlices
    while (slices > coalesced && kept * slices >= 4 * manyThreads) slices /= 2
    if (slices < 4) slices = 1
    columns = threads / slices
  }
  const slices = Math.min(mostSlices, threads / columns)
  columns = threads / slices
  const groups = Math.ceil(kept / columns)
  const termsOfThread = terms / slices
  const parts =
    slices > 1 && termsOfThread >= manyTerms && groups * threads < manyThreads
      ? Math.min(mostParts, Math.ceil(manyThreads / (groups * threads)), Math.ceil(termsOfThread / (manyTerms / 4)))
      : 1
  return { columns, slices, columnsFirst, parts }
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
