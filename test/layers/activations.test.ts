/** @file The activation family (SYSTEMS A2) and the threshold units (A3) by the notes' own definitions, at zero and far from it. */
import { describe, expect, test } from 'vitest'
import absolute from '../../engine/layers/absolute'
import elu from '../../engine/layers/elu'
import gelu from '../../engine/layers/gelu'
import type { AnyLayer } from '../../engine/layers/kit/define'
import { completeParams } from '../../engine/layers/kit/validate'
import leakyRelu from '../../engine/layers/leakyRelu'
import linear from '../../engine/layers/linear'
import maxout from '../../engine/layers/maxout'
import mccullochPitts from '../../engine/layers/mccullochPitts'
import prelu from '../../engine/layers/prelu'
import relu from '../../engine/layers/relu'
import rrelu from '../../engine/layers/rrelu'
import selu from '../../engine/layers/selu'
import sigmoid from '../../engine/layers/sigmoid'
import softmax from '../../engine/layers/softmax'
import softplus from '../../engine/layers/softplus'
import step from '../../engine/layers/step'
import tanh from '../../engine/layers/tanh'
import { expectAllClose } from '../support/allclose'
import { runLayer } from '../support/runLayer'
import { accepted, refused } from '../support/shapeRule'

const points = [-800, -40, -3, -0.5, 0, 0.5, 3, 40, 800]
const rectified = (a: number) => (x: number) => Math.max(0, x) + a * Math.min(0, x)
const sigma = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)))
const lambda = 1.0507009873554805
const alpha = 1.6732632423543772
const density = (x: number) => Math.exp(-(x * x) / 2) / Math.sqrt(2 * Math.PI)
/** ½ + φ(x) Σ x²ᵏ⁺¹ / (2k + 1)!! */
function cumulative(x: number): number {
  if (Math.abs(x) > 30) return x > 0 ? 1 : 0
  let [term, sum] = [x, x]
  for (let k = 1; k < 200; k++) {
    term *= (x * x) / (2 * k + 1)
    sum += term
  }
  return 0.5 + density(x) * sum
}
const inner = (x: number) => Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)

interface Curve {
  readonly layer: AnyLayer
  readonly params?: Readonly<Record<string, unknown>>
  readonly f: (x: number) => number
  /** At the kink PyTorch's. */
  readonly slope: (x: number) => number
}

const curves: readonly Curve[] = [
  { layer: linear, f: (x) => x, slope: () => 1 },
  { layer: sigmoid, f: sigma, slope: (x) => sigma(x) * (1 - sigma(x)) },
  { layer: tanh, f: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 },
  { layer: relu, f: rectified(0), slope: (x) => (x > 0 ? 1 : 0) },
  { layer: leakyRelu, f: rectified(0.01), slope: (x) => (x > 0 ? 1 : 0.01) },
  { layer: absolute, f: rectified(-1), slope: Math.sign },
  { layer: elu, f: (x) => (x > 0 ? x : Math.expm1(x)), slope: (x) => (x > 0 ? 1 : Math.exp(x)) },
  {
    layer: elu,
    params: { alpha: 0.3 },
    f: (x) => (x > 0 ? x : 0.3 * Math.expm1(x)),
    slope: (x) => (x > 0 ? 1 : 0.3 * Math.exp(x)),
  },
  { layer: selu, f: (x) => lambda * (x > 0 ? x : alpha * Math.expm1(x)), slope: (x) => lambda * (x > 0 ? 1 : alpha * Math.exp(x)) },
  { layer: gelu, f: (x) => x * cumulative(x), slope: (x) => cumulative(x) + x * density(x) },
  { layer: gelu, f: (x) => x * cumulative(x), slope: (x) => cumulative(x) + x * density(x) },
  {
    layer: gelu,
    params: { approximate: 'tanh' },
    f: (x) => (x / 2) * (1 + Math.tanh(inner(x))),
    slope: (x) => {
      const bend = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x)
      return (1 + Math.tanh(inner(x))) / 2 + (x / 2) * (1 - Math.tanh(inner(x)) ** 2) * bend
    },
  },
  { layer: softplus, f: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), slope: sigma },
  { layer: step, f: (x) => (x >= 0 ? 1 : 0), slope: () => 0 },
  { layer: step, params: { threshold: 3 }, f: (x) => (x >= 3 ? 1 : 0), slope: () => 0 },
  { layer: step, params: { values: 'sign' }, f: Math.sign, slope: () => 0 },
]

