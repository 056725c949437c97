/** @file Arithmetic of two tensors, products of stacks of matrices (SYSTEMS A11), kernel features (A9) and noise (C6). */
import { describe, expect, test } from 'vitest'
import type { DocumentParam, GraphNode } from '../../engine/document/schema'
import batchedMatmul from '../../engine/layers/batchedMatmul'
import divide from '../../engine/layers/divide'
import gaussianNoise from '../../engine/layers/gaussianNoise'
import maximum from '../../engine/layers/maximum'
import minimum from '../../engine/layers/minimum'
import polynomialKernel from '../../engine/layers/polynomialKernel'
import rbfKernel from '../../engine/layers/rbfKernel'
import subtract from '../../engine/layers/subtract'
import { inferShapes } from '../../engine/shapes/infer'
import { documentOf, node } from '../fixtures/documents'
import { expectAllClose } from '../support/allclose'
import { runLayer } from '../support/runLayer'
import { accepted, refused } from '../support/shapeRule'

describe('two tensors', () => {
  const a = { shape: [2, 2], data: [1, -2, 3, 4] }
  const b = { shape: [2, 1], data: [2, -4] }
  test.each([
    { layer: subtract, y: [-1, -4, 7, 8] },
    { layer: divide, y: [0.5, -1, -0.75, -1] },
    { layer: maximum, y: [2, 2, 3, 4] },
    { layer: minimum, y: [1, -2, -4, -4] },
  ])('$layer.kind repeats along axes of extent 1', ({ layer, y }) => {
    expect(runLayer(layer, { a, b }).y).toEqual(y)
    expect(accepted(layer, { a: [2, 1, 3], b: [2, 4, 1] })).toEqual({ y: { shape: [2, 4, 3], dtype: 'f32' } })
  })

  test('other shapes are refused, and the layer before is asked to change', () => {
    const problem = refused(subtract, { a: [4, 10], b: [4, 20] })
    expect(problem).toMatchObject({ code: 'shape.mismatch', port: 'b', values: { expected: 'N×10', got: 'N×20' } })
    expect(problem.fixes?.[0]?.edits).toEqual([{ type: 'adjustSource', port: 'b', what: 'width', value: 10 }])
    expect(refused(divide, { a: [4, 10], b: [4, 10, 1] }).fixes).toEqual([])
    expect(refused(maximum, { a: [4, 2], b: { shape: [4, 2], dtype: 'i32' } })).toMatchObject({ code: 'shape.dtype', port: 'b' })
  })
})

describe('A11: batched matrix product', () => {
  test('multiplies pair by pair', () => {
    const a = { shape: [2, 1, 2], data: [1, 2, 3, 4] }
    const b = { shape: [2, 2, 1], data: [5, 6, 7, 8] }
    expect(runLayer(batchedMatmul, { a, b }).y).toEqual([17, 53])
    expect(runLayer(batchedMatmul, { a, b }, { params: { transposeA: true, transposeB: true } }).y).toEqual([5, 6, 10, 12, 21, 24, 28, 32])
  })

  test.each([
    { a: [2, 3, 5], b: [2, 4, 5], given: {}, edits: { transposeA: false, transposeB: true } },
    { a: [2, 5, 3], b: [2, 5, 4], given: {}, edits: { transposeA: true, transposeB: false } },
    { a: [2, 5, 3], b: [2, 4, 5], given: {}, edits: { transposeA: true, transposeB: true } },
    { a: [2, 3, 5], b: [2, 5, 4], given: { transposeB: true }, edits: { transposeA: false, transposeB: false } },
  ])('$a by $b fits when transposed: $edits', ({ a, b, given, edits }) => {
    const problem = refused(batchedMatmul, { a, b }, given)
    expect(problem).toMatchObject({ code: 'shape.mismatch', port: 'b' })
    expect(problem.fixes?.[0]?.edits).toEqual(Object.entries(edits).map(([param, value]) => ({ type: 'setParam', param, value })))
    accepted(batchedMatmul, { a, b }, edits)
  })

  test('what no transposition mends has no fix', () => {
    expect(refused(batchedMatmul, { a: [2, 3, 5], b: [2, 6, 4] }).fixes).toEqual([])
    expect(refused(batchedMatmul, { a: [2, 3, 5], b: [3, 5, 4] }).fixes).toEqual([])
    expect(refused(batchedMatmul, { a: [3, 5], b: [2, 5, 4] })).toMatchObject({ code: 'shape.rank', port: 'a' })
  })
})

