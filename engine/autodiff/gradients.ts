/**
 * @file Reverse-mode differentiation of any program (Linnainmaa 1970): from the loss backwards, each instruction hands its gradient
 * to its operands, and a value that is read several times adds up what it gets.
 * In: a builder that holds the program, the loss, and what to differentiate with respect to. Out: one gradient for each, appended
 * to the same builder. A loss with several elements counts as their sum.
 */
import type { ProgramBuilder } from '../ir/builder'
import type { Tensor } from '../ir/emit'
import type { ValueId } from '../ir/program'
import { dependents } from './dependents'
import { pullsOf } from './derivatives'
import { pullScan, type Seed } from './scan'

export function gradients(b: ProgramBuilder, loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  return pullBack(b, [{ value: loss, gradient: b.constant(1, loss.shape) }], wrt)
}

/** The same from several values whose gradients are known. */
export function pullBack(b: ProgramBuilder, seeds: readonly Seed[], wrt: readonly Tensor[]): Tensor[] {
  const last = Math.max(-1, ...seeds.map(({ value }) => value.id))
  const active = dependents(b, last, wrt)
  const gradientOf = new Map<ValueId, Tensor>()
  const add = (id: ValueId, gradient: Tensor) => {
    const known = gradientOf.get(id)
    gradientOf.set(id, known ? b.add(known, gradient) : gradient)
  }
  /** By scan, then by the number of the result. */
  const ofResults = new Map<ValueId, Map<number, Tensor>>()
  for (const { value, gradient } of seeds) add(value.id, gradient)
  for (let id = last; id >= 0; id--) {
    if (!active.has(id)) continue
    const { op, inputs, origin } = b.instruction(id)
    const results = ofResults.get(id)
    const g = gradientOf.get(id)
    b.at(origin, () => {
      if (op.op === 'scan' && results) {
        pullScan(b, id, results, (operand) => active.has(operand), pullBack).forEach((gradient, i) => {
          if (gradient) add(inputs[i] as ValueId, gradient)
        })
      } else if (op.op === 'result' && g) {
        const scan = inputs[0] as ValueId
        ofResults.set(scan, (ofResults.get(scan) ?? new Map<number, Tensor>()).set(op.index, g))
      } else if (g) {
        const operands = inputs.map((input) => b.tensor(input))
        pullsOf(b, op, operands, b.tensor(id), g).forEach((pull, i) => {
          const operand = inputs[i] as ValueId
          if (pull !== 'nondifferentiable' && active.has(operand)) add(operand, pull())
        })
      }
    })
  }
  return wrt.map((x) => gradientOf.get(x.id) ?? b.constant(0, x.shape))
}
