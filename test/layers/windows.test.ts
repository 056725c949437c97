/** @file Convolution and pooling: extents, weights, counts, and what they refuse. */
import { expect, test } from 'vitest'
import avgPool2d from '../../engine/layers/avgPool2d'
import conv2d from '../../engine/layers/conv2d'
import globalAvgPool2d from '../../engine/layers/globalAvgPool2d'
import { completeParams } from '../../engine/layers/kit/validate'
import maxPool2d from '../../engine/layers/maxPool2d'
import { accepted, flopsOf, refused } from '../support/shapeRule'

test.each([
  { x: [32, 1, 28, 28], params: { numChannels: 6, kernelSize: 5 }, y: [32, 6, 24, 24] },
  { x: [1, 3, 224, 224], params: { numChannels: 96, kernelSize: 11, stride: 4 }, y: [1, 96, 54, 54] },
  { x: [1, 1, 96, 96], params: { numChannels: 64, kernelSize: 7, stride: 2, padding: 3 }, y: [1, 64, 48, 48] },
  { x: [2, 4, 9, 8], params: { numChannels: 2, kernelSize: 3, dilation: [2, 3], padding: 1 }, y: [2, 2, 7, 4] },
])('conv2d takes $x to $y', ({ x, params, y }) => {
  expect(accepted(conv2d, { x }, params)).toEqual({ y: { shape: y, dtype: 'f32' } })
})

test('conv2d has kernel (out, in / groups, height, width), then bias', () => {
  const { params } = completeParams(conv2d.params, { numChannels: 6, kernelSize: [3, 5], groups: 2 })
  expect(conv2d.weights?.({ x: { shape: [1, 4, 9, 9], dtype: 'f32' } }, params)).toEqual({
    kernel: { shape: [6, 2, 3, 5], init: 'xavier', fanIn: 30, fanOut: 45 },
    bias: { shape: [6], init: 'zeros' },
  })
})

test('operations count a multiply-add as two', () => {
  // 6·24·24 outputs of 25 multiply-adds and a bias
  expect(flopsOf(conv2d, { x: [1, 1, 28, 28] }, { numChannels: 6, kernelSize: 5 })).toBe(6 * 24 * 24 * 51)
  expect(flopsOf(maxPool2d, { x: [1, 6, 24, 24] })).toBe(6 * 12 * 12 * 4)
})

test.each([conv2d, maxPool2d, avgPool2d, globalAvgPool2d])('$kind wants real images', (layer) => {
  expect(refused(layer, { x: [4, 100] })).toMatchObject({ code: 'shape.rank', port: 'x', values: { got: 'N×100' } })
  expect(refused(layer, { x: { shape: [1, 1, 9, 9], dtype: 'i32' } })).toMatchObject({ code: 'shape.dtype', port: 'x' })
})

test.each([conv2d, maxPool2d, avgPool2d])('$kind refuses a window larger than the padded image', (layer) => {
  expect(refused(layer, { x: [1, 1, 2, 9] }, { kernelSize: 5, padding: 1 })).toMatchObject({
    code: 'shape.window',
    param: 'kernelSize',
    values: { expected: '5×5', got: '4×11' },
  })
})

test('dilation widens the window', () => {
  expect(refused(conv2d, { x: [1, 1, 5, 5] }, { kernelSize: 3, dilation: 3 })).toMatchObject({ values: { expected: '7×7', got: '5×5' } })
})

test('groups must divide the channels on both sides', () => {
  expect(refused(conv2d, { x: [1, 3, 5, 5] }, { numChannels: 4, groups: 2 })).toMatchObject({
    code: 'shape.groups',
    port: 'x',
    values: { got: 3 },
  })
  expect(refused(conv2d, { x: [1, 4, 5, 5] }, { numChannels: 3, groups: 2 })).toMatchObject({ code: 'shape.groups', param: 'numChannels' })
})

test.each([maxPool2d, avgPool2d])('$kind refuses windows that could lie in the padding alone', (layer) => {
  expect(refused(layer, { x: [1, 1, 8, 8] }, { kernelSize: 3, padding: 2 })).toMatchObject({
    code: 'shape.padding',
    param: 'padding',
    values: { expected: '1×1', got: '2×2' },
  })
})

test('pooling rounds down, as PyTorch does', () => {
  expect(accepted(maxPool2d, { x: [1, 2, 7, 9] })).toEqual({ y: { shape: [1, 2, 3, 4], dtype: 'f32' } })
  expect(accepted(globalAvgPool2d, { x: [5, 7, 3, 4] })).toEqual({ y: { shape: [5, 7], dtype: 'f32' } })
})
