/**
 * @file Which samples belong to which step. In: the training samples, a seed and the number of a step (from 1), nothing else.
 * Out: the inputs of that step, so that any step can be repeated or gone on from. Where reading takes a good part of the time and the host has
 * a thread to spare, batches are prepared there while the step runs; they are the same bits.
 */
import type { Binding } from '../datasets/bind'
import type { Recipe, Samples } from '../datasets/prepare'
import { BatchReader, epochOrder, type Inputs } from './batches'
import { FeedAhead } from './feed-ahead'
import type { FeedHost, FeedSettings } from './feed-messages'

/** Reading is watched over so many steps at a time, and given away when for most of them … */
const WATCHED = 16
/** … it takes this share of the time from one step to the next, and more than messages would cost. */
const WORTH_SHARE = 0.1
const WORTH_MILLISECONDS = 0.3

export class Feeder {
  /** The last incomplete batch of an epoch is left out. */
  readonly stepsPerEpoch: number
  private readonly reader: BatchReader
  private order: { readonly epoch: number; readonly indices: Uint32Array } | undefined
  private ahead: FeedAhead | undefined
  private watched = { steps: 0, slow: 0, since: 0 }

  constructor(
    private readonly samples: Samples,
    private readonly bindings: readonly Binding[],
    private readonly settings: FeedSettings,
    /** Absent: everything is read here. */
    private readonly elsewhere?: { readonly host: FeedHost; readonly recipe: Recipe },
  ) {
    this.reader = new BatchReader(samples, bindings, settings.batchSize)
    this.stepsPerEpoch = Math.floor(samples.indices.length / settings.batchSize)
  }

  /** They are good until the next are asked for. */
  inputsOf(step: number): Inputs | Promise<Inputs> {
    const prepared = this.ahead?.take(step)
    if (prepared) return prepared
    const started = performance.now()
    const inputs = this.read(step)
    if (!(inputs instanceof Promise)) {
      this.watch(started)
      return inputs
    }
    return inputs.then((fetched) => {
      this.watch(started)
      return fetched
    })
  }

  dispose(): void {
    this.ahead?.dispose()
  }

  private read(step: number): Inputs | Promise<Inputs> {
    const { batchSize, seed } = this.settings
    const epoch = Math.floor((step - 1) / this.stepsPerEpoch)
    if (this.order?.epoch !== epoch) this.order = { epoch, indices: epochOrder(this.samples.indices, seed, epoch, this.settings) }
    const start = ((step - 1) % this.stepsPerEpoch) * batchSize
    return this.reader.read(this.order.indices.subarray(start, start + batchSize), epoch)
  }

  /** Takes note of how long reading took, and gives it away where that is worth it. */
  private watch(started: number): void {
    if (!this.elsewhere || this.ahead) return
    const now = performance.now()
    const reading = now - started
    const { steps, slow, since } = this.watched
    // A single slow one says nothing: the machine may have been busy with something else.
    const isSlow = steps > 0 && reading > WORTH_MILLISECONDS && reading > WORTH_SHARE * (now - since)
    this.watched = { steps: steps + 1, slow: slow + Number(isSlow), since: now }
    if (steps < WATCHED) return
    const isWorthIt = this.watched.slow > WATCHED / 2
    this.watched = { steps: 0, slow: 0, since: 0 }
    if (!isWorthIt) return
    const { host, recipe } = this.elsewhere
    const { samples, bindings, settings } = this
    this.ahead = new FeedAhead(host, { recipe, indices: samples.indices, bindings, settings })
  }
}
