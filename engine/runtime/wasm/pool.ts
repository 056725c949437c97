/**
 * @file The threads of a backend. In: modules to load, commands to run. Out: the work done when `run` returns.
 * Between runs threads spin for about a millisecond and then sleep on shared memory; to read messages (a new module) they are parked.
 * While they are parked, runs go on with the calling thread alone: results do not depend on the number of threads.
 */
import { control, controlBytes, lineBytes } from '../../codegen/wasm/dispatch'
import { InternalError } from '../../core/diagnostics'
import type { DeviceMemory } from './memory'
import type { Spawn, Thread, ThreadReport } from './thread'

type RunFunction = (thread: number, threads: number, from: number, to: number, stampLow: number, stampHigh: number) => void

/** A thread that does not answer within this time is taken for dead. */
const answerMilliseconds = 20_000

export class ThreadPool {
  private readonly threads: Thread[] = []
  private readonly programs = new Map<number, RunFunction>()
  private readonly words: Int32Array
  private broken: string | undefined
  private working = false
  private loading: Promise<unknown> = Promise.resolve()
  private nextId = 1
  /** Of the next group to run (dispatch.ts). */
  private stamp = 1
  private readonly waiting = new Map<Thread, { type: ThreadReport['type']; resolve: () => void; reject: (reason: Error) => void }>()

  private constructor(
    private readonly memory: DeviceMemory,
    base: number,
  ) {
    this.words = memory.ints(base, controlBytes / 4)
  }

  /** `count` threads in all, the caller's included; `base`: the control block. */
  static async start(memory: DeviceMemory, base: number, count: number, spawn: Spawn): Promise<ThreadPool> {
    const pool = new ThreadPool(memory, base)
    for (let number = 1; number < count; number++) pool.adopt(spawn())
    try {
      await Promise.all(
        pool.threads.map((thread, i) => {
          thread.post({ type: 'start', memory: memory.memory, control: base, thread: i + 1, threads: count })
          return pool.answer(thread, 'ready')
        }),
      )
    } catch (reason) {
      await pool.dispose()
      throw reason
    }
    pool.work()
    return pool
  }

  get size(): number {
    return this.threads.length + 1
  }

  /** Makes a compiled module known to all threads; gives the number to run it by. */
  load(module: WebAssembly.Module): Promise<number> {
    const id = this.nextId++
    const task = this.loading.then(async () => {
      const instance = await WebAssembly.instantiate(module, { env: { memory: this.memory.memory } })
      this.programs.set(id, instance.exports.run as RunFunction)
      await this.whileParked(async () => {
        await Promise.all(
          this.threads.map((thread) => {
            thread.post({ type: 'load', id, module })
            return this.answer(thread, 'loaded')
          }),
        )
      })
      return id
    })
    this.loading = task.catch(() => undefined)
    return task
  }

  /** Forgets a module; when this returns, no thread is in it, and its memory can be given to others. */
  unload(id: number): void {
    this.awaitStragglers()
    this.programs.delete(id)
    // Read when the threads next look at their messages.
    for (const thread of this.threads) thread.post({ type: 'unload', id })
  }

  /** Groups from … to − 1 of a loaded module, on all threads. */
  run(id: number, from: number, to: number): void {
    const program = this.programs.get(id)
    if (!program) throw new InternalError('wasm', `there is no module ${id}`)
    if (this.broken) throw new InternalError('wasm', `a compute thread has failed: ${this.broken}`)
    const together = this.working && this.threads.length > 0
    const { words, stamp } = this
    const low = stamp | 0
    const high = Math.floor(stamp / 2 ** 32)
    if (together) {
      this.beginCommand()
      words[control.executable / 4] = id
      words[control.from / 4] = from
      words[control.to / 4] = to
      words[control.stamp / 4] = low
      words[control.stamp / 4 + 1] = high
      this.command()
      this.stamp += to - from
    }
    try {
      program(0, together ? this.size : 1, from, to, low, high)
    } catch (reason) {
      this.fail(String(reason))
      throw new InternalError('wasm', `a kernel failed: ${reason}`)
    }
    if (together && Atomics.load(words, control.failed / 4) !== 0) {
      this.fail('it threw')
      throw new InternalError('wasm', `a compute thread has failed: ${this.broken}`)
    }
  }

  async dispose(): Promise<void> {
    this.broken ??= 'the backend was disposed of'
    await Promise.all(this.threads.map((thread) => thread.terminate()))
    this.threads.length = 0
  }

  private adopt(thread: Thread): void {
    this.threads.push(thread)
    thread.onReport((report) => {
      if (report.type === 'failed') return this.fail(report.reason)
      const waiting = this.waiting.get(thread)
      if (waiting?.type !== report.type) return
      this.waiting.delete(thread)
      waiting.resolve()
    })
    thread.onDeath((reason) => this.fail(reason))
  }

  private fail(reason: string): void {
    this.broken ??= reason
    if (this.threads.length > 0) {
      Atomics.store(this.words, control.failed / 4, 1)
      Atomics.notify(this.words, control.finished / 4)
    }
    for (const { reject } of this.waiting.values()) reject(new InternalError('wasm', `a compute thread has failed: ${this.broken}`))
    this.waiting.clear()
  }

  private answer(thread: Thread, type: ThreadReport['type']): Promise<void> {
    if (this.broken) return Promise.reject(new InternalError('wasm', `a compute thread has failed: ${this.broken}`))
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.fail('it does not answer'), answerMilliseconds)
      const settle = (then: () => void) => () => {
        clearTimeout(timer)
        then()
      }
      this.waiting.set(thread, {
        type,
        resolve: settle(resolve),
        reject: (reason) => settle(() => reject(reason))(),
      })
    })
  }

  /** A thread that came late to the last run may still be looking for tasks there. */
  private awaitStragglers(): void {
    if (!this.working) return
    const last = Atomics.load(this.words, control.sequence / 4)
    for (const thread of this.threads.keys()) {
      const at = (control.past + (thread + 1) * lineBytes) / 4
      for (let seen = Atomics.load(this.words, at); seen !== last && !this.broken; seen = Atomics.load(this.words, at)) {
        if (Atomics.load(this.words, control.failed / 4) !== 0) return
        Atomics.wait(this.words, at, seen, 1)
      }
    }
  }

  /** The sequence number is odd while a command is written, so that a thread that comes late does not read half of one. */
  private beginCommand(): void {
    Atomics.add(this.words, control.sequence / 4, 1)
  }

  /** Tells the waiting threads to look. */
  private command(): void {
    Atomics.add(this.words, control.sequence / 4, 1)
    if (Atomics.load(this.words, control.idle / 4) > 0) Atomics.notify(this.words, control.sequence / 4)
  }

  private async whileParked(task: () => Promise<void>): Promise<void> {
    if (this.threads.length === 0) return
    this.working = false
    this.beginCommand()
    Atomics.store(this.words, control.parked / 4, 1)
    const answers = this.threads.map((thread) => this.answer(thread, 'parked'))
    this.command()
    await Promise.all(answers)
    await task()
    this.work()
  }

  private work(): void {
    Atomics.store(this.words, control.parked / 4, 0)
    const seen = Atomics.load(this.words, control.sequence / 4)
    for (const [i, thread] of this.threads.entries()) {
      Atomics.store(this.words, (control.past + (i + 1) * lineBytes) / 4, seen)
      thread.post({ type: 'work', seen })
    }
    this.working = true
  }
}