describe('A2: curves of the notes, finite at both ends and at zero', () => {
  test.each(curves.map((curve) => ({ ...curve, title: `${curve.layer.kind} ${JSON.stringify(curve.params ?? {})}` })))(
    '$title',
    ({ layer, params, f, slope }) => {
      const found = runLayer(layer, { x: { shape: [points.length], data: points } }, { params })
      expectAllClose(found.y ?? [], points.map(f), 1e-12, 'y')
      expectAllClose(found['grad:x'] ?? [], points.map(slope), 1e-12, 'dy/dx')
    },
  )

  test('softmax is positive, adds up to 1 and bears large scores', () => {
    const { y = [] } = runLayer(softmax, { x: { shape: [2, 3], data: [1, 2, 3, 1000, 1000, -1000] } })
    const total = Math.exp(1) + Math.exp(2) + Math.exp(3)
    expectAllClose(y, [...[1, 2, 3].map((x) => Math.exp(x) / total), 0.5, 0.5, 0], 1e-12, 'y')
  })

  test('maxout takes the largest of each group and sends the gradient there', () => {
    const x = { shape: [1, 6], data: [3, -1, 4, 1, -5, 9] }
    const { y, 'grad:x': gradient } = runLayer(maxout, { x }, { params: { groupSize: 3 } })
    expect(y).toEqual([4, 9])
    expect(gradient).toEqual([0, 0, 1, 0, 0, 1])
  })

  test('prelu learns from negative values only', () => {
    const x = { shape: [2, 2], data: [-2, 3, -5, -7] }
    const one = runLayer(prelu, { x }, { weights: { slope: { shape: [1], data: [0.25] } } })
    expect(one.y).toEqual([-0.5, 3, -1.25, -1.75])
    expect(one['grad:slope']).toEqual([-14])
    const two = runLayer(prelu, { x }, { params: { perChannel: true }, weights: { slope: { shape: [2], data: [0.5, -1] } } })
    expect(two.y).toEqual([-1, 3, -2.5, 7])
    expect(two['grad:slope']).toEqual([-7, -7])
  })
})

describe('random slopes', () => {
  const count = 4000
  const ones = { shape: [count], data: new Array<number>(count).fill(-1) }
  const params = { lower: 0.1, upper: 0.5 }
  const slopes = (step: number) => (runLayer(rrelu, { x: ones }, { params, training: true, step }).y ?? []).map((y) => -y)

  test('are uniform between the two in training, other ones at each step', () => {
    const drawn = slopes(1)
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0.1)
    expect(Math.max(...drawn)).toBeLessThan(0.5)
    const mean = drawn.reduce((sum, a) => sum + a, 0) / count
    const variance = drawn.reduce((sum, a) => sum + (a - mean) ** 2, 0) / count
    // Four deviations of the estimates.
    expect(Math.abs(mean - 0.3)).toBeLessThan((4 * 0.4) / Math.sqrt(12 * count))
    expect(Math.abs(variance / (0.4 ** 2 / 12) - 1)).toBeLessThan(4 * Math.sqrt(0.8 / count))
    expect(slopes(1)).toEqual(drawn)
    expect(slopes(2)).not.toEqual(drawn)
  })

  test('are their mean in evaluation, and the gradient is the slope that was drawn', () => {
    expectAllClose(runLayer(rrelu, { x: ones }, { params }).y ?? [], new Array<number>(count).fill(-0.3), 1e-12, 'y')
    const { y = [], 'grad:x': gradient = [] } = runLayer(rrelu, { x: ones }, { params, training: true })
    expect(gradient).toEqual(y.map((value) => -value))
  })

  test('lie by default between 1/8 and 1/3, as in PyTorch; a document that says another bound keeps it', () => {
    expect(completeParams(rrelu.params, {}).params).toEqual({ lower: 1 / 8, upper: 1 / 3 })
    expect(completeParams(rrelu.params, { upper: 0.333 }).params.upper).toBe(0.333)
    expect(rrelu.brief?.({ lower: 1 / 8, upper: 1 / 3 })).toBe('0.125 … 0.333')
  })

  test('positive values are left alone', () => {
    const x = { shape: [3], data: [0, 2, 5] }
    expect(runLayer(rrelu, { x }, { params, training: true }).y).toEqual([0, 2, 5])
  })
})

