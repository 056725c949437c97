/** @file State that lies packed: nobody outside sees it, whichever program comes first and whatever the kernels' panels are. */
import { afterEach, describe, expect, it } from 'vitest'
import { stateSpecs } from '../../engine/compile'
import { hash32, toUnit } from '../../engine/core/random'
import { type Shape, sizeOf } from '../../engine/core/tensor'
import { ProgramBuilder } from '../../engine/ir/builder'
import { evaluate } from '../../engine/ir/evaluate'
import { kernelPacking, matrixPacking, type Packing } from '../../engine/ir/packing'
import type { Program } from '../../engine/ir/program'
import { optimizers } from '../../engine/optimizers/registry'
import type { Backend, StateStore } from '../../engine/runtime/backend'
import { createWasmBackend } from '../../engine/runtime/wasm/backend'
import { allocated, DeviceMemory } from '../../engine/runtime/wasm/memory'
import { spawnNode } from '../../engine/runtime/wasm/spawn-node'
import { WasmState } from '../../engine/runtime/wasm/state'
import { expectAllClose } from '../support/allclose'
import { trainingProgram } from '../support/trainingProgram'
import { variants } from '../support/wasmKernel'

/** Those with an objective of their own want networks of their own. */
const rules = [...optimizers].flatMap(([kind, { objective }]) => (objective ? [] : [kind]))

const noise = (length: number, key: number) => Float32Array.from({ length }, (_, i) => 2 * toUnit(hash32(key, i)) - 1)
const backends: Backend[] = []

async function open(variant = variants['6×16 fma']): Promise<Backend> {
  const backend = await createWasmBackend({ threads: 2, spawn: spawnNode, variant })
  backends.push(backend)
  return backend
}
afterEach(async () => {
  await Promise.all(backends.splice(0).map((backend) => backend.dispose()))
})

type Feed = Record<string, Float32Array | Int32Array>

/** What the program is fed with; optimisers' sums of squares are never negative. */
function feedOf({ values }: Program, role: 'data' | 'state'): Feed {
  const feed: Feed = {}
  values.forEach(({ op, shape, dtype }, id) => {
    if (op.op !== 'input' || op.role !== role) return
    if (dtype === 'i32') feed[op.name] = Int32Array.from({ length: sizeOf(shape) }, (_, i) => i % 3)
    else if (shape.length === 0) feed[op.name] = Float32Array.of(op.name === '$step' ? 3 : 0.05)
    else feed[op.name] = noise(sizeOf(shape), id).map((v) => (op.name.includes(':') ? Math.abs(v) : v) / 4)
  })
  return feed
}

/** Runs a program once against a state and by the interpreter; compares outputs and the whole state afterwards. */
async function expectSame(backend: Backend, state: StateStore, program: Program, label = program.name): Promise<void> {
  const feed = feedOf(program, 'data')
  const names = program.state.map(({ name }) => name)
  const before = await state.read(names)
  const executable = await backend.compile(program, state)
  // Compiling moves state but does not change it.
  expect(await state.read(names)).toEqual(before)
  executable.run(feed)
  const expected = evaluate(program, { ...feed, ...before })
  const outputs = await executable.read(program.outputs.map(({ name }) => name))
  for (const { name, value } of program.outputs)
    expectAllClose(outputs[name] as Float32Array, expected.get(value) as Float64Array, 1e-5, `${label}: ${name}`)
  const after = await state.read(names)
  for (const { name, value, update } of program.state)
    expectAllClose(after[name] as Float32Array, expected.get(update ?? value) as Float64Array, 1e-5, `${label}: ${name} afterwards`)
  executable.dispose()
}

const window = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], layout: 'NCHW', groups: 1 } as const

interface Sizes {
  readonly batch: number
  readonly channels: number
  readonly outChannels: number
  readonly classes: number
}

/** A convolution and a dense layer over it. */
function forward(b: ProgramBuilder, { batch, channels, outChannels, classes }: Sizes) {
  const x = b.input('x', [batch, channels, 4, 4])
  const kernel = b.state('kernel', [outChannels, channels, 3, 3])
  const weight = b.state('weight', [outChannels * 16, classes])
  const maps = b.conv2d(x, kernel, window)
  const rows = b.reshape(b.tanh(maps), [batch, outChannels * 16])
  return { x, kernel, weight, rows, y: b.matmul(rows, weight) }
}

function evaluation(sizes: Sizes): Program {
  const b = new ProgramBuilder('evaluation')
  b.output('y', forward(b, sizes).y)
  return b.finish()
}

/** Momentum on both weights, decay on the kernel, gradients shown. */
function training(sizes: Sizes): Program {
  const b = new ProgramBuilder('training')
  const { x, kernel, weight, rows, y } = forward(b, sizes)
  const dRows = b.mul(b.matmul(y, weight, { transposeB: true }), b.sub(1, b.mul(rows, rows)))
  const dMaps = b.reshape(dRows, [sizes.batch, sizes.outChannels, 4, 4])
  const gradients = [
    [
      'kernel',
      kernel,
      b.add(b.emit({ op: 'conv2dKernelGrad', window }, [x, dMaps], { shape: kernel.shape, dtype: 'f32' }), b.mul(kernel, 0.1)),
    ],
    ['weight', weight, b.matmul(rows, y, { transposeA: true })],
  ] as const
  const lr = b.input('$lr', [])
  for (const [name, parameter, gradient] of gradients) {
    const velocity = b.add(b.mul(b.state(`${name}:v`, parameter.shape), 0.9), b.mul(lr, gradient))
    b.update(`${name}:v`, velocity)
    b.update(name, b.sub(parameter, velocity))
    b.output(`grad:${name}`, gradient)
  }
  b.output('dx', b.emit({ op: 'conv2dInputGrad', window }, [dMaps, kernel], { shape: x.shape, dtype: 'f32' }))
  b.output('penalty', b.sum(b.mul(kernel, kernel)))
  return b.finish()
}

