/**
 * @file Batches that another thread prepares while this one trains. In: a thread and a job. Out: the batches of steps that follow one another, ready or
 * soon to be. A few are always under way: the slot of the batch before is given back when the next is asked for.
 */
import { DiagnosedError, InternalError } from '../core/diagnostics'
import { sizeOf, type TensorData } from '../core/tensor'
import type { Inputs } from './batches'
import { type BatchBuffers, type FeedHost, type FeedJob, type FeedReport, type FeedThread, transferOf } from './feed-messages'

/** Batches under way: enough to even out slow ones. */
const MOST_AHEAD = 4
const LEAST_AHEAD = 2
/** Large batches are fewer. */
const MAX_BYTES = 128 * 2 ** 20

interface Layout {
  readonly node: string
  readonly isReal: boolean
  readonly bytes: number
}

interface Waiting {
  readonly step: number
  readonly resolve: (inputs: Inputs) => void
  readonly reject: (reason: Error) => void
}

export class FeedAhead {
  private readonly thread: FeedThread
  private readonly layout: readonly Layout[]
  private opened = false
  private failure: Error | undefined
  /** Where memory is not shared, those that are under way are not to be touched. */
  private readonly slots: BatchBuffers[]
  private readonly isShared: boolean
  private readonly free: number[]
  /** Steps asked for, in the order they will come; those that nobody wants any more have been taken out. */
  private wanted: number[] = []
  /** The step that the next free buffer is for. */
  private next = 1
  private readonly filled = new Map<number, number>()
  /** The batch that was handed out last. */
  private current: number | undefined
  private waiting: Waiting | undefined

  constructor({ spawn, files }: FeedHost, job: Omit<FeedJob, 'files' | 'shared'>, isShared = mayShare()) {
    this.layout = job.bindings.map(({ node, type: { shape, dtype } }) => ({
      node,
      isReal: dtype === 'f32',
      bytes: 4 * job.settings.batchSize * sizeOf(shape),
    }))
    const bytes = this.layout.reduce((sum, { bytes }) => sum + bytes, 0)
    const count = Math.max(LEAST_AHEAD, Math.min(MOST_AHEAD, Math.floor(MAX_BYTES / bytes)))
    const Memory = isShared ? SharedArrayBuffer : ArrayBuffer
    this.isShared = isShared
    this.slots = Array.from({ length: count }, () => Object.fromEntries(this.layout.map(({ node, bytes }) => [node, new Memory(bytes)])))
    this.free = [...this.slots.keys()]
    this.thread = spawn()
    this.thread.onReport((report) => this.hear(report))
    this.thread.onDeath((reason) => this.fail(new InternalError('feeder', `the thread that prepares batches has ended: ${reason}`)))
    this.thread.post({ type: 'open', job: { ...job, files, shared: isShared ? this.slots : undefined } }, [])
  }

  /**
   * The inputs of a step. Undefined until the other thread is at work, and for a step that does not follow the last: the caller reads that one
   * itself, and the ones behind it are asked for here.
   */
  take(step: number): Inputs | Promise<Inputs> | undefined {
    // Where no thread can be had, or it cannot open the data, everything is read as it was before, and fails there if it must.
    if (!this.opened) return undefined
    if (this.failure) throw this.failure
    if (this.current !== undefined) this.free.push(this.current)
    this.current = undefined
    const isExpected = this.wanted[0] === step
    if (!isExpected) {
      this.free.push(...this.filled.values())
      this.filled.clear()
      this.wanted = []
      this.next = step + 1
    }
    this.request()
    if (!isExpected) return undefined
    const ready = this.handOut(step)
    if (ready) return ready
    return new Promise((resolve, reject) => {
      this.waiting = { step, resolve, reject }
    })
  }

  dispose(): void {
    this.thread.terminate()
    this.fail(new InternalError('feeder', 'it was disposed of'))
  }

  /** Every free slot goes out for the next step. */
  private request(): void {
    for (const slot of this.free.splice(0)) {
      const step = this.next++
      this.wanted.push(step)
      const buffers = this.isShared ? undefined : this.slots[slot]
      this.thread.post({ type: 'fill', step, slot, buffers }, transferOf(buffers))
    }
  }

  private hear(report: FeedReport): void {
    if (report.type === 'opened') this.opened = true
    else if (report.type === 'failed')
      this.fail(report.diagnostics ? new DiagnosedError(report.diagnostics) : new InternalError('feeder', report.reason))
    else {
      if (report.buffers) this.slots[report.slot] = report.buffers
      this.arrive(report.step, report.slot)
    }
  }

  private arrive(step: number, slot: number): void {
    if (!this.wanted.includes(step) || this.filled.has(step)) {
      // Asked for before a jump.
      this.free.push(slot)
      this.request()
      return
    }
    this.filled.set(step, slot)
    const { waiting } = this
    if (waiting?.step !== step) return
    this.waiting = undefined
    const inputs = this.handOut(step)
    if (inputs) waiting.resolve(inputs)
  }

  private handOut(step: number): Inputs | undefined {
    const slot = this.filled.get(step)
    if (slot === undefined) return undefined
    this.filled.delete(step)
    this.wanted.shift()
    this.current = slot
    const buffers = this.slots[slot] ?? {}
    return Object.fromEntries(this.layout.map(({ node, isReal }) => [node, viewOf(buffers[node] as ArrayBufferLike, isReal)]))
  }

  private fail(error: Error): void {
    this.failure ??= error
    this.waiting?.reject(this.failure)
    this.waiting = undefined
  }
}

/** Pages that are not isolated have the constructor but may not share. */
const mayShare = (): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false

const viewOf = (buffer: ArrayBufferLike, isReal: boolean): TensorData => (isReal ? new Float32Array(buffer) : new Int32Array(buffer))
