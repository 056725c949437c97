/** @file Slicing, splitting, transposing, gathering: which numbers end up where, and what is refused with which fix. */
import { describe, expect, test } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { checkStructure } from '../../engine/document/structure'
import { exportTypeScript } from '../../engine/export/typescript'
import gather from '../../engine/layers/gather'
import l2Normalize from '../../engine/layers/l2Normalize'
import oneHotEncoding from '../../engine/layers/oneHotEncoding'
import reduce from '../../engine/layers/reduce'
import slice from '../../engine/layers/slice'
import split from '../../engine/layers/split'
import transpose from '../../engine/layers/transpose'
import { inferShapes } from '../../engine/shapes/infer'
import { documentOf, node } from '../fixtures/documents'
import { whole } from '../support/numbers'
import { runLayer } from '../support/runLayer'
import { accepted, refused } from '../support/shapeRule'

const count = (shape: number[]) => ({ shape, data: Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i) })

describe('slice', () => {
  const x = count([1, 6])
  test.each([
    { params: {}, y: [0, 1, 2, 3, 4, 5] },
    { params: { start: 2 }, y: [2, 3, 4, 5] },
    { params: { start: -2 }, y: [4, 5] },
    { params: { stop: 3 }, y: [0, 1, 2] },
    { params: { stop: -4 }, y: [0, 1] },
    { params: { start: 1, stop: 6, step: 2 }, y: [1, 3, 5] },
    { params: { start: -5, stop: -1, step: 3 }, y: [1, 4] },
    { params: { axis: -1, start: 5 }, y: [5] },
  ])('$params keeps $y', ({ params, y }) => {
    expect(runLayer(slice, { x }, { params }).y).toEqual(y)
    expect(accepted(slice, { x: [1, 6] }, params)).toMatchObject({ y: { shape: [1, y.length] } })
  })

  test.each([
    { params: { start: 6 }, param: 'start', start: 0, stop: 0 },
    { params: { start: -7 }, param: 'start', start: 0, stop: 0 },
    { params: { start: -9, stop: 4 }, param: 'start', start: 0, stop: 4 },
    { params: { start: 2, stop: 9 }, param: 'stop', start: 2, stop: 0 },
    { params: { start: 3, stop: 3 }, param: 'stop', start: 0, stop: 0 },
    { params: { start: 4, stop: -3 }, param: 'stop', start: 0, stop: 0 },
    { params: { stop: -6 }, param: 'stop', start: 0, stop: 0 },
  ])('$params lies outside; the fix keeps what there is', ({ params, param, start, stop }) => {
    const problem = refused(slice, { x: [1, 6] }, params)
    expect(problem).toMatchObject({ code: 'shape.slice', param })
    expect(problem.fixes?.map(({ edits }) => edits)).toEqual([
      [
        { type: 'setParam', param: 'start', value: start },
        { type: 'setParam', param: 'stop', value: stop },
      ],
    ])
    accepted(slice, { x: [1, 6] }, { ...params, start, stop })
  })

  test.each([0, 2, -2, -3])('axis %i is not behind the batch', (axis) => {
    expect(refused(slice, { x: [3, 4] }, { axis })).toMatchObject({
      code: 'shape.axis',
      param: 'axis',
      fixes: [{ edits: [{ type: 'setParam', param: 'axis', value: -1 }] }],
    })
  })

  test('one number a sample cannot be cut', () => {
    expect(refused(slice, { x: [3] })).toMatchObject({ code: 'shape.rank' })
  })
})