describe('A9: kernel features', () => {
  const x = { shape: [2, 2], data: [1, 2, -1, 0.5] }
  const landmarks = { shape: [3, 2], data: [1, 2, 0, 0, -3, 1] }

  test('the polynomial kernel by its definition', () => {
    const found = runLayer(
      polynomialKernel,
      { x },
      { params: { numLandmarks: 3, degree: 3, gamma: 0.5, offset: -1 }, weights: { landmarks } },
    )
    const dots = [5, 0, -1, 0, 0, 3.5]
    expectAllClose(
      found.y ?? [],
      dots.map((dot) => (0.5 * dot - 1) ** 3),
      1e-12,
      'y',
    )
  })

  test('the RBF kernel is 1 on a landmark and falls off with the squared distance', () => {
    const found = runLayer(rbfKernel, { x }, { params: { numLandmarks: 3, gamma: 0.2 }, weights: { landmarks } })
    const squares = [0, 5, 17, 6.25, 1.25, 4.25]
    expectAllClose(
      found.y ?? [],
      squares.map((square) => Math.exp(-0.2 * square)),
      1e-12,
      'y',
    )
    expect(found['grad:landmarks']?.every(Number.isFinite)).toBe(true)
  })

  test.each([polynomialKernel, rbfKernel])('landmarks of $kind are learned, or stay', (layer) => {
    const trainable = (learned: boolean) => {
      const document = documentOf([node('x', 'input', { shape: [2] }), node('k', layer.kind, { learned })], ['x.y > k.x'])
      return inferShapes(document).nodes[1]?.weights.landmarks?.trainable
    }
    expect([trainable(true), trainable(false)]).toEqual([true, false])
  })

  test('a linear layer on RBF features can be the exclusive or', () => {
    const corners = { shape: [4, 2], data: [0, 0, 0, 1, 1, 0, 1, 1] }
    const { y = [] } = runLayer(rbfKernel, { x: corners }, { params: { numLandmarks: 4 }, weights: { landmarks: corners } })
    const scores = [0, 1, 2, 3].map((row) => [-1, 1, 1, -1].reduce((sum, w, i) => sum + w * (y[row * 4 + i] ?? 0), 0))
    expect(scores.map(Math.sign)).toEqual([-1, 1, 1, -1])
  })
})

describe('C6: Gaussian noise', () => {
  const count = 20_000
  const x = { shape: [count], data: Array.from({ length: count }, (_, i) => i % 7) }
  const noise = (step: number, deviation = 0.5) =>
    (runLayer(gaussianNoise, { x }, { params: { deviation }, training: true, step }).y ?? []).map((y, i) => y - (x.data[i] ?? 0))

  test('has the mean, the deviation, the tails and the independence of normal numbers', () => {
    const drawn = noise(1).map((value) => value / 0.5)
    const moment = (power: number) => drawn.reduce((sum, z) => sum + z ** power, 0) / count
    // Four deviations of each estimate: Var z = 1, Var z² = 2, Var z³ = 15, Var z⁴ = 96.
    const slack = 4 / Math.sqrt(count)
    expect(Math.abs(moment(1))).toBeLessThan(slack)
    expect(Math.abs(moment(2) - 1)).toBeLessThan(slack * Math.sqrt(2))
    expect(Math.abs(moment(3))).toBeLessThan(slack * Math.sqrt(15))
    expect(Math.abs(moment(4) - 3)).toBeLessThan(slack * Math.sqrt(96))
    const beyond = drawn.filter((z) => Math.abs(z) > 2).length / count
    expect(Math.abs(beyond - 0.0455)).toBeLessThan(slack * Math.sqrt(0.0455 * (1 - 0.0455)))
    const neighbours = drawn.slice(1).reduce((sum, z, i) => sum + z * (drawn[i] ?? 0), 0) / count
    expect(Math.abs(neighbours)).toBeLessThan(slack)
  })

  test('is the same for the same step and seed, another otherwise', () => {
    expect(noise(1)).toEqual(noise(1))
    expect(noise(2)).not.toEqual(noise(1))
  })

  test('is gone in evaluation, and leaves the gradient alone', () => {
    expect(runLayer(gaussianNoise, { x }).y).toEqual(x.data)
    expect(runLayer(gaussianNoise, { x }, { training: true })['grad:x']?.every((g) => g === 1)).toBe(true)
  })
})

const wrong: readonly { kind: string; params: GraphNode['params']; param: string; value: DocumentParam }[] = [
  { kind: 'gaussianNoise', params: { deviation: -1 }, param: 'deviation', value: 0 },
  { kind: 'elu', params: { alpha: -2 }, param: 'alpha', value: 0 },
  { kind: 'maxout', params: { groupSize: 1.4 }, param: 'groupSize', value: 2 },
  { kind: 'split', params: { parts: 12 }, param: 'parts', value: 8 },
  { kind: 'rbfKernel', params: { gamma: 0 }, param: 'gamma', value: 1 },
  { kind: 'step', params: { values: 'perhaps' }, param: 'values', value: 'binary' },
  { kind: 'transpose', params: { order: [0, 1] }, param: 'order', value: [2, 1] },
]
test.each(wrong)('$kind with $params is mended by $value', ({ kind, params, param, value }) => {
  const document = documentOf([node('x', 'input', { shape: [4] }), node('n', kind, params)], ['x.y > n.x'])
  const [problem, ...more] = inferShapes(document).diagnostics
  expect(more).toEqual([])
  expect(problem).toMatchObject({ code: 'param.invalid', nodeId: 'n', param })
  expect(problem?.fix?.edits).toEqual([{ type: 'setParam', node: 'n', param, value }])
})
