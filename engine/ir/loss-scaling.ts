/**
 * @file Gradients that survive being stored as halves: the loss is multiplied by a scale before it is differentiated, so that small gradients
 * do not vanish, and the gradients are divided by it before anything is done with them (Micikevicius et al. 2018, Mixed precision training, §3.2).
 * In: the loss and what to differentiate with respect to; later the finished program. Out: the gradients, and an output that says whether all of
 * them are finite: too large a scale makes them overflow, and such a step leaves all state as it was. train/loss-scale.ts chooses the scale.
 */
import { gradients } from '../autodiff/gradients'
import type { ProgramBuilder } from './builder'
import type { Tensor } from './emit'
import { inputNames, outputNames } from './names'
import type { Instruction, Program, ValueId } from './program'

/** The largest f32. What reaches it counts as an overflow: comparing with a number needs no infinity in the program. */
const largest = (2 - 2 ** -23) * 2 ** 127

/** The gradients, divided by the scale that is fed; the output says whether they are finite. */
export function scaledGradients(b: ProgramBuilder, loss: Tensor, wrt: readonly Tensor[]): Tensor[] {
  const scale = b.input(inputNames.lossScale, [])
  const scaled = gradients(b, b.mul(loss, scale), wrt)
  const overflows = scaled.map((g, i) => b.at(b.instruction((wrt[i] as Tensor).id).origin, () => overflowOf(b, g)))
  const some = overflows.reduce((a, x) => b.max(a, x), b.constant(0))
  b.output(outputNames.finite, b.sub(1, some))
  return scaled.map((g) => b.div(g, scale))
}

/** 1 where some element is infinite or not a number, else 0. Comparisons with what is no number are false. */
const overflowOf = (b: ProgramBuilder, g: Tensor): Tensor => b.maximum(b.sub(1, b.less(b.abs(g), largest)))

/** The same program, but where scaled gradients were not finite every state takes the value it has instead of its next. */
export function keepStateUnlessFinite(program: Program): Program {
  const finite = program.outputs.find(({ name }) => name === outputNames.finite)?.value
  if (finite === undefined) return program
  const values: Instruction[] = [...program.values]
  const append = (instruction: Instruction): ValueId => values.push(instruction) - 1
  const state = program.state.map((slot) => {
    if (slot.update === undefined) return slot
    const { shape, dtype, origin } = values[slot.value] as Instruction
    const spread = append({ op: { op: 'broadcast', axes: [] }, inputs: [finite], shape, dtype: 'f32', origin })
    return { ...slot, update: append({ op: { op: 'select' }, inputs: [spread, slot.update, slot.value], shape, dtype, origin }) }
  })
  return { ...program, values, state }
}
