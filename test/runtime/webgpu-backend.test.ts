/**
 * @file The GPU backend as hosts use it, with kernels written by hand: state, inputs, several readings at once, and above all what happens when
 * something goes wrong: each failure names its node, and nothing hangs.
 */
import { afterEach, expect, it } from 'vitest'
import type { Dispatch } from '../../engine/codegen/wgsl/emitter'
import { DiagnosedError } from '../../engine/core/diagnostics'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Program } from '../../engine/ir/program'
import type { Kernel } from '../../engine/optimize/kernel'
import { gpuTarget, optimize } from '../../engine/optimize/pipeline'
import type { Backend } from '../../engine/runtime/backend'
import type { WebgpuOptions } from '../../engine/runtime/webgpu/backend'
import { describeWithWebgpu, openWebgpu } from '../support/webgpu'

const backends: Backend[] = []
async function open(options: Partial<WebgpuOptions> = {}): Promise<Backend> {
  if (!openWebgpu) throw new Error('there is no adapter')
  const backend = await openWebgpu(options)
  backends.push(backend)
  return backend
}
afterEach(async () => {
  await Promise.all(backends.splice(0).map((backend) => backend.dispose()))
})

const length = 1000
const specs = [{ name: 'w', shape: [length] }]

/** w ← w + x, y = w·x: one kernel of the node `sum`. */
function accumulator(): Program {
  const b = new ProgramBuilder('accumulator')
  const x = b.input('x', [length])
  const w = b.state('w', [length])
  b.at('sum', () => {
    b.output('y', b.mul(w, x))
    b.update('w', b.add(w, x))
  })
  return b.finish()
}

/** The kernel by hand; `change` spoils it. It goes by way of a workspace, in two dispatches. */
function byHand(change: (dispatches: Dispatch[]) => Dispatch[] = (same) => same): (kernel: Kernel) => readonly Dispatch[] {
  const { buffers, kernels, outputs } = optimize(accumulator(), gpuTarget)
  expect(kernels.length).toBe(1)
  const [x, w] = ['x', 'w'].map((name) => ({ buffer: buffers.findIndex((buffer) => buffer.name === name) })) as [
    { buffer: number },
    { buffer: number },
  ]
  const y = { buffer: outputs[0]?.buffer ?? 0 }
  const head = (names: readonly string[]) => `
    ${names.map((name, i) => `@group(0) @binding(${i}) var<storage, read_write> ${name}: array<f32>;`).join('\n')}
    @group(0) @binding(${names.length}) var<uniform> sizes: array<vec4<i32>, 1>;
    @compute @workgroup_size(64) fn main(@builtin(global_invocation_id) id: vec3<u32>) {
      let i = i32(id.x);
      if (i >= sizes[0].x) { return; }`
  const common = { sizes: [length], workgroups: [Math.ceil(length / 64), 1, 1] as const }
  const workspace = { workspace: 0, bytes: 4 * length }
  const dispatches: Dispatch[] = [
    { ...common, label: 'sum products', code: `${head(['x', 'w', 't'])} t[i] = x[i] * w[i]; }`, storages: [x, w, workspace] },
    {
      ...common,
      label: 'sum results',
      code: `${head(['x', 'w', 't', 'y'])} y[i] = t[i]; w[i] += x[i]; }`,
      storages: [x, w, workspace, y],
    },
  ]
  return () => change(dispatches)
}

const filled = (value: number) => new Float32Array(length).fill(value)
const failureOf = async (work: () => unknown): Promise<DiagnosedError> => {
  try {
    await work()
  } catch (error) {
    if (error instanceof DiagnosedError) return error
    throw error
  }
  throw new Error('it did not fail')
}

