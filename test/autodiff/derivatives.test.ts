/** @file Every op's derivative against central differences; second derivatives of the smooth ones; what has none gives zero. */
import { describe, expect, it } from 'vitest'
import { gradients } from '../../engine/autodiff/gradients'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Tensor } from '../../engine/ir/emit'
import { evaluate } from '../../engine/ir/evaluate'
import type { BinaryName, ConvWindow, OpName, PoolWindow, UnaryName } from '../../engine/ir/program'
import { checkGradients } from '../support/gradientCheck'
import { type GivenTensor, numbers, whole } from '../support/numbers'
import { recurrences } from '../support/recurrences'

interface Case {
  readonly name?: string
  readonly inputs: readonly GivenTensor[]
  readonly write: (b: ProgramBuilder, ...inputs: Tensor[]) => Tensor
  /** 2 for what is smooth enough to differentiate twice. Default 2. */
  readonly order?: 1 | 2
}
type Cases = readonly Case[] | 'nondifferentiable'

const smooth = (name: Exclude<UnaryName, 'sign' | 'floor'>, low: number, high: number): Case => ({
  name,
  inputs: [numbers([2, 3], low, high)],
  write: (b, x) => b[name](x),
})
const unaryCases: Record<UnaryName, Case | 'nondifferentiable'> = {
  neg: smooth('neg', -1, 1),
  abs: { ...smooth('abs', -1, 1), order: 1 },
  sign: 'nondifferentiable',
  exp: smooth('exp', -1, 1),
  log: smooth('log', 0.5, 2),
  sqrt: smooth('sqrt', 0.5, 2),
  reciprocal: smooth('reciprocal', 0.5, 2),
  tanh: smooth('tanh', -2, 2),
  sigmoid: smooth('sigmoid', -2, 2),
  floor: 'nondifferentiable',
  sin: smooth('sin', -3, 3),
  cos: smooth('cos', -3, 3),
}
const both = (name: Exclude<BinaryName, 'less' | 'equal'>, low: number, high: number, order: 1 | 2): Case => ({
  name,
  inputs: [numbers([2, 3], low, high, 1), numbers([2, 3], low, high, 2)],
  write: (b, u, v) => b[name](u, v),
  order,
})
const binaryCases: Record<BinaryName, Case | 'nondifferentiable'> = {
  add: both('add', -1, 1, 2),
  sub: both('sub', -1, 1, 2),
  mul: both('mul', -1, 1, 2),
  div: both('div', 0.5, 2, 2),
  max: both('max', -1, 1, 1),
  min: both('min', -1, 1, 1),
  pow: both('pow', 0.5, 2, 2),
  less: 'nondifferentiable',
  equal: 'nondifferentiable',
}
const given = (cases: Record<string, Case | 'nondifferentiable'>): Cases =>
  Object.values(cases).filter((one) => one !== 'nondifferentiable')

const windows: Record<string, ConvWindow> = {
  plain: { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1, layout: 'NCHW' },
  'stride, padding, dilation': { stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 1, layout: 'NCHW' },
  groups: { stride: [1, 2], padding: [1, 1], dilation: [1, 1], groups: 2, layout: 'NCHW' },
  HWNC: { stride: [2, 2], padding: [1, 0], dilation: [1, 1], groups: 2, layout: 'HWNC' },
}
const arranged = (window: { layout: string }, seed = 1) => numbers(window.layout === 'NCHW' ? [2, 2, 5, 6] : [5, 6, 2, 2], -1, 1, seed)
const kernels = (window: ConvWindow) => numbers([4, 2 / window.groups, 3, 2], -1, 1, 3)
const resultOf = (b: ProgramBuilder, x: Tensor, k: Tensor, window: ConvWindow) => b.conv2d(x, k, window)

/** Both gradient ops of a convolution, fed with independent numbers for the gradient of its result. */
const convGradient = (op: 'conv2dInputGrad' | 'conv2dKernelGrad') =>
  Object.entries(windows).map(([name, window]): Case => {
    const image = arranged(window)
    const probe = new ProgramBuilder('probe')
    const out = resultOf(probe, probe.input('x', image.shape), probe.input('k', kernels(window).shape), window)
    const gradient = numbers(out.shape, -1, 1, 5)
    return op === 'conv2dInputGrad'
      ? {
          name,
          inputs: [gradient, kernels(window)],
          write: (b, g, k) => b.emit({ op, window }, [g, k], { shape: image.shape, dtype: 'f32' }),
        }
      : {
          name,
          inputs: [image, gradient],
          write: (b, x, g) => b.emit({ op, window }, [x, g], { shape: kernels(window).shape, dtype: 'f32' }),
        }
  })

