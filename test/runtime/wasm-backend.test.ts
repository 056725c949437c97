/** @file The CPU backend as hosts use it: state, inputs, several programs at once, memory over many runs, threads that die. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { control } from '../../engine/codegen/wasm/dispatch'
import { DiagnosedError } from '../../engine/core/diagnostics'
import { hash32, toUnit } from '../../engine/core/random'
import { ProgramBuilder } from '../../engine/ir/builder'
import { evaluate } from '../../engine/ir/evaluate'
import type { Program } from '../../engine/ir/program'
import type { Backend } from '../../engine/runtime/backend'
import { createWasmBackend } from '../../engine/runtime/wasm/backend'
import { spawnNode } from '../../engine/runtime/wasm/spawn-node'
import type { Spawn, Thread } from '../../engine/runtime/wasm/thread'
import { expectAllClose } from '../support/allclose'
import { expectSameBits } from '../support/close'

const noise = (length: number, key: number) => Float32Array.from({ length }, (_, i) => 2 * toUnit(hash32(key, i)) - 1)
const backends: Backend[] = []

async function open(options: Partial<Parameters<typeof createWasmBackend>[0]> = {}): Promise<Backend> {
  const backend = await createWasmBackend({ threads: 2, spawn: spawnNode, ...options })
  backends.push(backend)
  return backend
}
afterEach(async () => {
  await Promise.all(backends.splice(0).map((backend) => backend.dispose()))
})

/** w ← w − lr · ∂(mean of squares)/∂w for y = x · w. */
function trainer(batch = 256, width = 96): Program {
  const b = new ProgramBuilder('trainer')
  const x = b.input('x', [batch, width])
  const w = b.state('w', [width, width])
  const y = b.tanh(b.matmul(x, w))
  const loss = b.mean(b.mul(y, y))
  const dy = b.mul(b.mul(y, b.sub(1, b.mul(y, y))), 2 / (batch * width))
  b.update('w', b.sub(w, b.mul(b.matmul(x, dy, { transposeA: true }), b.input('$lr', []))))
  b.output('loss', loss)
  b.output('y', y)
  return b.finish()
}
const feed = { x: noise(256 * 96, 1), $lr: Float32Array.of(0.5) }
const specs = [{ name: 'w', shape: [96, 96] }]

