/** @file Weights and all that is computed with them lie packed: values stay, movement remains only where something insists on the logical order. */
import { describe, expect, it } from 'vitest'
import { hash32, Random, toUnit } from '../../engine/core/random'
import { sizeOf } from '../../engine/core/tensor'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Tensor } from '../../engine/ir/emit'
import { evaluate, type Feed } from '../../engine/ir/evaluate'
import { kernelPacking, matrixPacking, unpacked } from '../../engine/ir/packing'
import type { Program } from '../../engine/ir/program'
import { verify } from '../../engine/ir/verify'
import { layout } from '../../engine/optimize/layout'
import type { Panelling } from '../../engine/optimize/packing'
import { simplify } from '../../engine/optimize/simplify'
import { optimizers } from '../../engine/optimizers/registry'
import { expectAllClose } from '../support/allclose'
import { packFloats, unpackFloats } from '../support/packing'
import { trainingProgram } from '../support/trainingProgram'

/** Those with an objective of their own want networks of their own. */
const rules = [...optimizers].flatMap(([kind, { objective }]) => (objective ? [] : [kind]))

const noise = (length: number, key: number) => Float32Array.from({ length }, (_, i) => 2 * toUnit(hash32(key, i)) - 1)

function feedOf(program: Program): Feed {
  const feed: Record<string, Float32Array | Int32Array> = {}
  program.values.forEach(({ op, shape, dtype }, id) => {
    if (op.op !== 'input') return
    // An optimiser's sums of squares are never negative.
    if (dtype === 'i32') feed[op.name] = Int32Array.from({ length: sizeOf(shape) }, (_, i) => i % 3)
    else feed[op.name] = op.role === 'state' ? noise(sizeOf(shape), id).map(Math.abs) : noise(sizeOf(shape), id)
  })
  return feed
}

/** The program in layout, after checking that outputs and updates are the same numbers. */
function expectSame(program: Program, panelling: Panelling = { widest: 16 }, label = program.name): Program {
  const after = simplify(layout(simplify(program), panelling))
  verify(after, 'layout')
  const feed = feedOf(program)
  const packedFeed = { ...feed }
  for (const { name, packing } of after.state) if (packing) packedFeed[name] = packFloats(packing, feed[name] as Float32Array)
  const a = evaluate(program, feed)
  const b = evaluate(after, packedFeed)
  program.outputs.forEach(({ name, value }, i) => {
    const now = after.outputs[i]?.value as number
    expect(after.values[now]?.shape).toEqual(program.values[value]?.shape)
    expectAllClose(b.get(now) as Float64Array, a.get(value) as Float64Array, 1e-9, `${label}: ${name}`, 1)
  })
  program.state.forEach(({ name, update }, i) => {
    const slot = after.state[i]
    if (update === undefined || slot?.update === undefined) return
    const raw = b.get(slot.update) as Float64Array
    const now = slot.packing ? unpacked(slot.packing, raw) : raw
    expectAllClose(now, a.get(update) as Float64Array, 1e-9, `${label}: update of ${name}`, 1)
    if (!slot.packing) return
    // What is written is what packing would have written: the padding is zero.
    expectAllClose(raw, packFloats(slot.packing, Float32Array.from(now)), 1e-6, `${label}: padding of ${name}`, 1)
  })
  return after
}

const packedSlots = (program: Program) => program.state.filter(({ packing }) => packing).map(({ name }) => name)
/** Movement of weights: of what has the axes of a packed matrix or kernel. Images have four. */
const moved = (program: Program) =>
  program.values.filter(({ op, shape }) => (op.op === 'transpose' || op.op === 'pad') && shape.length > 2 && shape.length !== 4)

const window = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], layout: 'NCHW', groups: 1 } as const

