/**
 * @file Which samples belong to which step. In: the training samples, a seed and the number of a step (from 1), nothing else.
 * Out: the inputs of that step, so that any step can be repeated or gone on from. Where reading takes a good part of the time and the host has
 * a thread to spare, batches are prepared there while the step runs, as long as that pays and the thread lives; they are the same bits.
 */

import type { Diagnostic } from '../core/diagnostics'
import type { Binding } from '../datasets/bind'
import type { Recipe, Samples } from '../datasets/prepare'
import { BatchReader, epochOrder, type Inputs } from './batches'
import { FeedAhead } from './feed-ahead'
import { FeedContest, type Way } from './feed-contest'
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
  private contest: FeedContest | undefined
  private watched: Watched = { slow: 0, times: [] }
  /** When the step before was asked for, and where its batch came from. */
  private last: { readonly at: number; readonly way: Way } | undefined

  constructor(
    private readonly samples: Samples,
    private readonly bindings: readonly Binding[],
    private readonly settings: FeedSettings,
    /** Absent: everything is read here. */
    private elsewhere?: Elsewhere,
  ) {
    this.reader = new BatchReader(samples, bindings, settings.batchSize)
    this.stepsPerEpoch = Math.floor(samples.indices.length / settings.batchSize)
  }

  /** They are good until the next are asked for. */
  inputsOf(step: number): Inputs | Promise<Inputs> {
    const now = performance.now()
    if (this.last) this.contest?.note(this.last.way, now - this.last.at)
    this.consider()
    const prepared = this.contest?.way === 'there' ? this.ahead?.take(step) : undefined
    const before = this.last?.at
    this.last = { at: now, way: prepared ? 'there' : 'here' }
    if (!prepared) return this.readHere(step, before)
    return prepared instanceof Promise ? prepared.then((inputs) => inputs ?? this.readHere(step, before)) : prepared
  }

  dispose(): void {
    this.ahead?.dispose()
  }

  private readHere(step: number, before: number | undefined): Inputs | Promise<Inputs> {
    const started = performance.now()
    const inputs = this.read(step)
    if (!(inputs instanceof Promise)) {
      this.watch(started, before)
      return inputs
    }
    return inputs.then((fetched) => {
      this.watch(started, before)
      return fetched
    })
  }

  /** Gives the other thread up where it has ended or does not pay; for good, since opening the data costs time and memory. */
  private consider(): void {
    if (!this.ahead) return
    const { ending } = this.ahead
    if (!ending && !this.contest?.lost) return
    // What cannot be read there cannot be read here, where it is said.
    if (ending && !ending.diagnostics)
      this.elsewhere?.onWarning?.({ code: 'train.feeder', severity: 'warning', values: { detail: ending.reason } })
    this.ahead.dispose()
    this.ahead = undefined
    this.contest = undefined
    this.elsewhere = undefined
  }

  private read(step: number): Inputs | Promise<Inputs> {
    const { batchSize, seed } = this.settings
    const epoch = Math.floor((step - 1) / this.stepsPerEpoch)
    if (this.order?.epoch !== epoch) this.order = { epoch, indices: epochOrder(this.samples.indices, seed, epoch, this.settings) }
    const start = ((step - 1) % this.stepsPerEpoch) * batchSize
    return this.reader.read(this.order.indices.subarray(start, start + batchSize), epoch)
  }

  /** Takes note of how long reading took, and gives it away where that is worth it. `before`: when the step before was asked for. */
  private watch(started: number, before: number | undefined): void {
    if (!this.elsewhere || this.ahead || before === undefined) return
    const reading = performance.now() - started
    const { slow, times } = this.watched
    const time = started - before
    // A single slow one says nothing: the machine may have been busy with something else.
    const isSlow = reading > WORTH_MILLISECONDS && reading > WORTH_SHARE * time
    this.watched = { slow: slow + Number(isSlow), times: [...times, time] }
    if (times.length + 1 < WATCHED) return
    const { watched } = this
    this.watched = { slow: 0, times: [] }
    if (watched.slow <= WATCHED / 2) return
    const { host, recipe } = this.elsewhere
    const { samples, bindings, settings } = this
    this.ahead = new FeedAhead(host, { recipe, indices: samples.indices, bindings, settings })
    this.contest = new FeedContest(watched.times)
  }
}

interface Elsewhere {
  readonly host: FeedHost
  readonly recipe: Recipe
  /** Training goes on without the other thread. */
  readonly onWarning?: (diagnostic: Diagnostic) => void
}

interface Watched {
  readonly slow: number
  /** Milliseconds from step to step. */
  readonly times: readonly number[]
}
