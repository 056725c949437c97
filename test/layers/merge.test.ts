/** @file Layers that join wires, and the projection that makes unequal ones meet. */
import { expect, test } from 'vitest'
import add from '../../engine/layers/add'
import concat from '../../engine/layers/concat'
import multiply from '../../engine/layers/multiply'
import { accepted, refused } from '../support/shapeRule'

const tokens = { shape: [2, 3], dtype: 'i32' } as const

test('add on a residual block with half the size and twice the channels projects the shortcut', () => {
  const problem = refused(add, {
    x: [
      [8, 128, 28, 28],
      [8, 64, 56, 56],
    ],
  })
  expect(problem).toMatchObject({ code: 'shape.mismatch', port: 'x', values: { expected: 'N×128×28×28', got: 'N×64×56×56' } })
  expect(problem.fixes?.map(({ edits }) => edits)).toEqual([
    [{ type: 'insertBefore', port: 'x', index: 1, kind: 'conv2d', params: { numChannels: 128, kernelSize: 1, stride: 2 } }],
  ])
})

test.each([
  {
    what: 'channels only',
    x: [
      [2, 64, 7, 7],
      [2, 32, 7, 7],
    ],
    index: 1,
    params: { numChannels: 64, kernelSize: 1 },
  },
  {
    what: 'the first wire is narrower',
    x: [
      [2, 32, 7, 7],
      [2, 64, 7, 7],
    ],
    index: 0,
    params: { numChannels: 64, kernelSize: 1 },
  },
  {
    what: 'the wider wire is the larger image',
    x: [
      [2, 64, 9, 9],
      [2, 32, 5, 5],
    ],
    index: 0,
    params: { numChannels: 32, kernelSize: 1, stride: 2 },
  },
  {
    what: 'strides that differ',
    x: [
      [2, 8, 4, 9],
      [2, 4, 8, 9],
    ],
    index: 1,
    params: { numChannels: 8, kernelSize: 1, stride: [2, 1] },
  },
])('a 1×1 convolution mends $what', ({ x, index, params }) => {
  const [fix] = refused(add, { x }).fixes ?? []
  expect(fix?.edits).toEqual([{ type: 'insertBefore', port: 'x', index, kind: 'conv2d', params }])
  // and then the shapes meet
  const { stride = 1 } = params as { stride?: number | number[] }
  const [height = 1, width = 1] = typeof stride === 'number' ? [stride, stride] : stride
  const [batch = 0, , h = 0, w = 0] = x[index] as number[]
  const mended = [batch, params.numChannels, Math.floor((h - 1) / height) + 1, Math.floor((w - 1) / width) + 1]
  expect(accepted(add, { x: x.map((shape, i) => (i === index ? mended : shape)) })).toMatchObject({ y: { shape: mended } })
})

test('features are mended with a dense layer', () => {
  expect(
    refused(add, {
      x: [
        [4, 10],
        [4, 20],
      ],
    }).fixes?.[0]?.edits,
  ).toEqual([{ type: 'insertBefore', port: 'x', index: 0, kind: 'dense', params: { numHiddens: 20 } }])
})

test('what no projection mends has no fix', () => {
  expect(
    refused(add, {
      x: [
        [4, 10],
        [5, 10],
      ],
    }).fixes,
  ).toEqual([])
  expect(
    refused(multiply, {
      x: [
        [4, 10],
        [4, 10, 2, 2],
      ],
    }).fixes,
  ).toEqual([])
  expect(
    refused(add, {
      x: [
        [1, 2, 7, 4],
        [1, 2, 4, 7],
      ],
    }).fixes,
  ).toEqual([])
})

test.each([add, multiply])('$kind wants real numbers', (layer) => {
  expect(refused(layer, { x: [[2, 3], tokens] })).toMatchObject({ code: 'shape.dtype', port: 'x' })
})

test('concat adds up one axis and refuses differences on the others', () => {
  expect(
    accepted(concat, {
      x: [
        [2, 3, 4, 4],
        [2, 5, 4, 4],
        [2, 1, 4, 4],
      ],
    }),
  ).toEqual({ y: { shape: [2, 9, 4, 4], dtype: 'f32' } })
  expect(
    refused(concat, {
      x: [
        [2, 3, 4, 4],
        [2, 5, 4, 5],
      ],
    }),
  ).toMatchObject({
    code: 'shape.mismatch',
    values: { expected: 'N×?×4×4 f32', got: 'N×5×4×5 f32' },
  })
  expect(
    refused(concat, {
      x: [
        [2, 3],
        [2, 3, 1],
      ],
    }),
  ).toMatchObject({ code: 'shape.mismatch' })
  expect(refused(concat, { x: [[2, 3], tokens] })).toMatchObject({ code: 'shape.mismatch' })
  expect(
    refused(
      concat,
      {
        x: [
          [2, 3],
          [2, 3],
        ],
      },
      { axis: 2 },
    ),
  ).toMatchObject({ code: 'shape.axis', param: 'axis', fixes: [{ edits: [{ type: 'setParam', param: 'axis', value: -1 }] }] })
})

test('concat of whole numbers may hold whatever any of its inputs may hold', () => {
  const some = { shape: [2, 1], dtype: 'i32', classes: 5 } as const
  expect(accepted(concat, { x: [some, { ...some, classes: 9 }] }).y).toEqual({ shape: [2, 2], dtype: 'i32', classes: 9 })
  expect(accepted(concat, { x: [some, tokens] }, { axis: -1 }).y).toEqual({ shape: [2, 4], dtype: 'i32' })
})
