/**
 * @file Narrow rows, such as six channels: vectors that end with the row would be half empty. Several rows together fill whole vectors, and
 * what repeats with each row (a bias, a scale) repeats within them. In: an elementwise kernel. Out: an equal one over blocks of rows, with
 * the period of what repeats, or undefined where rows are wide or lie apart. What repeats is written out once per unit, as often as a block
 * holds it: vectors that are put together from single lanes would keep V8 from widening the loop.
 */
import type { LoopKernel } from '../../optimize/kernel'

export interface PeriodicLoop {
  readonly kernel: LoopKernel
  /** The axis of blocks; the next one runs through the rows of a block. Views that do not move along `blocks` repeat every `period` lanes. */
  readonly blocks: number
  readonly period: number
  /** Body positions of the loads that repeat. */
  readonly repeating: readonly number[]
}

/** Lanes of one block: enough to fill wide vectors, few enough to stay in registers. */
const mostLanes = 48
const wide = 8

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))

export function joinRows(kernel: LoopKernel): PeriodicLoop | undefined {
  const row = kernel.axes.length - 1
  const outer = row - 1
  const period = kernel.axes[row] as number
  const rows = kernel.axes[outer]
  if (rows === undefined || kernel.reduced > 0 || period % wide === 0 || kernel.results.some(({ reduce }) => reduce)) return undefined
  const together = wide / greatestCommonDivisor(period, wide)
  if (together * period > mostLanes || rows % together !== 0) return undefined
  const follows = (strides: readonly number[]) => strides[outer] === period * (strides[row] as number)
  // The same for all units: threads that write it out at the same time write the same.
  const repeats = (strides: readonly number[]) => strides.every((stride, axis) => stride === 0 || axis === row)
  const joins = kernel.body.every((op) => {
    if (op.op === 'index') return follows(op.strides)
    return op.op !== 'load' || follows(op.view.strides) || repeats(op.view.strides)
  })
  if (!joins || !kernel.results.every(({ strides }) => follows(strides) && strides[row] === 1)) return undefined
  const block = together * period
  const joined = (strides: readonly number[]) =>
    repeats(strides) ? strides : [...strides.slice(0, outer), block * (strides[row] as number), strides[row] as number]
  return {
    blocks: outer,
    period,
    repeating: kernel.body.flatMap((op, id) => (op.op === 'load' && op.view.strides[row] !== 0 && repeats(op.view.strides) ? [id] : [])),
    kernel: {
      ...kernel,
      axes: [...kernel.axes.slice(0, outer), rows / together, block],
      body: kernel.body.map((op) => {
        if (op.op === 'load') return { ...op, view: { ...op.view, strides: joined(op.view.strides) } }
        return op.op === 'index' ? { ...op, strides: joined(op.strides) } : op
      }),
      results: kernel.results.map((result) => ({ ...result, strides: joined(result.strides) })),
    },
  }
}