/** y = conv(x, k), its gradients of Σ y², and an update of k. */
function convolution(
  [channels, outChannels]: readonly [number, number],
  groups: number,
  use: (b: ProgramBuilder, k: Tensor, gradient: Tensor) => Tensor,
): Program {
  const b = new ProgramBuilder(`convolution ${channels}→${outChannels}`)
  const x = b.input('x', [2, channels, 5, 4])
  const k = b.state('k', [outChannels, channels / groups, 3, 3])
  const opWindow = { ...window, groups }
  const y = b.conv2d(x, k, opWindow)
  b.output('y', y)
  b.output('dx', b.emit({ op: 'conv2dInputGrad', window: opWindow }, [y, k], { shape: x.shape, dtype: 'f32' }))
  const gradient = b.emit({ op: 'conv2dKernelGrad', window: opWindow }, [x, y], { shape: k.shape, dtype: 'f32' })
  b.update('k', use(b, k, gradient))
  return b.finish()
}

const step = (b: ProgramBuilder, k: Tensor, gradient: Tensor) => b.sub(k, b.mul(gradient, b.input('$lr', [])))

describe('packings', () => {
  it.each([
    kernelPacking([17, 3, 2, 5], 16),
    kernelPacking([1, 1, 1, 1], 4),
    kernelPacking([6, 10, 3, 3], 8),
    matrixPacking([7, 33], 1, 16),
    matrixPacking([7, 33], 0, 8),
  ])('back and forth: $shape in panels of $width', (packing) => {
    const data = noise(sizeOf(packing.shape), 1)
    const packed = packFloats(packing, data)
    expect(unpackFloats(packing, packed)).toEqual(data)
    expect(packed.reduce((sum, v) => sum + Math.abs(v), 0)).toBeCloseTo(
      data.reduce((sum, v) => sum + Math.abs(v), 0),
      3,
    )
  })
})

describe('convolution kernels', () => {
  for (const widest of [16, 8])
    it.each([
      [1, 1],
      [3, 6],
      [10, 17],
      [17, 10],
      [6, 3],
      [20, 32],
      [4, 40],
    ] as const)(`%i → %i channels, panels of at most ${widest}`, (channels, outChannels) => {
      const after = expectSame(convolution([channels, outChannels], 1, step), { widest })
      expect(packedSlots(after)).toEqual(['k'])
      expect(moved(after)).toEqual([])
    })

  it('of several groups stay as they are', () => {
    expect(packedSlots(expectSame(convolution([6, 9], 3, step)))).toEqual([])
  })

  it('with a penalty: sums skip or count the padding as it deserves', () => {
    const decayed = (b: ProgramBuilder, k: Tensor, gradient: Tensor) => {
      b.output('l2', b.sum(b.mul(k, k)))
      b.output('norm', b.sqrt(b.sum(b.mul(gradient, gradient))))
      b.output('cosines', b.sum(b.cos(k)))
      b.output('largest', b.maximum(b.sub(gradient, 100), [0, 1, 2, 3]))
      b.output('per filter', b.sum(b.mul(k, k), [1, 2, 3]))
      return step(b, k, b.add(gradient, b.mul(k, 0.1)))
    }
    for (const outChannels of [6, 16, 20]) expect(packedSlots(expectSame(convolution([3, outChannels], 1, decayed)))).toEqual(['k'])
  })

  it('whose update would fill the padding keep it zero', () => {
    const after = expectSame(convolution([3, 5], 1, (b, k, gradient) => b.add(b.cos(k), b.add(gradient, b.input('$lr', [])))))
    expect(packedSlots(after)).toEqual(['k'])
  })

  it('used twice, once scaled and masked, and shown', () => {
    const b = new ProgramBuilder('shared')
    const x = b.input('x', [2, 8, 4, 4])
    const k = b.state('k', [8, 8, 3, 3])
    const scaled = b.mul(b.mul(k, b.input('scale', [])), b.select(b.less(0, k), k, b.mul(k, 0.5)))
    const y = b.conv2d(b.conv2d(x, k, window), scaled, window)
    b.output('y', y)
    b.output('k', k)
    b.output('gradient', b.emit({ op: 'conv2dKernelGrad', window }, [x, y], { shape: k.shape, dtype: 'f32' }))
    expect(packedSlots(expectSame(b.finish()))).toEqual(['k'])
  })
})