describe('A3: threshold units', () => {
  const binary = { shape: [4, 2], data: [0, 0, 0, 1, 1, 0, 1, 1] }
  const gate = (kernel: number[], threshold: number) =>
    runLayer(
      mccullochPitts,
      { x: binary },
      { weights: { kernel: { shape: [2, 1], data: kernel }, threshold: { shape: [1], data: [threshold] } } },
    )

  test.each([
    { name: 'and', kernel: [1, 1], threshold: 2, truth: [0, 0, 0, 1] },
    { name: 'or', kernel: [1, 1], threshold: 1, truth: [0, 1, 1, 1] },
    { name: 'not the first', kernel: [-1, 0], threshold: 0, truth: [1, 1, 0, 0] },
  ])('fire as the logic gate “$name”', ({ kernel, threshold, truth }) => {
    expect(gate(kernel, threshold).y).toEqual(truth)
  })

  test('no single one is the exclusive or, on a grid of weights and thresholds', () => {
    const grid = Array.from({ length: 9 }, (_, i) => (i - 4) / 2)
    for (const first of grid)
      for (const second of grid) for (const threshold of grid) expect(gate([first, second], threshold).y).not.toEqual([0, 1, 1, 0])
  })

  test('have no gradient to learn from', () => {
    const { 'grad:kernel': kernel, 'grad:threshold': threshold, 'grad:x': x } = gate([1, 1], 1)
    for (const gradient of [kernel, threshold, x]) expect(gradient?.every((value) => value === 0)).toBe(true)
    expect(mccullochPitts.summary.en).toContain('derivative is zero')
    expect(step.summary.en).toContain('derivative is zero')
  })

  test('take one row a sample', () => {
    expect(refused(mccullochPitts, { x: [2, 3, 4] }).fixes?.[0]?.edits).toEqual([
      { type: 'insertBefore', port: 'x', kind: 'flatten', params: {} },
    ])
  })
})

describe('wrong parameters', () => {
  test('slopes in the wrong order are swapped', () => {
    const problem = refused(rrelu, { x: [2, 3] }, { lower: 0.5, upper: 0.2 })
    expect(problem).toMatchObject({ code: 'param.invalid', param: 'lower' })
    expect(problem.fixes?.[0]?.edits).toEqual([
      { type: 'setParam', param: 'lower', value: 0.2 },
      { type: 'setParam', param: 'upper', value: 0.5 },
    ])
  })

  test.each([
    { x: [2, 9], groupSize: 2, nearest: 3 },
    { x: [2, 10], groupSize: 4, nearest: 5 },
    { x: [2, 7], groupSize: 2, nearest: 7 },
  ])('$x does not divide into groups of $groupSize; $nearest would do', ({ x, groupSize, nearest }) => {
    const problem = refused(maxout, { x }, { groupSize })
    expect(problem).toMatchObject({ code: 'shape.divide', param: 'groupSize', values: { expected: groupSize, got: x[1] } })
    expect(problem.fixes?.map(({ edits }) => edits)).toEqual([[{ type: 'setParam', param: 'groupSize', value: nearest }]])
    expect(accepted(maxout, { x }, { groupSize: nearest })).toMatchObject({ y: { shape: [2, (x[1] ?? 0) / nearest] } })
  })

  test('a single feature has no groups', () => {
    expect(refused(maxout, { x: [2, 1] }).fixes).toEqual([])
  })

  test('one number a sample has no channels', () => {
    expect(refused(prelu, { x: [4] }, { perChannel: true })).toMatchObject({
      code: 'shape.rank',
      fixes: [{ edits: [{ type: 'setParam', param: 'perChannel', value: false }] }],
    })
    expect(refused(maxout, { x: [4] })).toMatchObject({ code: 'shape.rank' })
  })

  test.each([absolute, elu, selu, softplus, linear, step, maxout, prelu, rrelu])('$kind wants real numbers', (layer) => {
    expect(refused(layer, { x: { shape: [2, 4], dtype: 'i32' } })).toMatchObject({ code: 'shape.dtype', port: 'x' })
  })
})