describeWithWebgpu('the GPU backend', () => {
  it('says what it runs on, and that this is software', async () => {
    const { info } = await open()
    expect(info).toMatchObject({ id: 'webgpu', asynchronous: true })
    expect(info.label.en).toMatch(/^GPU/)
    if (/SwiftShader|llvmpipe/.test(info.label.en)) expect(info.software).toBe(true)
  })

  it('keeps state on the device, and every reading as it was when it was asked for', async () => {
    const backend = await open({ emit: byHand() })
    const state = backend.createState(specs)
    const executable = await backend.compile(accumulator(), state)
    expect(executable.memory.stateBytes).toBeGreaterThanOrEqual(4 * length)
    await state.write('w', filled(1))
    const x = filled(0)
    const readings: ReturnType<typeof executable.read>[] = []
    for (let step = 1; step <= 10; step++) {
      x.fill(step)
      executable.run({ x })
      // What was handed over may change at once.
      x.fill(Number.NaN)
      readings.push(executable.read(['y']))
    }
    const held = state.read(['w'])
    executable.run({ x: filled(1000) })
    let w = 1
    for (const [i, reading] of readings.entries()) {
      expect([...new Set((await reading).y)]).toEqual([w * (i + 1)])
      w += i + 1
    }
    expect([...new Set((await held).w)]).toEqual([w])
    expect((await state.read(['w'])).w?.[length - 1]).toBe(w + 1000)
  })

  it('starts state at zero and refuses what does not fit', async () => {
    const backend = await open({ emit: byHand() })
    const state = backend.createState(specs)
    expect((await state.read(['w'])).w?.every((v) => v === 0)).toBe(true)
    await expect(state.write('w', filled(1).subarray(1))).rejects.toThrow('elements')
    await expect(state.read(['v'])).rejects.toThrow('no state')
    const executable = await backend.compile(accumulator(), state)
    expect(() => executable.run({})).toThrow('“x” is missing')
    expect(() => executable.run({ x: filled(1).subarray(1) })).toThrow('elements')
    await expect(executable.read(['z'])).rejects.toThrow('no output')
    executable.dispose()
    expect(() => executable.run({ x: filled(1) })).toThrow('disposed')
  })

  it('takes inputs from memory that threads share', async () => {
    const backend = await open({ emit: byHand() })
    const state = backend.createState(specs)
    const executable = await backend.compile(accumulator(), state)
    executable.run({ x: new Float32Array(new SharedArrayBuffer(4 * length)).fill(4) })
    expect((await state.read(['w'])).w?.[length - 1]).toBe(4)
  })

  it('compiles equal texts once, also at the same time', async () => {
    const backend = await open({ emit: byHand() })
    const state = backend.createState(specs)
    const all = await Promise.all([1, 2, 3].map(() => backend.compile(accumulator(), state)))
    expect((backend as unknown as { pipelines: { count: number } }).pipelines.count).toBe(2)
    all[0]?.dispose()
    all[1]?.run({ x: filled(3) })
    expect((await state.read(['w'])).w?.[0]).toBe(3)
  })

  it('gives each kernel its time', async () => {
    const backend = await open({ emit: byHand() })
    const state = backend.createState(specs)
    const executable = await backend.compile(accumulator(), state)
    const times = await executable.profile?.({ x: filled(1) })
    if (times === undefined) return
    expect(times).toMatchObject([{ label: 'sum products', origins: ['sum'] }])
    expect(times[0]?.milliseconds).toBeGreaterThanOrEqual(0)
    expect((await state.read(['w'])).w?.[0]).toBe(1)
  })

  it('holds no more memory after many runs and compilations', async () => {
    const backend = await open({ emit: byHand() })
    const { device, readback, scratch } = backend as unknown as {
      device: { gpu: GPUDevice; waiting: Set<unknown> }
      readback: { free: Map<number, unknown[]> }
      scratch: { shared: unknown[] }
    }
    const live = new Set<GPUBuffer>()
    const create = device.gpu.createBuffer.bind(device.gpu)
    device.gpu.createBuffer = (descriptor) => {
      const buffer = create(descriptor)
      const destroy = buffer.destroy.bind(buffer)
      live.add(buffer)
      buffer.destroy = () => {
        live.delete(buffer)
        return destroy()
      }
      return buffer
    }
    const state = backend.createState(specs)
    const cycle = async () => {
      const executable = await backend.compile(accumulator(), state)
      for (let i = 0; i < 20; i++) {
        executable.run({ x: filled(1) })
        await executable.read(['y'])
      }
      executable.dispose()
    }
    await cycle()
    const before = live.size
    for (let i = 0; i < 5; i++) await cycle()
    expect(live.size).toBe(before)
    expect(scratch.shared).toEqual([])
    expect([...readback.free.values()].flat().length).toBe(1)
    expect(device.waiting.size).toBe(0)
  })
})

