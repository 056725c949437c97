/**
 * @file What a compute thread runs, as text, so that one form serves Node's worker_threads, blob workers under a content security policy,
 * and bundles alike. `receive` and `post` come from a short prologue per host. In: messages {start, load, unload, work}, and commands in
 * shared memory. Out: messages {ready, loaded, parked, failed}.
 */
import { control, lineBytes } from '../../codegen/wasm/dispatch'

const word = (offset: number) => `base + ${offset / 4}`

/** About a millisecond of looking before sleeping. */
const spins = 40_000

const body = `
const programs = new Map()
let words, base, memory, thread, threads
const sequence = () => Atomics.load(words, ${word(control.sequence)})
const work = (seen) => {
  for (;;) {
    for (let left = ${spins}; left > 0 && sequence() === seen; left--);
    while (sequence() === seen) {
      Atomics.add(words, ${word(control.idle)}, 1)
      Atomics.wait(words, ${word(control.sequence)}, seen)
      Atomics.sub(words, ${word(control.idle)}, 1)
    }
    const command = sequence()
    const executable = Atomics.load(words, ${word(control.executable)})
    const from = Atomics.load(words, ${word(control.from)})
    const to = Atomics.load(words, ${word(control.to)})
    const low = Atomics.load(words, ${word(control.stamp)})
    const high = Atomics.load(words, ${word(control.stamp + 4)})
    // Half a command: it was being written.
    if (command % 2 !== 0 || sequence() !== command) continue
    seen = command
    if (Atomics.load(words, ${word(control.parked)})) return post({ type: 'parked' })
    try {
      programs.get(executable)(thread, threads, from, to, low, high)
    } catch (reason) {
      Atomics.store(words, ${word(control.failed)}, 1)
      Atomics.notify(words, ${word(control.finished)})
      return post({ type: 'failed', reason: String(reason) })
    }
    Atomics.store(words, ${word(control.past)} + thread * ${lineBytes / 4}, seen)
  }
}
receive(async (message) => {
  try {
    if (message.type === 'start') {
      ;({ memory, thread, threads } = message)
      words = new Int32Array(memory.buffer)
      base = message.control / 4
      post({ type: 'ready' })
    } else if (message.type === 'load') {
      const instance = await WebAssembly.instantiate(message.module, { env: { memory } })
      programs.set(message.id, instance.exports.run)
      post({ type: 'loaded' })
    } else if (message.type === 'unload') programs.delete(message.id)
    else if (message.type === 'work') work(message.seen)
  } catch (reason) {
    post({ type: 'failed', reason: String(reason) })
  }
})
`

/** For `new Worker(source, { eval: true })` of node:worker_threads. */
export const nodeWorkerSource = `
const { parentPort } = require('node:worker_threads')
const post = (message) => parentPort.postMessage(message)
const receive = (handle) => parentPort.on('message', handle)
${body}`

/** For a dedicated Worker made from a blob. */
export const browserWorkerSource = `
const post = (message) => self.postMessage(message)
const receive = (handle) => { self.onmessage = (event) => handle(event.data) }
${body}`
