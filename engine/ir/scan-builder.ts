/**
 * @file Writes a scan: the step into a body of its own, then the scan and its results. In: builders of the program and of the body, what
 * the steps are given, and the step. Out: the scan's results.
 */
import type { Shape } from '../core/tensor'
import type { Emit, ScanGiven, ScanResults, ScanStep, ScanStepResult, Tensor } from './emit'
import type { Op, Program, ScanOp } from './program'
import { resultTypes } from './scan'
import type { ValueType } from './typing'

interface Outer {
  emit(op: Op, operands: readonly Tensor[], declared?: ValueType): Tensor
}

interface Inner extends Emit {
  input(name: string, shape: Shape, dtype: Tensor['dtype']): Tensor
  state(name: string, shape: Shape): Tensor
  update(name: string, value: Tensor): void
  output(name: string, value: Tensor): void
  finish(): Program
}

export function writeScan(outer: Outer, body: Inner, given: ScanGiven, step: (b: Emit, now: ScanStep) => ScanStepResult): ScanResults {
  const { constants, initial, sequences, reverse = false } = given
  const length = sequences[0]?.shape[0] ?? 1
  const now: ScanStep = {
    constants: constants.map(({ shape, dtype }, i) => body.input(`constant${i}`, shape, dtype)),
    carried: initial.map(({ shape }, i) => body.state(`carried${i}`, shape)),
    items: sequences.map(({ shape, dtype }, i) => body.input(`item${i}`, shape.slice(1), dtype)),
  }
  const made = step(body, now)
  made.carried.forEach((value, i) => {
    body.update(`carried${i}`, value)
  })
  made.items.forEach((value, i) => {
    body.output(`made${i}`, value)
  })
  const op: ScanOp = {
    op: 'scan',
    body: body.finish(),
    length,
    reverse,
    constants: constants.map((_, i) => `constant${i}`),
    sequences: sequences.map((_, i) => `item${i}`),
  }
  const all = resultsOf(outer, outer.emit(op, [...constants, ...initial, ...sequences]), op)
  return { carried: all.slice(0, initial.length), stacked: all.slice(initial.length) }
}

export const resultsOf = (outer: Outer, scan: Tensor, op: ScanOp): Tensor[] =>
  resultTypes(op).map((type, index) => outer.emit({ op: 'result', index }, [scan], type))
