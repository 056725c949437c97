/**
 * @file Measures a network on samples. In: a model, samples and how they are bound. Out: mean loss and metrics over all of them.
 * What is left after the last full batch is a batch of its own size, with an executable of its own that shares the weights.
 */
import type { Binding } from '../datasets/bind'
import type { Samples } from '../datasets/prepare'
import type { LowerOptions } from '../ir/lowering'
import { BatchReader, effectiveBatchSize } from './batches'
import { Mean, type Measured, measuredFrom, measuredNames } from './metrics'
import { type Model, runtimeInputs } from './model'
import type { Turns } from './pace'

export interface EvaluateOptions {
  readonly batchSize: number
  readonly turns?: Turns
  /** Asked between batches; true ends the evaluation early. */
  readonly cancelled?: () => boolean
}

export const evaluation: LowerOptions = { training: false, gradients: 'none' }

/** Undefined when it was cancelled. Endless sets show what they show in epoch 0. */
export async function evaluateModel(
  model: Model,
  samples: Samples,
  bindings: readonly Binding[],
  { batchSize, turns, cancelled }: EvaluateOptions,
): Promise<Measured | undefined> {
  const { indices } = samples
  const size = effectiveBatchSize(batchSize, indices.length)
  const reader = new BatchReader(samples, bindings, size)
  const mean = new Mean()
  for (let start = 0; start < indices.length; start += size) {
    if (cancelled?.()) return undefined
    const batch = indices.subarray(start, start + size)
    const { program, executable } = await model.pass(batch.length, evaluation)
    const inputs = await reader.read(batch, 0)
    executable.run({ ...inputs, ...runtimeInputs(program, model.document.training.seed, 0, 0) })
    mean.add(measuredFrom(await executable.read(measuredNames(program.outputs))), batch.length)
    await turns?.due()
  }
  return mean.take()
}
