/**
 * @file Runs hand-written WebAssembly on threads of its own. In: a number of threads and bodies written with the assembler. Out: functions that do a
 * body so many times on every thread at once and say how many seconds passed from the first start to the last end.
 */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { type FunctionBuilder, type Local, ModuleBuilder } from '../../../engine/codegen/wasm/assembler'

const pageBytes = 65536
/** Counts the threads that are ready; what a body uses lies behind it. */
const readyAddress = 0

/** Threads start together: each says that it is there and spins until all are. */
const source = `
const { parentPort } = require('node:worker_threads')
const { performance } = require('node:perf_hooks')
const now = () => performance.timeOrigin + performance.now()
let instance, words
parentPort.on('message', ({ load, memory, threads, start, turns, round }) => {
  if (load) {
    instance = new WebAssembly.Instance(load, { env: { memory } })
    words = new Int32Array(memory.buffer)
    return parentPort.postMessage(null)
  }
  Atomics.add(words, ${readyAddress / 4}, 1)
  while (Atomics.load(words, ${readyAddress / 4}) < round * threads);
  const begun = now()
  instance.exports.run(start, turns)
  parentPort.postMessage({ begun, ended: now() })
})`

interface Finished {
  readonly begun: number
  readonly ended: number
}

/** What one thread does in one turn; `start`: where its part of the memory begins. */
export type Body = (f: FunctionBuilder, start: Local) => void

/** Does so many turns on every thread; resolves with the seconds they took. */
export type Turns = (turns: number) => Promise<number>

export class Crew {
  private readonly workers: readonly Worker[]
  private readonly memory: WebAssembly.Memory
  private readonly pages: number
  private top = 1024
  private round = 0

  /** `bytes`: how much memory the bodies need in all. */
  constructor(
    readonly threads: number,
    bytes: number,
  ) {
    this.pages = Math.ceil((bytes + this.top) / pageBytes) + 1
    this.memory = new WebAssembly.Memory({ initial: this.pages, maximum: this.pages, shared: true })
    this.workers = Array.from({ length: threads }, () => new Worker(source, { eval: true }))
  }

  allocate(bytes: number): number {
    const address = this.top
    this.top = Math.ceil((address + bytes) / 4096) * 4096
    return address
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length)
  }

  /** Thread number t works at `base + t · stride`. Undefined if the engine lacks an instruction. */
  async load(base: number, stride: number, body: Body): Promise<Turns | undefined> {
    const module = new ModuleBuilder({ initialPages: 1, maximumPages: this.pages, shared: true })
    const work = module.function(['i32', 'i32'], [], (f, start, turns) => {
      f.countDown(turns, 1, () => body(f, start))
    })
    module.export('run', work)
    const bytes = module.toBytes()
    if (!WebAssembly.validate(bytes)) return undefined
    const load = await WebAssembly.compile(bytes)
    await this.tell(() => ({ load, memory: this.memory }))
    return async (turns) => {
      const round = ++this.round
      const times = (await this.tell((thread) => ({ start: base + thread * stride, turns, round, threads: this.threads }))) as Finished[]
      return (Math.max(...times.map(({ ended }) => ended)) - Math.min(...times.map(({ begun }) => begun))) / 1000
    }
  }

  async dispose(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.terminate()))
  }

  private tell(message: (thread: number) => object): Promise<unknown[]> {
    return Promise.all(
      this.workers.map(async (worker, thread) => {
        const answer = once(worker, 'message')
        worker.postMessage(message(thread))
        return (await answer)[0] as unknown
      }),
    )
  }
}

/** How many turns take about so long. */
export async function turnsFor(run: Turns, seconds: number): Promise<number> {
  let turns = 1
  while ((await run(turns)) < seconds / 2 && turns < 2 ** 30) turns *= 2
  return turns
}

/** Turns a second at best: several samples of some milliseconds each, the first of which also warm up. */
export async function bestRate(run: Turns, samples = 12, seconds = 0.02): Promise<number> {
  const turns = await turnsFor(run, seconds)
  let best = 0
  for (let i = 0; i < samples; i++) best = Math.max(best, turns / (await run(turns)))
  return best
}