const pools: Record<string, PoolWindow> = {
  plain: { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1], layout: 'NCHW' },
  'overlap, padding': { kernel: [3, 3], stride: [2, 1], padding: [1, 1], dilation: [1, 1], layout: 'NCHW' },
  HWNC: { kernel: [3, 2], stride: [2, 2], padding: [1, 0], dilation: [1, 2], layout: 'HWNC' },
}
const overPools = (make: (window: PoolWindow) => Omit<Case, 'name'>): Cases =>
  Object.entries(pools).map(([name, window]) => ({ name, ...make(window) }))
const indexOf = (b: ProgramBuilder, x: Tensor, window: PoolWindow) => b.emit({ op: 'maxPool2dIndex', window }, [b.stopGradient(x)])

const x23 = numbers([2, 3])
const table: Record<OpName, Cases> = {
  input: 'nondifferentiable',
  constant: 'nondifferentiable',
  iota: 'nondifferentiable',
  random: 'nondifferentiable',
  unary: given(unaryCases),
  binary: given(binaryCases),
  select: [
    {
      inputs: [numbers([2, 3], -1, 1, 3), x23, numbers([2, 3], -1, 1, 2)],
      write: (b, c, u, v) => b.select(b.greater(b.stopGradient(c), 0), b.mul(u, u), v),
    },
  ],
  cast: 'nondifferentiable',
  stopGradient: 'nondifferentiable',
  reshape: [{ inputs: [x23], write: (b, x) => b.reshape(b.exp(x), [3, 2]) }],
  transpose: [{ inputs: [numbers([2, 3, 4])], write: (b, x) => b.transpose(b.exp(x), [2, 0, 1]) }],
  broadcast: [
    { name: 'leading', inputs: [numbers([3])], write: (b, x) => b.broadcast(b.exp(x), [2, 3]) },
    { name: 'middle, and an extent of 1', inputs: [numbers([2, 1])], write: (b, x) => b.broadcast(b.exp(x), [2, 4, 3], [0, 2]) },
  ],
  slice: [{ inputs: [numbers([4, 6])], write: (b, x) => b.slice(b.exp(x), [1, 0], [3, 5], [1, 2]) }],
  pad: [{ inputs: [x23], write: (b, x) => b.pad(b.exp(x), [1, 0], [0, 2], [0, 1]) }],
  concat: [{ inputs: [x23, numbers([2, 1], -1, 1, 2)], write: (b, u, v) => b.concat([b.exp(u), v, u], 1) }],
  reduce: [
    { name: 'sum', inputs: [numbers([2, 3, 2])], write: (b, x) => b.sum(b.exp(x), [0, 2]) },
    { name: 'mean', inputs: [numbers([2, 3])], write: (b, x) => b.mean(b.exp(x), [1], true) },
    { name: 'max', inputs: [numbers([2, 3, 2])], write: (b, x) => b.maximum(b.mul(x, x), [1]), order: 1 },
    { name: 'softmax', inputs: [x23], write: (b, x) => b.softmax(x, 1) },
    { name: 'logSoftmax', inputs: [x23], write: (b, x) => b.logSoftmax(x, 0) },
  ],
  argMax: 'nondifferentiable',
  matmul: [
    ...[false, true].flatMap((transposeA) =>
      [false, true].map(
        (transposeB): Case => ({
          name: `${transposeA ? 'Aᵀ' : 'A'}·${transposeB ? 'Bᵀ' : 'B'}`,
          inputs: [numbers(transposeA ? [4, 3] : [3, 4]), numbers(transposeB ? [2, 4] : [4, 2], -1, 1, 2)],
          write: (b, u, v) => b.matmul(u, v, { transposeA, transposeB }),
        }),
      ),
    ),
    { name: 'batches', inputs: [numbers([2, 3, 4]), numbers([2, 4, 2], -1, 1, 2)], write: (b, u, v) => b.matmul(u, v) },
  ],
  conv2d: Object.entries(windows).map(([name, window]) => ({
    name,
    inputs: [arranged(window), kernels(window)],
    write: (b: ProgramBuilder, x: Tensor, k: Tensor) => resultOf(b, x, k, window),
  })),
  conv2dInputGrad: convGradient('conv2dInputGrad'),
  conv2dKernelGrad: convGradient('conv2dKernelGrad'),
  maxPool2d: overPools((window) => ({ inputs: [arranged(window)], write: (b, x) => b.maxPool2d(b.exp(x), window) })),
  maxPool2dIndex: 'nondifferentiable',
  maxPool2dGrad: overPools((window) => ({
    inputs: [arranged(window)],
    write: (b, x) => {
      const index = indexOf(b, x, window)
      return b.emit({ op: 'maxPool2dGrad', window }, [index, b.exp(b.maxPool2d(x, window))], x)
    },
  })),
  maxPool2dTake: overPools((window) => ({
    inputs: [arranged(window)],
    write: (b, x) => b.emit({ op: 'maxPool2dTake', window }, [indexOf(b, x, window), b.exp(x)]),
  })),
  avgPool2d: overPools((window) => ({ inputs: [arranged(window)], write: (b, x) => b.avgPool2d(b.exp(x), window) })),
  avgPool2dGrad: overPools((window) => ({
    inputs: [arranged(window)],
    write: (b, x) => b.emit({ op: 'avgPool2dGrad', window }, [b.exp(b.avgPool2d(x, window))], x),
  })),
  gather: [{ inputs: [numbers([3, 2]), whole([2, 2], [2, 0, 2, 1])], write: (b, rows, i) => b.gather(b.exp(rows), i) }],
  scatterAdd: [{ inputs: [numbers([4, 2]), whole([4], [2, 0, 2, 1])], write: (b, u, i) => b.scatterAdd(i, b.exp(u), 3) }],
  scan: [...recurrences({ steps: 3, batch: 2, width: 2 }), ...recurrences({ steps: 1, batch: 1, width: 3 })],
  // Every scan above is read through its results.
  result: 'nondifferentiable',
}