describe('split', () => {
  test('gives equal parts in order, and puts their gradients together', () => {
    const { part1, part2, part3, part4, 'grad:x': gradient } = runLayer(split, { x: count([2, 6]) }, { params: { parts: 3 } })
    expect([part1, part2, part3, part4]).toEqual([[0, 1, 6, 7], [2, 3, 8, 9], [4, 5, 10, 11], undefined])
    expect(gradient).toEqual(new Array(12).fill(1))
  })

  test.each([
    { x: [2, 9], parts: 2, nearest: 3 },
    { x: [2, 10], parts: 7, nearest: 5 },
    { x: [2, 16], parts: 7, nearest: 8 },
  ])('$x does not divide into $parts parts; $nearest would do', ({ x, parts, nearest }) => {
    const problem = refused(split, { x }, { parts })
    expect(problem).toMatchObject({ code: 'shape.divide', param: 'parts', values: { expected: parts, got: x[1] } })
    expect(problem.fixes?.[0]?.edits).toEqual([{ type: 'setParam', param: 'parts', value: nearest }])
  })

  test('more than eight entries of a prime number have no fix', () => {
    expect(refused(split, { x: [2, 11] }).fixes).toEqual([])
  })

  const fourGates = (parts: number) =>
    documentOf(
      [node('x', 'input', { shape: [8] }), node('split1', 'split', { parts }), node('add1', 'add')],
      ['x.y > split1.x', 'split1.part1 > add1.x', 'split1.part4 > add1.x'],
    )

  test('a node has as many outputs as it has parts', () => {
    expect(inferShapes(fourGates(4)).diagnostics).toEqual([])
    expect(inferShapes(fourGates(4)).types.get('add1')).toMatchObject({ y: { shape: [4, 2] } })
    const lost = { code: 'graph.dangling-edge', nodeId: 'split1', values: { got: 'split1.part4' } }
    expect(checkStructure(fourGates(2))).toMatchObject([lost])
    // and is told once
    expect(inferShapes(fourGates(2)).diagnostics).toMatchObject([lost])
  })

  test('where a block’s parameter decides, what it takes away is reported where it was read', () => {
    const within = (parts: number) =>
      documentOf([node('x', 'input', { shape: [8] }), { ...node('gates1', 'block', { parts }), block: 'gates' }], ['x.y > gates1.x'], {
        blocks: {
          gates: {
            title: 'Gates',
            params: { parts: 4 },
            nodes: [
              node('x', 'blockInput'),
              node('split1', 'split', { parts: { $param: 'parts' } }),
              node('relu1', 'relu'),
              node('y', 'blockOutput'),
            ],
            edges: [
              { from: { node: 'x', port: 'y' }, to: { node: 'split1', port: 'x' } },
              { from: { node: 'split1', port: 'part3' }, to: { node: 'relu1', port: 'x' } },
              { from: { node: 'relu1', port: 'y' }, to: { node: 'y', port: 'x' } },
            ],
            layout: {},
          },
        },
      })
    expect(inferShapes(within(4)).diagnostics).toEqual([])
    expect(inferShapes(within(4)).types.get('gates1')).toMatchObject({ y: { shape: [4, 2] } })
    expect(inferShapes(within(2)).diagnostics).toMatchObject([
      { code: 'graph.dangling-edge', nodeId: 'gates1/relu1', port: 'x', values: { got: 'gates1/split1.part3' } },
    ])
  })

  test('a part that is not there is named, in code too', () => {
    const g = graph('thirds')
    g.relu(g.split(g.input('x', [9]), { parts: 3 }).part4)
    expect(inferShapes(g.document()).diagnostics).toMatchObject([{ code: 'graph.dangling-edge', values: { got: 'split1.part4' } }])
  })

  test('reads the same in code', () => {
    const g = graph('halves')
    const x = g.input('x', [8])
    const parts = g.split(x, { parts: 4 })
    g.multiply([parts.part2, g.sigmoid(parts.part4)])
    const code = exportTypeScript(g.document())
    expect(code).toContain('const split1 = g.split(x, { parts: 4 })')
    expect(code).toContain('split1.part2')
    expect(code).toContain('split1.part4')
  })
})

describe('transpose', () => {
  test('puts the axes in the order given', () => {
    expect(runLayer(transpose, { x: count([1, 2, 3]) }).y).toEqual([0, 3, 1, 4, 2, 5])
    expect(accepted(transpose, { x: [5, 2, 3, 4] }, { order: [2, 3, 1] })).toEqual({ y: { shape: [5, 3, 4, 2], dtype: 'f32' } })
  })

  test.each([[[1]], [[1, 1]], [[2, 3]], [[1, 2, 3]], [[]]])('%j is no order of two axes', (order) => {
    const problem = refused(transpose, { x: [5, 2, 3] }, { order })
    expect(problem).toMatchObject({ code: 'shape.permutation', param: 'order' })
    expect(problem.fixes?.[0]?.edits).toEqual([{ type: 'setParam', param: 'order', value: [2, 1] }])
  })

  test('one number a sample has no axes to move', () => {
    expect(refused(transpose, { x: [5] })).toMatchObject({ code: 'shape.rank' })
  })
})