describe('matrices', () => {
  /** y = x · w (or x · wᵀ), its gradients, and an update with momentum. */
  const dense = (rows: number, columns: number, transposeB: boolean): Program => {
    const b = new ProgramBuilder(`dense ${rows}×${columns}`)
    const x = b.input('x', [5, rows])
    const w = b.state('w', transposeB ? [columns, rows] : [rows, columns])
    const v = b.state('w:v', w.shape)
    const y = b.matmul(x, w, { transposeB })
    b.output('y', y)
    b.output('dx', b.matmul(y, w, { transposeB: !transposeB }))
    const gradient = transposeB ? b.matmul(y, x, { transposeA: true }) : b.matmul(x, y, { transposeA: true })
    const velocity = b.add(b.mul(v, 0.9), b.mul(gradient, b.input('$lr', [])))
    b.update('w:v', velocity)
    b.update('w', b.sub(w, velocity))
    return b.finish()
  }
  for (const transposeB of [false, true])
    it.each([
      [7, 2],
      [6, 3],
      [2, 10],
      [10, 17],
      [3, 48],
    ])(`%i × %i${transposeB ? ', transposed' : ''}`, (rows, columns) => {
      const after = expectSame(dense(rows, columns, transposeB))
      expect(packedSlots(after)).toEqual(['w', 'w:v'])
      expect(moved(after)).toEqual([])
    })

  it.each([
    [7, 1],
    [1, 10],
    [1, 1],
  ])('%i × %i, where transposing moves nothing', (rows, columns) => {
    for (const transposeB of [false, true]) expectSame(dense(rows, columns, transposeB))
  })

  it('that are tables of rows too stay as they are', () => {
    const b = new ProgramBuilder('tied')
    const table = b.state('table', [12, 8])
    const rows = b.emit({ op: 'gather' }, [table, b.input('indices', [5], 'i32')])
    b.output('y', b.matmul(rows, table, { transposeB: true }))
    expect(packedSlots(expectSame(b.finish()))).toEqual([])
  })
})

describe('what is settled', () => {
  it('stays: packed where the program would not, logical where it would', () => {
    const program = convolution([3, 20], 1, step)
    const logical = expectSame(program, { widest: 16, settled: () => 'logical' })
    expect(packedSlots(logical)).toEqual([])
    const narrow = kernelPacking([20, 3, 3, 3], 4)
    expect(expectSame(program, { widest: 16, settled: () => narrow }).state[0]?.packing).toEqual(narrow)
    const b = new ProgramBuilder('reads')
    b.output('row', b.slice(b.state('k', [20, 3, 3, 3]), [0, 0, 0, 0], [1, 3, 3, 3]))
    expect(packedSlots(expectSame(b.finish(), { widest: 16, settled: () => narrow }))).toEqual(['k'])
  })

  it('slots that meet in one operation may lie differently', () => {
    const settled = (name: string) =>
      name === 'w' ? matrixPacking([6, 20], 1, 16) : name === 'u' ? matrixPacking([6, 20], 0, 4) : 'logical'
    const b = new ProgramBuilder('three')
    const [w, u, v] = ['w', 'u', 'v'].map((name) => b.state(name, [6, 20])) as [Tensor, Tensor, Tensor]
    b.update('w', b.add(b.mul(w, u), v))
    b.update('u', b.sub(u, w))
    b.update('v', b.mul(w, 2))
    b.output('y', b.matmul(b.input('x', [3, 6]), b.add(u, v)))
    expect(packedSlots(expectSame(b.finish(), { widest: 16, settled }))).toEqual(['w', 'u'])
  })
})