for (const [op, cases] of Object.entries(table)) {
  if (cases === 'nondifferentiable') continue
  describe(op, () => {
    it('has a case', () => expect(cases.length).toBeGreaterThan(0))
    for (const { name, inputs, write, order = 2 } of cases)
      it(`${name ?? op}: ${order === 2 ? 'first and second derivative' : 'first derivative'}`, () => {
        checkGradients(write, inputs, { order })
      })
  })
}

describe('where no derivative flows', () => {
  const flat: Record<string, (b: ProgramBuilder, x: Tensor) => Tensor> = {
    sign: (b, x) => b.sign(x),
    floor: (b, x) => b.floor(x),
    less: (b, x) => b.less(x, 0.5),
    equal: (b, x) => b.equal(x, 0.5),
    stopGradient: (b, x) => b.stopGradient(b.exp(x)),
    cast: (b, x) => b.cast(b.cast(x, 'i32'), 'f32'),
    argMax: (b, x) => b.cast(b.argMax(x, 1), 'f32'),
    random: (b, x) => b.random(x.shape),
    constant: (b, x) => b.constant(3, x.shape),
  }
  it.each(Object.entries(flat))('%s gives zero', (_, write) => {
    const b = new ProgramBuilder('flat')
    const x = b.input('x', [2, 3])
    const [g] = gradients(b, b.sum(write(b, x)), [x]) as [Tensor]
    expect([...(evaluate(b.finish(), { x: [1, 2, 3, 4, 5, 6], $key: [0, 0] }).get(g.id) ?? [])]).toEqual([0, 0, 0, 0, 0, 0])
  })
})

describe('at the corners', () => {
  const gradientAt = (x: readonly number[], write: (b: ProgramBuilder, x: Tensor) => Tensor): number[] => {
    const b = new ProgramBuilder('corner')
    const input = b.input('x', [x.length])
    const [g] = gradients(b, b.sum(write(b, input)), [input]) as [Tensor]
    return [...(evaluate(b.finish(), { x }).get(g.id) ?? [])]
  }
  it('ReLU has derivative 0 at 0', () => expect(gradientAt([-1, 0, 2], (b, x) => b.max(x, 0))).toEqual([0, 0, 1]))
  it('a maximum that several elements share is shared evenly', () =>
    expect(gradientAt([1, 3, 3, 2], (b, x) => b.maximum(x))).toEqual([0, 0.5, 0.5, 0]))
  it('x⁰ and x² are flat at 0', () => {
    expect(gradientAt([0], (b, x) => b.pow(x, 0))).toEqual([0])
    expect(gradientAt([0], (b, x) => b.pow(x, 2))).toEqual([0])
  })
  it('2ˣ grows by ln 2, and 0ˣ does not grow', () => {
    expect(gradientAt([0], (b, x) => b.pow(2, x))[0]).toBeCloseTo(Math.LN2, 14)
    expect(gradientAt([1], (b, x) => b.pow(0, x))).toEqual([0])
  })
})

describe('the walk', () => {
  it('adds up what comes from several readers', () => {
    checkGradients((b, x) => b.add(b.mul(x, b.exp(x)), b.sin(x)), [x23], { order: 2 })
  })
  it('gives zero for what the loss does not read', () => {
    const b = new ProgramBuilder('unread')
    const [x, y] = [b.input('x', [2]), b.input('y', [2])]
    const [, g] = gradients(b, b.sum(x), [x, y]) as [Tensor, Tensor]
    expect(b.instruction(g.id).op).toEqual({ op: 'constant', value: 0 })
  })
  it('keeps the node that an instruction came from', () => {
    const b = new ProgramBuilder('origins')
    const x = b.input('x', [2])
    const y = b.at('tanh1', () => b.tanh(x))
    const before = b.finish().values.length
    gradients(
      b,
      b.at('loss', () => b.sum(y)),
      [x],
    )
    const origins = b
      .finish()
      .values.slice(before)
      .map(({ origin }) => origin)
    expect(new Set(origins)).toEqual(new Set(['', 'loss', 'tanh1']))
  })
})
