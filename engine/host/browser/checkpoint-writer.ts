/**
 * @file When to write checkpoints, and one at a time. In: checkpoints of the run. Out: stored files; a run is held up for the encoding only, and
 * large models are written less often, so that writing never takes more than a small share of the time.
 */
import { type Checkpoint, type CheckpointStore, encodeCheckpoint } from '../../train/checkpoint'

/** The first comes soon: until then a crash costs everything. */
const FIRST_MS = 1_500
const PAUSE_MS = 5_000
/** At most one part in this many of the time goes into checkpoints. */
const COST_FACTOR = 25

export class CheckpointWriter {
  private next: number
  private writing: Promise<void> = Promise.resolve()
  private busy = false
  private newest: Checkpoint | undefined

  constructor(
    private readonly key: string,
    private readonly store: CheckpointStore,
    private readonly failed: (error: unknown) => void,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.next = now() + FIRST_MS
  }

  /** Whether it is time for another. */
  get isDue(): boolean {
    return !this.busy && this.now() >= this.next
  }

  /** Takes the checkpoint over; one that comes while another is being written waits, and gives way to a newer one. */
  put(checkpoint: Checkpoint): void {
    this.newest = checkpoint
    if (this.busy) return
    this.busy = true
    this.writing = this.drain()
  }

  /** Resolves when everything that was put is stored (or has failed, and been told). */
  settled(): Promise<void> {
    return this.writing
  }

  private async drain(): Promise<void> {
    while (this.newest) {
      const checkpoint = this.newest
      this.newest = undefined
      const started = this.now()
      try {
        await this.store.save(this.key, encodeCheckpoint(checkpoint))
      } catch (error) {
        this.failed(error)
      }
      const cost = this.now() - started
      this.next = this.now() + Math.max(PAUSE_MS, cost * COST_FACTOR)
    }
    this.busy = false
  }
}
