/**
 * @file Reverse-mode differentiation of any program (Linnainmaa 1970): from the loss backwards, each instruction hands its gradient
 * to its operands, and a value that is read several times adds up what it gets.
 * In: a builder that holds the program, the loss, and what to differentiate with respect to. Out: one gradient for each, appended
 * to the same builder. A loss with several elements counts as their sum.
 */
import type { ProgramBuilder } from '../ir/builder'
import type { Tensor } from '../ir/emit'
import type { ValueId } from '../ir/program'
import { pullsOf } from './derivatives'

export function gradients(b: ProgramBuilder, loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  const active = dependents(b, loss.id, wrt)
  const gradientOf = new Map<ValueId, Tensor>()
  gradientOf.set(loss.id, b.constant(1, loss.shape))
  for (let id = loss.id; id >= 0; id--) {
    const g = gradientOf.get(id)
    if (!g || !active.has(id)) continue
    const { op, inputs, origin } = b.instruction(id)
    b.at(origin, () => {
      const operands = inputs.map((input) => b.tensor(input))
      pullsOf(b, op, operands, b.tensor(id), g).forEach((pull, i) => {
        const operand = inputs[i] as ValueId
        if (pull === 'nondifferentiable' || !active.has(operand)) return
        const known = gradientOf.get(operand)
        gradientOf.set(operand, known ? b.add(known, pull()) : pull())
      })
    })
  }
  return wrt.map((x) => gradientOf.get(x.id) ?? b.constant(0, x.shape))
}

/** Values up to `last` that depend on one of `sources`, these included. */
function dependents(b: ProgramBuilder, last: ValueId, sources: readonly Tensor[]): ReadonlySet<ValueId> {
  const active = new Set(sources.map((source) => source.id))
  for (let id = 0; id <= last; id++) if (b.instruction(id).inputs.some((input) => active.has(input))) active.add(id)
  return active
}