describe('slots', () => {
  const device = new DeviceMemory(false, 1024)
  const data = noise(20 * 3 * 9, 1)
  const shape: Shape = [20, 3, 3, 3]
  const layouts: readonly (readonly [string, Packing | undefined])[] = [
    ['in the logical order', undefined],
    ['packed', kernelPacking(shape, 16)],
    ['in narrow panels', kernelPacking(shape, 4)],
    ['by another axis', { shape, column: 1, rows: [0, 2, 3], width: 4 }],
  ]
  it.each(layouts)('%s give back what was written, before and after they were settled', async (_, packing) => {
    const state = new WasmState([{ name: 'k', shape }], device)
    await state.write('k', data)
    state.settle('k', packing)
    expect((await state.read(['k'])).k).toEqual(data)
    await state.write('k', noise(data.length, 2))
    expect((await state.read(['k'])).k).toEqual(noise(data.length, 2))
    expect(state.layoutOf('k')).toEqual(packing ?? 'logical')
    state.settle('k', packing)
    expect(() => state.settle('k', kernelPacking(shape, 8))).toThrow('lies otherwise')
    state.dispose()
    expect(device.bytes).toBe(0)
  })

  it('are zero until written, padding too', async () => {
    const state = new WasmState([{ name: 'w', shape: [5, 6] }], device)
    device.floats(state.settle('w', matrixPacking([5, 6], 1, 8)).address, 40).fill(7)
    await state.write('w', noise(30, 1))
    const { address } = state.settle('w', matrixPacking([5, 6], 1, 8))
    expect([...device.floats(address, 40)].filter((_, i) => i % 8 > 5)).toEqual(new Array(10).fill(0))
    expect(device.bytes).toBe(allocated(160))
    const fresh = new WasmState([{ name: 'w', shape: [5, 6] }], device)
    fresh.settle('w', matrixPacking([5, 6], 1, 8))
    expect((await fresh.read(['w'])).w).toEqual(new Float32Array(30))
  })
})

describe('programs that share state', () => {
  const specs = stateSpecs(training({ batch: 2, channels: 3, outChannels: 6, classes: 10 }))
  it.each(Object.entries(variants))('trained, evaluated, trained again with another batch: %s', async (_, variant) => {
    const backend = await open(variant)
    for (const order of ['evaluation first', 'training first']) {
      const sizes = { batch: 2, channels: 3, outChannels: 6, classes: 10 }
      const state = backend.createState(specs)
      for (const [name, data] of Object.entries(feedOf(training(sizes), 'state'))) await state.write(name, data)
      if (order === 'evaluation first') await expectSame(backend, state, evaluation({ ...sizes, batch: 5 }))
      await expectSame(backend, state, training(sizes))
      await expectSame(backend, state, evaluation({ ...sizes, batch: 1 }))
      await expectSame(backend, state, training({ ...sizes, batch: 3 }))
      state.dispose()
    }
  })

  it.each([
    [1, 1, 1],
    [1, 3, 10],
    [6, 10, 17],
    [10, 17, 3],
    [17, 20, 33],
    [3, 16, 16],
  ])('%i → %i channels, %i classes', async (channels, outChannels, classes) => {
    const sizes = { batch: 2, channels, outChannels, classes }
    const backend = await open()
    const program = training(sizes)
    const state = backend.createState(stateSpecs(program))
    for (const [name, data] of Object.entries(feedOf(program, 'state'))) await state.write(name, data)
    for (let step = 0; step < 2; step++) await expectSame(backend, state, program)
    const stored = state as WasmState
    expect(stored.layoutOf('kernel')).toEqual(stored.layoutOf('kernel:v'))
    expect(stored.layoutOf('kernel')).toMatchObject({ column: 0 })
  })

  it('as the first wanted it: a program that reads rows of a matrix, then one that multiplies by it, and the other way round', async () => {
    const backend = await open()
    const make = (kind: 'rows' | 'product') => {
      const b = new ProgramBuilder(kind)
      const table = b.state('table', [9, 20])
      if (kind === 'rows') b.output('y', b.emit({ op: 'gather' }, [table, b.input('indices', [4], 'i32')]))
      else b.output('y', b.matmul(b.input('x', [7, 9]), table))
      return b.finish()
    }
    for (const [first, second] of [
      ['rows', 'product'],
      ['product', 'rows'],
    ] as const) {
      const state = backend.createState([{ name: 'table', shape: [9, 20] }])
      await state.write('table', noise(180, 5))
      await expectSame(backend, state, make(first))
      await expectSame(backend, state, make(second))
      expect((state as WasmState).layoutOf('table') === 'logical').toBe(first === 'rows')
    }
  })
})

describe('optimisers', () => {
  it.each(rules)('%s over packed state', async (optimizer) => {
    const program = await trainingProgram('lenet', { batchSize: 2 }, optimizer)
    const backend = await open()
    const state = backend.createState(stateSpecs(program))
    for (const [name, data] of Object.entries(feedOf(program, 'state'))) await state.write(name, data)
    for (let step = 0; step < 2; step++) await expectSame(backend, state, program, optimizer)
  })
})
