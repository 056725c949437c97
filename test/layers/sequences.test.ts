/** @file E1, F8: 1-d convolution and pools, max over time, layer normalisation: extents in both orders of the axes, and refusals with their fixes. */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import avgPool1d from '../../engine/layers/avgPool1d'
import conv1d from '../../engine/layers/conv1d'
import globalMaxPool2d from '../../engine/layers/globalMaxPool2d'
import { completeParams } from '../../engine/layers/kit/validate'
import layerNorm from '../../engine/layers/layerNorm'
import lstm from '../../engine/layers/lstm'
import maxOverTime from '../../engine/layers/maxOverTime'
import maxPool1d from '../../engine/layers/maxPool1d'
import { inferShapes } from '../../engine/shapes/infer'
import { runLayer } from '../support/runLayer'
import { accepted, flopsOf, refused } from '../support/shapeRule'

describe('F8: 1-d convolution', () => {
  it('takes (N, L, C) to (N, L − k + 1, channels), and (N, C, L) likewise', () => {
    expect(accepted(conv1d, { x: [2, 50, 100] }, { numChannels: 7, kernelSize: 4 }).y?.shape).toEqual([2, 47, 7])
    expect(accepted(conv1d, { x: [2, 100, 50] }, { numChannels: 7, kernelSize: 4, layout: 'NCL' }).y?.shape).toEqual([2, 7, 47])
  })
  it('has kernel (out, in / groups, width), then bias', () => {
    const { params } = completeParams(conv1d.params, { numChannels: 6, kernelSize: 5, groups: 2 })
    expect(conv1d.weights?.({ x: { shape: [1, 9, 4], dtype: 'f32' } }, params)).toEqual({
      kernel: { shape: [6, 2, 5], init: 'xavier', fanIn: 10, fanOut: 15 },
      bias: { shape: [6], init: 'zeros' },
    })
    expect(flopsOf(conv1d, { x: [2, 9, 4] }, { numChannels: 6, kernelSize: 5, groups: 2 })).toBe(2 * 6 * 5 * (2 * 10 + 1))
  })
  it('computes the same in both orders of the axes', () => {
    const kernel = { shape: [2, 3, 2], data: Array.from({ length: 12 }, (_, i) => Math.cos(i)) }
    const steps = Array.from({ length: 5 }, (_, t) => [t, t * t, 1])
    const params = { numChannels: 2, kernelSize: 2, useBias: false }
    const last = runLayer(conv1d, { x: { shape: [1, 5, 3], data: steps.flat() } }, { params, weights: { kernel } }).y ?? []
    const channels = [0, 1, 2].flatMap((c) => steps.map((step) => step[c] as number))
    const first =
      runLayer(conv1d, { x: { shape: [1, 3, 5], data: channels } }, { params: { ...params, layout: 'NCL' }, weights: { kernel } }).y ?? []
    expect(last).toEqual([0, 1, 2, 3].flatMap((t) => [first[t], first[4 + t]]))
  })
  it('several widths, each with its max over time, make a text classifier', () => {
    const g = graph('textcnn')
    const words = g.embedding(g.input('tokens', { shape: [20], dtype: 'i32', classes: 50 }), { numTokens: 50, numHiddens: 12 })
    const found = [3, 4, 5].map((kernelSize) => g.maxOverTime(g.relu(g.conv1d(words, { numChannels: 8, kernelSize }))))
    g.classify(g.concat(found), 2)
    const shaped = inferShapes(g.document())
    expect(shaped.diagnostics).toEqual([])
    const shapeOf = (kind: string) => shaped.nodes.find(({ layer }) => layer.kind === kind)?.outputs.y?.shape.slice(1)
    expect([shapeOf('conv1d'), shapeOf('maxOverTime'), shapeOf('concat')]).toEqual([[18, 8], [8], [24]])
  })
  it('refuses a window longer than the padded sequence, with the longest that fits', () => {
    expect(refused(conv1d, { x: [1, 4, 8] }, { kernelSize: 7, padding: 1 })).toMatchObject({
      code: 'shape.steps',
      values: { expected: 7, got: 6 },
      fixes: [{ edits: [{ type: 'setParam', param: 'kernelSize', value: 6 }] }],
    })
  })
  it('refuses what is no sequence, and groups that do not divide', () => {
    expect(refused(conv1d, { x: [1, 4, 8, 8] })).toMatchObject({ code: 'shape.rank', port: 'x' })
    expect(refused(conv1d, { x: { shape: [1, 4, 2], dtype: 'i32' } })).toMatchObject({ code: 'shape.dtype' })
    expect(refused(conv1d, { x: [1, 9, 3] }, { numChannels: 4, groups: 2 })).toMatchObject({ code: 'shape.groups', values: { got: 3 } })
  })
})