describeWithWebgpu('what goes wrong on a GPU', () => {
  it('is named by node when a text does not compile', async () => {
    const spoilt = byHand(([first, second]) => [first as Dispatch, { ...(second as Dispatch), code: 'fn main() { nonsense }' }])
    const backend = await open({ emit: spoilt })
    const { diagnostics } = await failureOf(() => backend.compile(accumulator(), backend.createState(specs)))
    expect(diagnostics).toMatchObject([{ code: 'backend.gpu-kernel', nodeId: 'sum', values: { got: 'sum results' } }])
    expect(diagnostics[0]?.values.detail).toMatch(/^1:\d+ /)
    expect(backend.failure).toBeUndefined()
  })

  it('is named by node when two bindings overlap', async () => {
    const spoilt = byHand(([first, second]) => {
      const { storages, ...rest } = second as Dispatch
      return [first as Dispatch, { ...rest, storages: [...storages.slice(0, 3), storages[0] as Dispatch['storages'][0]] }]
    })
    const backend = await open({ emit: spoilt })
    const { diagnostics } = await failureOf(() => backend.compile(accumulator(), backend.createState(specs)))
    expect(diagnostics).toMatchObject([{ code: 'backend.gpu-kernel', nodeId: 'sum', values: { got: 'sum results' } }])
    expect(diagnostics[0]?.values.detail).toMatch(/aliasing/)
  })

  it('is named by node when one tensor is too large', async () => {
    const backend = await open()
    const b = new ProgramBuilder('huge')
    const y = b.at('wide', () => b.sin(b.broadcast(b.input('x', [4]), [1 << 28, 4], [1])))
    b.output('y', y)
    const { diagnostics } = await failureOf(() => backend.compile(b.finish(), backend.createState([])))
    expect(diagnostics).toMatchObject([{ code: 'backend.memory', nodeId: 'wide', values: { got: '4096 MiB' } }])
    const table = [{ name: 'embedding.table', shape: [1 << 15, 1 << 15, 2] }]
    expect((await failureOf(() => backend.createState(table))).diagnostics).toMatchObject([{ code: 'backend.memory', nodeId: 'embedding' }])
  })

  it('ends everything that waits, and all that comes later, when the device is lost', async () => {
    const backend = await open({ emit: byHand() })
    const state = backend.createState(specs)
    const executable = await backend.compile(accumulator(), state)
    const { device } = backend as unknown as { device: { gpu: GPUDevice } }
    executable.run({ x: filled(1) })
    const waiting = [executable.read(['y']), state.read(['w'])]
    // What a driver's crash looks like from here: nobody of ours asked for it.
    device.gpu.destroy()
    for (const reading of waiting) expect((await failureOf(() => reading)).diagnostics).toMatchObject([{ code: 'backend.gpu-lost' }])
    expect(backend.failure?.diagnostics).toMatchObject([{ code: 'backend.gpu-lost' }])
    for (const call of [
      () => executable.run({ x: filled(1) }),
      () => executable.read(['y']),
      () => state.write('w', filled(1)),
      () => state.read(['w']),
      () => backend.createState(specs),
      () => backend.compile(accumulator(), state),
    ])
      expect((await failureOf(call)).diagnostics).toMatchObject([{ code: 'backend.gpu-lost' }])
    executable.dispose()
    state.dispose()
  })

  it('ends the run when the device refuses a command', async () => {
    const backend = await open({ emit: byHand() })
    const state = backend.createState(specs)
    const executable = await backend.compile(accumulator(), state)
    const { device } = backend as unknown as { device: { gpu: GPUDevice } }
    const { gpu } = device
    gpu.queue.writeBuffer(gpu.createBuffer({ size: 16, usage: 0x80 }), 0, new Uint8Array(16))
    await gpu.queue.onSubmittedWorkDone()
    await new Promise((resolve) => setTimeout(resolve, 20))
    const { diagnostics } = await failureOf(() => executable.run({ x: filled(1) }))
    expect(diagnostics).toMatchObject([{ code: 'backend.gpu-refused' }])
  })

  it('is a sentence about memory when the device has no more', async () => {
    const backend = await open()
    const { device } = backend as unknown as { device: { gpu: GPUDevice } }
    const { gpu } = device
    // Devices differ in when they run out; this one does now.
    const pop = gpu.popErrorScope.bind(gpu)
    class GPUOutOfMemoryError extends Error {}
    gpu.popErrorScope = async () => (await pop()) ?? (new GPUOutOfMemoryError('no more') as GPUError)
    const state = backend.createState([{ name: 'conv1.kernel', shape: [1 << 20] }])
    const { diagnostics } = await failureOf(() => state.write('conv1.kernel', new Float32Array(1 << 20)))
    expect(diagnostics).toMatchObject([{ code: 'backend.gpu-memory', nodeId: 'conv1' }])
    expect(diagnostics[0]?.values.detail).toMatchObject({ en: '4 MiB more are needed' })
  })
})
