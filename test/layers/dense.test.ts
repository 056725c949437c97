/** @file Dense and what shapes its input: kernels (in, out), refusals with a Flatten at hand, flatten, reshape, embedding. */
import { expect, test } from 'vitest'
import batchNorm from '../../engine/layers/batchNorm'
import dense from '../../engine/layers/dense'
import embedding from '../../engine/layers/embedding'
import flatten from '../../engine/layers/flatten'
import { completeParams } from '../../engine/layers/kit/validate'
import reshape from '../../engine/layers/reshape'
import softmax from '../../engine/layers/softmax'
import { accepted, flopsOf, refused } from '../support/shapeRule'

const tokens = (classes?: number) => ({ shape: [2, 5], dtype: 'i32', classes }) as const

test('dense has kernel (in, out), then bias', () => {
  const { params } = completeParams(dense.params, { numHiddens: 10 })
  expect(dense.weights?.({ x: { shape: [4, 84], dtype: 'f32' } }, params)).toEqual({
    kernel: { shape: [84, 10], init: 'xavier', fanIn: 84, fanOut: 10 },
    bias: { shape: [10], init: 'zeros' },
  })
  expect(flopsOf(dense, { x: [4, 84] }, { numHiddens: 10 })).toBe(4 * 10 * (2 * 84 + 1))
})

test('dense given images offers to insert a Flatten', () => {
  expect(refused(dense, { x: [4, 16, 4, 4] })).toMatchObject({
    code: 'shape.rank',
    port: 'x',
    values: { got: 'N×16×4×4' },
    fixes: [{ edits: [{ type: 'insertBefore', port: 'x', kind: 'flatten', params: {} }] }],
  })
})

test('dense given one number a sample offers a Flatten, which makes rows of one', () => {
  expect(refused(dense, { x: [4] }).fixes?.[0]?.edits).toEqual([{ type: 'insertBefore', port: 'x', kind: 'flatten', params: {} }])
  expect(accepted(flatten, { x: [4] })).toMatchObject({ y: { shape: [4, 1] } })
})

test('dense refuses what a Flatten would not mend without offering one', () => {
  expect(refused(dense, { x: [] }).fixes).toEqual([])
  expect(refused(dense, { x: tokens() })).toMatchObject({ code: 'shape.dtype' })
})

test('flatten keeps the batch, the dtype and the classes', () => {
  expect(accepted(flatten, { x: [2, 16, 4, 4] })).toEqual({ y: { shape: [2, 256], dtype: 'f32' } })
  expect(accepted(flatten, { x: { shape: [2, 3, 4], dtype: 'i32', classes: 9 } })).toEqual({
    y: { shape: [2, 12], dtype: 'i32', classes: 9 },
  })
})

test('reshape works out one −1 and refuses what does not fill the shape', () => {
  expect(accepted(reshape, { x: [2, 12] }, { shape: [3, -1] })).toEqual({ y: { shape: [2, 3, 4], dtype: 'f32' } })
  expect(refused(reshape, { x: [2, 12] }, { shape: [5, -1] })).toMatchObject({
    code: 'shape.elements',
    values: { expected: '5×-1', got: 12 },
  })
  expect(refused(reshape, { x: [2, 12] }, { shape: [3, 5] })).toMatchObject({
    code: 'shape.elements',
    fixes: [{ title: { en: 'Make it 3×4' }, edits: [{ type: 'setParam', param: 'shape', value: [3, -1] }] }],
  })
  expect(refused(reshape, { x: [2, 12] }, { shape: [5, 7] }).fixes).toEqual([])
  expect(refused(reshape, { x: [2, 12] }, { shape: [-1, -1] })).toMatchObject({ code: 'param.invalid', param: 'shape' })
  expect(refused(reshape, { x: [2, 12] }, { shape: [0, 12] })).toMatchObject({ code: 'param.invalid', param: 'shape' })
})

test('embedding wants tokens that its table holds', () => {
  expect(accepted(embedding, { x: tokens(7) }, { numTokens: 7, numHiddens: 3 })).toEqual({ y: { shape: [2, 5, 3], dtype: 'f32' } })
  expect(refused(embedding, { x: [2, 5] })).toMatchObject({ code: 'shape.dtype', port: 'x' })
  expect(refused(embedding, { x: tokens(8) }, { numTokens: 7 })).toMatchObject({
    code: 'shape.tokens',
    fixes: [{ edits: [{ type: 'setParam', param: 'numTokens', value: 8 }] }],
  })
})

test('softmax refuses an axis that is not there', () => {
  expect(refused(softmax, { x: [2, 3] }, { axis: 2 })).toMatchObject({ code: 'shape.axis', param: 'axis', values: { got: 2 } })
  expect(refused(softmax, { x: [2, 3] }, { axis: -3 }).fixes?.[0]?.edits).toEqual([{ type: 'setParam', param: 'axis', value: -1 }])
  expect(refused(softmax, { x: [] })).toMatchObject({ code: 'shape.axis', fixes: [] })
})

test('batch normalisation keeps running statistics last and out of training', () => {
  const weights = batchNorm.weights?.({ x: { shape: [4, 6, 2, 2], dtype: 'f32' } }, completeParams(batchNorm.params, {}).params) ?? {}
  expect(Object.entries(weights).map(([name, { shape, trainable }]) => [name, ...shape, trainable ?? true])).toEqual([
    ['scale', 6, true],
    ['shift', 6, true],
    ['runningMean', 6, false],
    ['runningVariance', 6, false],
  ])
  expect(refused(batchNorm, { x: [2, 3, 4] })).toMatchObject({ code: 'shape.rank' })
})
