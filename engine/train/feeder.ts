/**
 * @file Which samples belong to which step. In: the training samples, a seed and the number of a step (from 1), nothing else.
 * Out: the inputs of that step, so that any step can be repeated or gone on from.
 */
import type { Binding } from '../datasets/bind'
import type { Samples } from '../datasets/prepare'
import { BatchReader, epochOrder, type Inputs } from './batches'

export interface FeedSettings {
  readonly batchSize: number
  readonly seed: number
  readonly shuffle: boolean
}

export class Feeder {
  /** The last incomplete batch of an epoch is left out. */
  readonly stepsPerEpoch: number
  private readonly reader: BatchReader
  private order: { readonly epoch: number; readonly indices: Uint32Array } | undefined

  constructor(
    private readonly samples: Samples,
    bindings: readonly Binding[],
    private readonly settings: FeedSettings,
  ) {
    this.reader = new BatchReader(samples, bindings, settings.batchSize)
    this.stepsPerEpoch = Math.floor(samples.indices.length / settings.batchSize)
  }

  inputsOf(step: number): Inputs | Promise<Inputs> {
    const { batchSize, seed, shuffle } = this.settings
    const epoch = Math.floor((step - 1) / this.stepsPerEpoch)
    if (this.order?.epoch !== epoch) this.order = { epoch, indices: epochOrder(this.samples.indices, seed, epoch, shuffle) }
    const start = ((step - 1) % this.stepsPerEpoch) * batchSize
    return this.reader.read(this.order.indices.subarray(start, start + batchSize), epoch)
  }
}
