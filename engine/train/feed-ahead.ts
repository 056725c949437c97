/**
 * @file Batches that another thread prepares while this one trains. In: a thread and a job. Out: the batches of steps that follow one another, ready or
 * soon to be. A few are always under way: the slot of the batch before is given back when the next is asked for. A thread may end without a word
 * (a browser short of memory kills Workers silently), so one that keeps others waiting is asked whether it is there.
 */
import { type Diagnostic, InternalError } from '../core/diagnostics'
import { sizeOf, type TensorData } from '../core/tensor'
import type { Text } from '../core/text'
import type { Inputs } from './batches'
import { type BatchBuffers, type FeedHost, type FeedJob, type FeedReport, type FeedThread, transferOf } from './feed-messages'

/** Batches under way: enough to even out slow ones. */
const MOST_AHEAD = 4
const LEAST_AHEAD = 2
/** Large batches are fewer. */
const MAX_BYTES = 128 * 2 ** 20
/** How long a thread may keep silent while it is waited for, and again after it was asked whether it is there. */
const PATIENCE = 5000
/** So often it may answer without a batch. */
const MOST_PROBES = 12

/** Why no more batches come from there. */
export interface Ending {
  readonly reason: string | Text
  /** Where the data cannot be read, there or here. */
  readonly diagnostics?: readonly Diagnostic[]
}

interface Layout {
  readonly node: string
  readonly isReal: boolean
  readonly bytes: number
}

interface Waiting {
  readonly step: number
  readonly resolve: (inputs: Inputs | undefined) => void
  readonly reject: (reason: Error) => void
}

export class FeedAhead {
  private readonly thread: FeedThread
  private readonly layout: readonly Layout[]
  private opened = false
  private end: Ending | undefined
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
  private timer: ReturnType<typeof setTimeout> | undefined
  /** Reports so far. */
  private heard = 0

  constructor(
    { spawn, files }: FeedHost,
    job: Omit<FeedJob, 'files' | 'shared'>,
    isShared = mayShare(),
    private readonly patience = PATIENCE,
  ) {
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
    this.thread.onDeath((reason) => this.finish({ reason }))
    this.thread.post({ type: 'open', job: { ...job, files, shared: isShared ? this.slots : undefined } }, [])
  }

  /** Set when the thread has ended, or is no use any more. */
  get ending(): Ending | undefined {
    return this.end
  }

  /**
   * The inputs of a step. Undefined until the other thread is at work and when it has ended, and for a step that does not follow the last: the caller
   * reads that one itself, and the ones behind it are asked for here.
   */
  take(step: number): Inputs | Promise<Inputs | undefined> | undefined {
    if (!this.opened || this.end) return undefined
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
    if (!isExpected || this.end) return undefined
    const ready = this.handOut(step)
    if (ready) return ready
    return new Promise((resolve, reject) => {
      this.waiting = { step, resolve, reject }
      this.probe(MOST_PROBES)
    })
  }

  dispose(): void {
    const { waiting } = this
    this.waiting = undefined
    this.finish({ reason: 'disposed of' })
    waiting?.reject(new InternalError('feeder', 'it was disposed of'))
  }

  /** Sees to it that nobody waits for ever. */
  private probe(left: number): void {
    const { heard } = this
    const later = (then: () => void) => {
      this.timer = setTimeout(() => {
        if (this.heard === heard) then()
        else if (left > 0) this.probe(left - 1)
        else this.finish({ reason: silence('batch', (MOST_PROBES + 1) * this.patience) })
      }, this.patience)
    }
    later(() => {
      this.thread.post({ type: 'ping' }, [])
      later(() => this.finish({ reason: silence('answer', 2 * this.patience) }))
    })
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
    if (this.end) return
    this.heard++
    if (report.type === 'opened') this.opened = true
    else if (report.type === 'failed') this.finish(report)
    else if (report.type === 'filled') {
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
    clearTimeout(this.timer)
    waiting.resolve(this.handOut(step))
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

  /** Whoever waits reads for himself from now on. */
  private finish(ending: Ending): void {
    if (this.end) return
    this.end = ending
    clearTimeout(this.timer)
    this.thread.terminate()
    this.waiting?.resolve(undefined)
    this.waiting = undefined
  }
}

const silence = (missing: 'answer' | 'batch', milliseconds: number): Text => ({
  en: `no ${missing} for ${milliseconds / 1000} s`,
  zh: `${milliseconds / 1000} 秒内没有${missing === 'batch' ? '送来批次' : '应答'}`,
})

/** Pages that are not isolated have the constructor but may not share. */
const mayShare = (): boolean =>
  typeof SharedArrayBuffer !== 'undefined' && (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated !== false

const viewOf = (buffer: ArrayBufferLike, isReal: boolean): TensorData => (isReal ? new Float32Array(buffer) : new Int32Array(buffer))
