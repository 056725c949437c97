/**
 * @file Measures a network on samples. In: a model, samples and how they are bound. Out: mean loss and metrics over all of them, the same
 * whatever the size of the batches.
 * What is left after the last full batch is a batch of its own size, with an executable of its own that shares the weights.
 * Where batches are to continue one another (notes 002 §7), they do so here as in training: what recurrent layers carry goes from batch to batch.
 */
import { sizeOf } from '../core/tensor'
import type { Binding } from '../datasets/bind'
import type { Samples } from '../datasets/prepare'
import type { LowerOptions } from '../ir/lowering'
import { inputNames, outputNames } from '../ir/names'
import type { Program } from '../ir/program'
import { BatchMeans } from './batch-means'
import { BatchReader, effectiveBatchSize, epochOrder, type Inputs } from './batches'
import type { Measured } from './metrics'
import { dataInputsOf, type Model, runtimeInputs } from './model'
import type { Turns } from './pace'

export interface EvaluateOptions {
  readonly batchSize: number
  readonly turns?: Turns
  /** Asked between batches; true ends the evaluation early. */
  readonly cancelled?: () => boolean
}

/** The pass that measures samples of this data set. */
export const evaluationOf = ({ dataset }: Samples): LowerOptions => ({
  training: false,
  gradients: 'none',
  counts: true,
  ...(dataset.sequential && { keepsState: 'handed' as const }),
})

/** Undefined when it was cancelled. Endless sets show what they show in epoch 0. */
export async function evaluateModel(
  model: Model,
  samples: Samples,
  bindings: readonly Binding[],
  { batchSize, turns, cancelled }: EvaluateOptions,
): Promise<Measured | undefined> {
  const pass = evaluationOf(samples)
  const size = effectiveBatchSize(batchSize, samples.indices.length)
  const reader = new BatchReader(samples, bindings, size)
  const means = new BatchMeans()
  let handed: Inputs = {}
  for (const batch of batchesOf(samples, size)) {
    if (cancelled?.()) return undefined
    const { program, executable } = await model.pass(batch.length, pass)
    const inputs = await reader.read(batch, 0)
    const carried = keptIn(program, batch.length === size ? handed : {})
    executable.run({ ...inputs, ...carried, ...runtimeInputs(program, model.document.training.seed, 0, 0) })
    const outputs = await executable.read(program.outputs.map(({ name }) => name).filter((name) => BatchMeans.takes(name) || isKept(name)))
    means.add(outputs, batch.length)
    handed = outputs
    await turns?.due()
  }
  return means.take()
}

/** In sequence, every row of a batch goes on where it ended in the batch before; what fills no row comes last, and begins anew. */
function* batchesOf({ dataset, indices }: Samples, size: number): Generator<Uint32Array> {
  const rows = Math.floor(indices.length / size) * size
  const order = dataset.sequential ? [...epochOrder(indices, 0, 0, { shuffle: false, rows: size }), ...indices.subarray(rows)] : indices
  for (let start = 0; start < indices.length; start += size) yield Uint32Array.from(order.slice(start, start + size))
}

const KEPT = outputNames.kept('')
const isKept = (name: string): boolean => name.startsWith(KEPT)

/** What each slot is to begin with: what the batch before left, else zeros. */
function keptIn(program: Program, outputs: Inputs): Inputs {
  const begun = dataInputsOf(program).flatMap(({ name, shape }) => {
    const slot = name.startsWith(KEPT_BEFORE) ? name.slice(KEPT_BEFORE.length) : undefined
    return slot === undefined ? [] : [[name, outputs[outputNames.kept(slot)] ?? new Float32Array(sizeOf(shape))] as const]
  })
  return Object.fromEntries(begun)
}
const KEPT_BEFORE = inputNames.kept('')