describe('the CPU backend', () => {
  it('trains as the interpreter does', async () => {
    const backend = await open()
    const state = backend.createState(specs)
    const program = trainer()
    const executable = await backend.compile(program, state)
    let w: Float32Array = noise(96 * 96, 2)
    await state.write('w', w)
    for (let step = 0; step < 5; step++) {
      executable.run(feed)
      const values = evaluate(program, { ...feed, w })
      const { loss } = await executable.read(['loss'])
      expectAllClose(loss as Float32Array, values.get(program.outputs[0]?.value as number) as Float64Array, 1e-5)
      w = Float32Array.from(values.get(program.state[0]?.update as number) as Float64Array)
    }
    expectAllClose((await state.read(['w'])).w as Float32Array, w, 1e-5)
  })

  it('gives the same bits on one, two and three threads', async () => {
    const results = await Promise.all(
      [1, 2, 3].map(async (threads) => {
        const backend = await open({ threads })
        const state = backend.createState(specs)
        await state.write('w', noise(96 * 96, 2))
        const executable = await backend.compile(trainer(), state)
        for (let step = 0; step < 3; step++) executable.run(feed)
        return { ...(await executable.read(['y', 'loss'])), ...(await state.read(['w'])) }
      }),
    )
    for (const result of results.slice(1))
      for (const name of ['y', 'loss', 'w']) expectSameBits(result[name] as Float32Array, results[0]?.[name] as Float32Array)
  })

  it('gives the same bits when there are more threads than processors, run after run', async () => {
    const backend = await open({ threads: 6 })
    const state = backend.createState(specs)
    const executable = await backend.compile(trainer(48), state)
    const inputs = { x: feed.x.slice(0, 48 * 96), $lr: Float32Array.of(0) }
    await state.write('w', noise(96 * 96, 2))
    executable.run(inputs)
    const first = (await executable.read(['y'])).y as Float32Array
    for (let run = 0; run < 300; run++) {
      executable.run(inputs)
      expectSameBits((await executable.read(['y'])).y as Float32Array, first)
      // Now and then the threads fall asleep, or lag behind when the next run starts.
      if (run % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    }
  })

  it('starts state at zero and refuses what does not fit', async () => {
    const backend = await open()
    const used = backend.createState(specs)
    await used.write('w', noise(96 * 96, 2))
    used.dispose()
    const state = backend.createState(specs)
    expect((await state.read(['w'])).w?.every((v) => v === 0)).toBe(true)
    await expect(state.write('w', noise(3, 0))).rejects.toThrow('elements')
    await expect(state.read(['v'])).rejects.toThrow('no state')
    const executable = await backend.compile(trainer(), state)
    expect(() => executable.run({ x: feed.x })).toThrow('$lr')
    expect(() => executable.run({ ...feed, x: noise(5, 0) })).toThrow('elements')
    await expect(executable.read(['z'])).rejects.toThrow('no output')
    executable.dispose()
    expect(() => executable.run(feed)).toThrow('disposed')
  })

  it('keeps each program’s outputs while others run in the same scratch memory', async () => {
    const backend = await open()
    const state = backend.createState(specs)
    await state.write('w', noise(96 * 96, 2))
    const small = await backend.compile(trainer(), state)
    const b = new ProgramBuilder('evaluation')
    const y = b.exp(b.matmul(b.input('x', [512, 96]), b.state('w', [96, 96])))
    b.output('y', b.sum(y, [1]))
    const large = await backend.compile(b.finish(), state)
    small.run(feed)
    const before = await small.read(['y'])
    large.run({ x: noise(512 * 96, 4) })
    expectSameBits((await small.read(['y'])).y as Float32Array, before.y as Float32Array)
    small.run(feed)
    expect((await small.read(['y'])).y).not.toEqual(before.y)
  })

  it('stays flat in memory over many runs and compilations', async () => {
    const backend = await open()
    const state = backend.createState(specs)
    const program = trainer()
    const cycle = async () => {
      const executable = await backend.compile(program, state)
      for (let i = 0; i < 20; i++) executable.run(feed)
      executable.dispose()
    }
    await cycle()
    const { device } = backend as unknown as { device: { memory: WebAssembly.Memory; bytes: number } }
    const { byteLength } = device.memory.buffer
    const used = device.bytes
    for (let i = 0; i < 10; i++) await cycle()
    expect(device.memory.buffer.byteLength).toBe(byteLength)
    expect(device.bytes).toBe(used)
  })

  it('makes no garbage while it runs', async () => {
    const backend = await open()
    const state = backend.createState(specs)
    const executable = await backend.compile(trainer(16), state)
    const inputs = { x: feed.x.slice(0, 16 * 96), $lr: feed.$lr }
    const runs = 2000
    const grown = Array.from({ length: 6 }, () => {
      const before = process.memoryUsage().heapUsed
      for (let i = 0; i < runs; i++) executable.run(inputs)
      return (process.memoryUsage().heapUsed - before) / runs
    })
    // A single object a run would be 16 bytes at least; others in this process allocate now and then, and the first runs are interpreted.
    expect(Math.min(...grown.filter((bytes) => bytes >= 0))).toBeLessThan(8)
  })

  it('runs while another program is being compiled', async () => {
    const backend = await open()
    const state = backend.createState(specs)
    await state.write('w', noise(96 * 96, 2))
    const first = await backend.compile(trainer(), state)
    const compiling = [backend.compile(trainer(), state), backend.compile(trainer(128), state)]
    for (let i = 0; i < 50; i++) {
      first.run(feed)
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
    for (const executable of await Promise.all(compiling)) executable.dispose()
    first.run(feed)
  })

  it('keeps the process alive while it compiles, and no longer', async () => {
    const backend = await open({ threads: 1 })
    // Other timers of the process come and go: only its own counts.
    const [begun, ended] = [vi.spyOn(globalThis, 'setInterval'), vi.spyOn(globalThis, 'clearInterval')]
    try {
      const compiling = backend.compile(trainer(), backend.createState(specs))
      expect(begun).toHaveBeenCalledTimes(1)
      const timer = begun.mock.results[0]?.value as NodeJS.Timeout
      expect(timer.hasRef()).toBe(true)
      expect(ended).not.toHaveBeenCalledWith(timer)
      await compiling
      expect(ended).toHaveBeenCalledWith(timer)
    } finally {
      vi.restoreAllMocks()
    }
  })

  it('says what did not fit, and where it comes from', async () => {
    const backend = await open({ threads: 1 })
    const b = new ProgramBuilder('huge')
    const x = b.input('x', [4])
    const y = b.at('wide', () => b.sin(b.broadcast(x, [1 << 28, 4], [1])))
    b.output('rows', b.sum(y, [0]))
    b.output('columns', b.sum(b.at('wide', () => b.mul(b.sum(y, [1]), 2))))
    b.output('y', y)
    const failure = await backend.compile(b.finish(), backend.createState([])).catch((reason: unknown) => reason)
    expect(failure).toBeInstanceOf(DiagnosedError)
    expect((failure as DiagnosedError).diagnostics[0]).toMatchObject({ code: 'backend.memory', values: { expected: '4096 MiB' } })
    const state = () => backend.createState([{ name: 'table', shape: [1 << 15, 1 << 15, 2] }])
    expect(state).toThrow(DiagnosedError)
    const small = await backend.compile(trainer(), backend.createState(specs))
    small.run(feed)
  })

  it('computes beyond 2 GiB', async () => {
    const backend = await open({ threads: 1 })
    // Taken but never touched, so that it costs no real memory.
    const { device } = backend as unknown as { device: { allocate(bytes: number): number } }
    device.allocate(2 ** 31 + 2 ** 20)
    const state = backend.createState(specs)
    await state.write('w', noise(96 * 96, 2))
    const program = trainer()
    const executable = await backend.compile(program, state)
    executable.run(feed)
    const expected = evaluate(program, { ...feed, w: noise(96 * 96, 2) }).get(program.outputs[1]?.value as number)
    expectAllClose((await executable.read(['y'])).y as Float32Array, expected as Float64Array, 1e-5)
  })
})

describe('threads', () => {
  /** Node threads of which the test holds the handles. */
  function watched(): { spawn: Spawn; threads: Thread[] } {
    const threads: Thread[] = []
    return {
      threads,
      spawn: () => {
        const thread = spawnNode()
        threads.push(thread)
        return thread
      },
    }
  }

  it('a thread that dies between runs is an error, not a hang', async () => {
    const { spawn, threads } = watched()
    const backend = await open({ spawn })
    const state = backend.createState(specs)
    const executable = await backend.compile(trainer(), state)
    executable.run(feed)
    await threads[0]?.terminate()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(() => executable.run(feed)).toThrow('a compute thread has failed')
    await expect(backend.compile(trainer(), state)).rejects.toThrow('a compute thread has failed')
  })

  it('a thread that fails during a run is an error, not a hang', async () => {
    const backend = await open()
    const state = backend.createState(specs)
    const executable = await backend.compile(trainer(), state)
    executable.run(feed)
    const { pool } = backend as unknown as { pool: { words: Int32Array; programs: Map<number, unknown> } }
    // The threads are told to run a module that only the caller has.
    const ids = [...pool.programs.keys()]
    pool.programs.set(99, pool.programs.get(ids[0] as number))
    const { loaded } = executable as unknown as { loaded: { id: number } }
    loaded.id = 99
    // The caller may do all the work before the thread has even looked; then a later run meets the failure.
    const runs = () => {
      for (let i = 0; i < 1000; i++) executable.run(feed)
    }
    expect(runs).toThrow(/a kernel failed|a compute thread has failed/)
    expect(Atomics.load(pool.words, control.failed / 4)).toBe(1)
    expect(() => executable.run(feed)).toThrow('a compute thread has failed')
  }, 10_000)

  it('a thread that never answers is an error', async () => {
    const silent: Spawn = () => ({
      post: () => {},
      onReport: () => {},
      onDeath: (handle) => setTimeout(() => handle('it could not start'), 5),
      terminate: async () => {},
    })
    await expect(open({ spawn: silent })).rejects.toThrow('it could not start')
  })
})
