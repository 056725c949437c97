/** @file A long run keeps no more than a short one: heap, array buffers and WebAssembly memory after 2,000 and after 10,000 steps. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createWasmBackend } from '../../engine/runtime/wasm/backend'
import { spawnNode } from '../../engine/runtime/wasm/spawn-node'
import { Trainer } from '../../engine/train/trainer'
import { closePorts, slowly, testHost } from './feed-host'
import { moonsDocument, prepare } from './fixtures'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Memories made while the test runs. */
const memories: WebAssembly.Memory[] = []
const { Memory } = WebAssembly
beforeAll(() => {
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor)
      memories.push(this)
    }
  }
})
afterAll(() => {
  WebAssembly.Memory = Memory
  closePorts()
})

interface Kept {
  readonly heap: number
  readonly buffers: number
  readonly external: number
  readonly device: number
}

async function kept(): Promise<Kept> {
  // Finalisers of what one collection frees run afterwards, and free more.
  for (let i = 0; i < 4; i++) {
    collect()
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const { heapUsed, arrayBuffers, external } = process.memoryUsage()
  const device = memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)
  return { heap: heapUsed, buffers: arrayBuffers, external, device }
}

it.each([
  { batches: 'read here', host: undefined },
  { batches: 'prepared on another thread', host: testHost() },
])(
  '10,000 steps keep what 2,000 kept, batches $batches',
  async ({ host }) => {
    const backend = await createWasmBackend({ threads: 2, spawn: spawnNode })
    // 40 steps an epoch, each with its validation: curves, best weights and checkpoints are part of it.
    const prepared = await prepare(moonsDocument({ samples: 800, epochs: 250, dropout: 0.1 }))
    const data = host ? slowly(prepared) : prepared
    const trainer: Trainer = await Trainer.create({
      data,
      backend,
      feedHost: host,
      onFrame: () => undefined,
      onStep: ({ step }) => {
        if (step === 2_000) trainer.pause()
      },
    })
    const running = trainer.run()
    while (trainer.phase !== 'paused') await new Promise((resolve) => setTimeout(resolve, 1))
    expect(trainer.stepsDone).toBeGreaterThanOrEqual(2_000)
    expect(trainer.stepsDone).toBeLessThan(2_100)
    const early = await kept()
    trainer.resume()
    expect(await running).toBe('finished')
    expect(trainer.stepsDone).toBe(10_000)
    expect(host?.spawned() ?? 1).toBe(1)
    const late = await kept()
    const grown = (what: keyof Kept) => late[what] - early[what]
    expect(grown('device')).toBe(0)
    // A hundred bytes a step would be 800,000; curves reach their bound (two thousand points) only after 2,000 steps.
    expect(grown('buffers')).toBeLessThan(64 * 1024)
    expect(grown('external')).toBeLessThan(64 * 1024)
    expect(grown('heap')).toBeLessThan(2 ** 20)
    await trainer.dispose()
    await backend.dispose()
  },
  120_000,
)