describe('E1: pools', () => {
  it.each([maxPool1d, avgPool1d])('$kind shortens sequences, rounding down', (layer) => {
    expect(accepted(layer, { x: [2, 7, 3] }).y?.shape).toEqual([2, 3, 3])
    expect(accepted(layer, { x: [2, 3, 7] }, { layout: 'NCL' }).y?.shape).toEqual([2, 3, 3])
    expect(refused(layer, { x: [2, 1, 3] })).toMatchObject({ code: 'shape.steps' })
    expect(refused(layer, { x: [2, 7, 3] }, { kernelSize: 3, padding: 2 })).toMatchObject({
      code: 'shape.padding',
      fixes: [{ edits: [{ param: 'padding', value: 1 }] }],
    })
  })
  it('max over time and global max pooling leave one number a channel', () => {
    expect(runLayer(maxOverTime, { x: { shape: [1, 3, 2], data: [1, -9, 3, -7, 2, -8] } }).y).toEqual([3, -7])
    expect(accepted(maxOverTime, { x: [4, 9, 5] }, { layout: 'NCL' }).y?.shape).toEqual([4, 9])
    expect(runLayer(globalMaxPool2d, { x: { shape: [1, 2, 1, 2], data: [1, 5, -3, -4] } }).y).toEqual([5, -3])
    expect(refused(globalMaxPool2d, { x: [4, 100] })).toMatchObject({ code: 'shape.rank' })
  })
})

describe('layer normalisation', () => {
  it('has a scale and a shift of the axes it normalises', () => {
    const { params } = completeParams(layerNorm.params, { numAxes: 2 })
    expect(layerNorm.weights?.({ x: { shape: [4, 3, 5], dtype: 'f32' } }, params)).toEqual({
      scale: { shape: [3, 5], init: 'ones' },
      shift: { shape: [3, 5], init: 'zeros' },
    })
  })
  it('leaves the batch out', () => {
    expect(refused(layerNorm, { x: [4, 3] }, { numAxes: 2 })).toMatchObject({
      code: 'shape.axis',
      param: 'numAxes',
      fixes: [{ edits: [{ type: 'setParam', param: 'numAxes', value: 1 }] }],
    })
  })
})

describe('F8: max over time with a mask', () => {
  const x = { shape: [2, 3, 1], data: [1, 5, 9, -4, -2, -3] }
  it('takes the largest of the steps that count, and hands the gradient there', () => {
    const found = runLayer(maxOverTime, { x, mask: { shape: [2, 3], data: [1, 1, 0, 1, 0, 1] } })
    expect(found.y).toEqual([5, -3])
    expect(found['grad:x']).toEqual([0, 1, 0, 0, 0, 1])
  })
  it('gives 0 where none counts', () => {
    const found = runLayer(maxOverTime, { x, mask: { shape: [2, 3], data: [0, 0, 0, 1, 1, 1] } })
    expect(found.y).toEqual([0, -2])
    expect(found['grad:x']).toEqual([0, 0, 0, 0, 1, 0])
  })
  it('refuses a mask of another length', () => {
    expect(refused(maxOverTime, { x: [2, 5, 3], mask: [2, 6] })).toMatchObject({
      code: 'shape.mismatch',
      port: 'mask',
      values: { expected: 'N×5', got: 'N×6' },
      fixes: [{ edits: [{ type: 'adjustSource', port: 'mask', what: 'shape', value: [5] }] }],
    })
  })
})

describe('F4: states of recurrent layers', () => {
  it('of another width are met by as many units', () => {
    expect(refused(lstm, { x: [2, 5, 3], state: [2, 7] }, { numHiddens: 4 })).toMatchObject({
      code: 'shape.mismatch',
      port: 'state',
      values: { expected: 'N×4', got: 'N×7' },
      fixes: [{ edits: [{ type: 'setParam', param: 'numHiddens', value: 7 }] }],
    })
    expect(accepted(lstm, { x: [2, 5, 3], state: [2, 7] }, { numHiddens: 7 }).y?.shape).toEqual([2, 5, 7])
  })
  it('of several widths are not', () => {
    expect(refused(lstm, { x: [2, 5, 3], state: [2, 7], cell: [2, 4] }, { numHiddens: 4 }).fixes).toEqual([])
  })
  it('of another batch, or of fewer rows of cells, are not', () => {
    expect(refused(lstm, { x: [2, 5, 3], cell: [3, 7] }, { numHiddens: 4 }).fixes).toEqual([])
    expect(refused(lstm, { x: [2, 5, 3], state: [2, 4] }, { numHiddens: 4, bidirectional: true }).fixes).toEqual([])
    expect(refused(lstm, { x: [2, 5, 3], mask: [2, 4] }).fixes).toEqual([])
  })
})

describe('F1: tokens where vectors are wanted', () => {
  const tokens = { shape: [2, 9], dtype: 'i32', classes: 30 } as const
  it.each([lstm, conv1d, maxPool1d])('$kind: an embedding makes them vectors', (layer) => {
    const problem = refused(layer, { x: tokens })
    expect(problem).toMatchObject({ code: 'shape.dtype', port: 'x' })
    expect(problem.fixes?.map(({ edits }) => edits)).toEqual([
      [{ type: 'insertBefore', port: 'x', kind: 'embedding', params: { numTokens: 30 } }],
    ])
  })
  it('nothing is offered where it is not known how many there are, or where each sample is one', () => {
    expect(refused(lstm, { x: { shape: [2, 9], dtype: 'i32' } }).fixes).toEqual([])
    expect(refused(lstm, { x: { shape: [2], dtype: 'i32', classes: 30 } }).fixes).toEqual([])
  })
})