describe('networks', () => {
  it.each(rules)('lenet with %s: everything of a weight lies as the weight does', async (optimizer) => {
    const program = await trainingProgram('lenet', { batchSize: 2 }, optimizer)
    const after = expectSame(program, { widest: 16 }, optimizer)
    const kernels = program.state.filter(({ value }) => (program.values[value]?.shape.length ?? 0) > 1).map(({ name }) => name)
    expect(packedSlots(after)).toEqual(kernels)
  })

  it.each([
    ['resnet18', { batchSize: 2, imageSize: 32 }],
    ['googlenet', { batchSize: 2, imageSize: 64 }],
  ] as const)('%s: weights and gradients are never moved', async (id, params) => {
    const program = simplify(await trainingProgram(id, params))
    const after = simplify(layout({ ...program, outputs: program.outputs.filter(({ name }) => !name.startsWith('grad')) }, { widest: 16 }))
    verify(after, 'layout')
    expect(moved(after)).toEqual([])
  })

  it('random graphs of shared weights', () => {
    let packed = 0
    for (let seed = 0; seed < 60; seed++)
      packed += packedSlots(expectSame(randomNetwork(seed), { widest: [16, 8, 4][seed % 3] as number }, `seed ${seed}`)).length
    expect(packed).toBeGreaterThan(60)
  })
})

/** Convolutions, products and elementwise work on a few weights in any order, with updates of some. */
function randomNetwork(seed: number): Program {
  const random = Random.seeded(seed, 'network')
  const b = new ProgramBuilder(`network ${seed}`)
  const pick = <T>(items: readonly T[]): T => items[random.below(items.length)] as T
  const channels = pick([1, 3, 6, 10, 17])
  const width = pick([1, 3, 10, 17])
  const names = ['k0', 'k1', 'w0', 'w1'] as const
  const kernelShape = [channels, channels, 3, 3]
  const pool = new Map<string, Tensor[]>(names.map((name) => [name, [b.state(name, name.startsWith('k') ? kernelShape : [width, width])]]))
  const weight = (kind: 'k' | 'w'): Tensor => pick(pool.get(`${kind}${random.below(2)}`) as Tensor[])
  let image = b.input('x', [2, channels, 4, 3])
  let row = b.input('row', [4, width])
  const scale = b.input('scale', [])
  for (let i = 0; i < 10; i++) {
    const kind = random.below(2) ? 'k' : 'w'
    const name = `${kind}${random.below(2)}`
    const keep = (tensor: Tensor) => void pool.get(name)?.push(tensor)
    switch (random.below(7)) {
      case 0:
        keep(b.sub(weight(kind), b.mul(weight(kind), scale)))
        break
      case 1:
        keep(b.div(weight(kind), b.add(b.abs(weight(kind)), pick([b.constant(1), b.exp(scale)]))))
        break
      case 2:
        if (kind === 'k') keep(b.emit({ op: 'conv2dKernelGrad', window }, [image, b.tanh(image)], { shape: kernelShape, dtype: 'f32' }))
        else keep(b.matmul(row, b.tanh(row), { transposeA: true }))
        break
      case 3:
        image = b.tanh(b.add(b.conv2d(image, weight('k'), window), b.sum(weight('w'))))
        break
      case 4:
        row = b.tanh(b.matmul(row, weight('w'), { transposeB: random.below(2) === 0 }))
        break
      case 5:
        b.output(`y${i}`, pick([() => weight(kind), () => b.sum(weight(kind), [0]), () => b.maximum(weight(kind), [1])])())
        break
      default:
        keep(b.select(b.less(0, weight(kind)), b.mul(weight(kind), scale), b.cos(weight(kind))))
    }
  }
  b.output('image', image)
  b.output('row', row)
  for (const name of names) if (random.below(4) > 0) b.update(name, pick(pool.get(name) as Tensor[]))
  return b.finish()
}