describe('gather', () => {
  const x = count([2, 3, 2])
  test('picks rows within each sample', () => {
    expect(runLayer(gather, { x, index: whole([2], [2, 0]) }).y).toEqual([4, 5, 6, 7])
    expect(runLayer(gather, { x, index: whole([2, 2], [1, 1, 2, 0]) }).y).toEqual([2, 3, 2, 3, 10, 11, 6, 7])
  })

  test('picks rows of the batch', () => {
    expect(runLayer(gather, { x: count([3, 2]), index: whole([4], [2, 2, 0, 1]) }, { params: { from: 'batch' } }).y).toEqual([
      4, 5, 4, 5, 0, 1, 2, 3,
    ])
  })

  test('a number that names no row reads row 0 of its own sample', () => {
    expect(runLayer(gather, { x, index: whole([2, 2], [-1, 3, -1, 3]) }).y).toEqual([0, 1, 0, 1, 6, 7, 6, 7])
  })

  test('refuses numbers of too many rows, of another batch, and real ones', () => {
    const index = (shape: number[], classes?: number) => ({ shape, dtype: 'i32', classes }) as const
    expect(refused(gather, { x: [2, 3, 2], index: index([2], 4) })).toMatchObject({
      code: 'shape.indices',
      port: 'index',
      values: { expected: 3, got: 4 },
    })
    expect(refused(gather, { x: [2, 3], index: index([3], 3) })).toMatchObject({ code: 'shape.mismatch', port: 'index' })
    expect(refused(gather, { x: [2, 3], index: [2] })).toMatchObject({ code: 'shape.dtype', port: 'index' })
    expect(refused(gather, { x: [2], index: index([2], 2) })).toMatchObject({ code: 'shape.rank' })
    expect(accepted(gather, { x: [2], index: index([5], 2) }, { from: 'batch' })).toMatchObject({ y: { shape: [5] } })
  })
})

test('one-hot rows must be long enough', () => {
  expect(runLayer(oneHotEncoding, { x: whole([3], [1, 0, 2]) }, { params: { classes: 3 } }).y).toEqual([0, 1, 0, 1, 0, 0, 0, 0, 1])
  const problem = refused(oneHotEncoding, { x: { shape: [4], dtype: 'i32', classes: 12 } })
  expect(problem).toMatchObject({ code: 'shape.indices', values: { expected: 10, got: 12 } })
  expect(problem.fixes?.[0]?.edits).toEqual([{ type: 'setParam', param: 'classes', value: 12 }])
  expect(refused(oneHotEncoding, { x: [4] })).toMatchObject({ code: 'shape.dtype' })
})

describe('reduce', () => {
  const x = count([1, 2, 3])
  test.each([
    { params: { operation: 'mean' }, y: [1, 4] },
    { params: { operation: 'sum', axes: [1] }, y: [3, 5, 7] },
    { params: { operation: 'max', axes: [] }, y: [5] },
    { params: { operation: 'min', axes: [-1, 1] }, y: [0] },
  ])('$params', ({ params, y }) => {
    expect(runLayer(reduce, { x }, { params }).y).toEqual(y)
  })

  test.each([[[0]], [[3]], [[-3]], [[1, -2]], [[2, 2]]])('axes %j are refused', (axes) => {
    const problem = refused(reduce, { x: [1, 2, 3] }, { axes })
    expect(problem).toMatchObject({ code: 'shape.axis', param: 'axes' })
    expect(problem.fixes?.[0]?.edits).toEqual([{ type: 'setParam', param: 'axes', value: [] }])
  })

  test('one number a sample has nothing to reduce', () => {
    expect(refused(reduce, { x: [4] })).toMatchObject({ code: 'shape.rank' })
    expect(accepted(reduce, { x: [4] }, { axes: [] })).toMatchObject({ y: { shape: [4] } })
  })
})

test('L2 normalisation gives length 1 and leaves zero at zero, with a finite gradient', () => {
  const { y, 'grad:x': gradient = [] } = runLayer(l2Normalize, { x: { shape: [2, 2], data: [3, 4, 0, 0] } })
  expect(y).toEqual([0.6, 0.8, 0, 0])
  expect(gradient.every(Number.isFinite)).toBe(true)
  expect(refused(l2Normalize, { x: [2, 3] }, { axis: 0 })).toMatchObject({ code: 'shape.axis' })
})
