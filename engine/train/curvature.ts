/**
 * @file Whether the loss curves more than it slopes along the step (notes 004; Goodfellow et al. 2016 §8.2.1): a step of −εg changes the loss
 * by about ½ε²gᵀHg − εgᵀg, so when the first term outgrows the second, the step leads upwards.
 * In: a model, a batch, a learning rate. Out: both terms; and from time to time a warning.
 */
import type { Diagnostic } from '../core/diagnostics'
import type { LowerOptions } from '../ir/lowering'
import { inputNames, outputNames } from '../ir/names'
import type { Curvature } from '../protocol/messages'
import type { Inputs } from './batches'
import { type Model, runtimeInputs } from './model'

const curvature: LowerOptions = { training: true, gradients: 'none', secondOrder: 'curvature' }

/** Second derivatives cost about as much as two steps. */
const EVERY = 20

/** `inputs` are those of the training step: batch, rate and number. */
export async function curvatureAt(model: Model, batchSize: number, inputs: Inputs, step: number, rate: number): Promise<Curvature> {
  const { program, executable } = await model.pass(batchSize, { ...curvature, keepsState: inputNames.continues in inputs })
  // What the step is fed goes before: whether it goes on from the step before it, say.
  executable.run({ ...runtimeInputs(program, model.document.training.seed, step, rate), ...inputs })
  const outputs = await executable.read([outputNames.slopeSquared, outputNames.curvature])
  const [first, second] = [outputs[outputNames.slopeSquared]?.[0] ?? 0, outputs[outputNames.curvature]?.[0] ?? 0]
  return { step, slope: rate * first, bend: 0.5 * rate * rate * second }
}

/** Looks now and then, and speaks when what it sees has become worse. */
export class CurvatureWatch {
  latest: Curvature | undefined
  private wasSteep = false

  constructor(
    private readonly model: Model,
    private readonly batchSize: number,
    private readonly warn: (diagnostic: Diagnostic) => void,
  ) {}

  async look(inputs: Inputs, step: number, rate: number): Promise<void> {
    if ((step - 1) % EVERY !== 0) return
    const seen = await curvatureAt(this.model, this.batchSize, inputs, step, rate)
    this.latest = seen
    const isSteep = seen.bend > seen.slope
    if (isSteep && !this.wasSteep)
      this.warn({
        code: 'train.curvature',
        severity: 'warning',
        values: { step, got: seen.bend.toPrecision(3), expected: seen.slope.toPrecision(3) },
      })
    this.wasSteep = isSteep
  }
}
