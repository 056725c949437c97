/** @file E1: transposed convolution and what else changes the size of images: extents, weights, bilinear enlargement, refusals with their fixes. */
import { describe, expect, it } from 'vitest'
import { initializeWeights } from '../../engine/initializers/initialize'
import conv2d from '../../engine/layers/conv2d'
import convTranspose2d from '../../engine/layers/convTranspose2d'
import crop2d from '../../engine/layers/crop2d'
import { completeParams } from '../../engine/layers/kit/validate'
import upsample2d from '../../engine/layers/upsample2d'
import zeroPad2d from '../../engine/layers/zeroPad2d'
import { runLayer } from '../support/runLayer'
import { accepted, flopsOf, refused } from '../support/shapeRule'

const numbers = (count: number, seed: number): number[] => Array.from({ length: count }, (_, i) => Math.sin(seed + 1.7 * i))

describe('E1: transposed convolution', () => {
  it.each([
    { x: [1, 3, 20, 30], params: { numChannels: 4, kernelSize: 64, stride: 32, padding: 16 }, y: [1, 4, 640, 960] },
    { x: [2, 6, 5, 5], params: { numChannels: 2 }, y: [2, 2, 10, 10] },
    { x: [1, 1, 3, 4], params: { numChannels: 1, kernelSize: 3, stride: [2, 3], padding: 0, outputPadding: [1, 2] }, y: [1, 1, 8, 14] },
    { x: [1, 2, 4, 4], params: { numChannels: 2, kernelSize: 3, stride: 1, padding: 0, dilation: 2 }, y: [1, 2, 8, 8] },
  ])('takes $x to $y', ({ x, params, y }) => {
    expect(accepted(convTranspose2d, { x }, params)).toEqual({ y: { shape: y, dtype: 'f32' } })
  })

  it('has kernel (in, out / groups, height, width), then bias', () => {
    const { params } = completeParams(convTranspose2d.params, { numChannels: 6, kernelSize: [4, 2], groups: 2 })
    expect(convTranspose2d.weights?.({ x: { shape: [1, 4, 9, 9], dtype: 'f32' } }, params)).toEqual({
      kernel: { shape: [4, 3, 4, 2], init: 'xavier', fanIn: 4, fanOut: 24 },
      bias: { shape: [6], init: 'zeros' },
    })
    expect(flopsOf(convTranspose2d, { x: [1, 3, 2, 2] }, { numChannels: 5 })).toBe(3 * 4 * 2 * 5 * 16 + 5 * 16)
  })

  it('is the adjoint of the convolution with the same kernel: ⟨conv x, y⟩ = ⟨x, transposed y⟩', () => {
    const window = { kernelSize: 3, stride: 2, padding: 1, useBias: false }
    const weights = { kernel: { shape: [4, 3, 3, 3], data: numbers(108, 1) } }
    const [x, y] = [numbers(3 * 7 * 7, 2), numbers(4 * 4 * 4, 3)]
    const there = runLayer(conv2d, { x: { shape: [1, 3, 7, 7], data: x } }, { params: { ...window, numChannels: 4 }, weights }).y ?? []
    const back =
      runLayer(convTranspose2d, { x: { shape: [1, 4, 4, 4], data: y } }, { params: { ...window, numChannels: 3 }, weights }).y ?? []
    const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, v, i) => sum + v * (b[i] as number), 0)
    expect([there.length, back.length]).toEqual([y.length, x.length])
    expect(dot(there, y)).toBeCloseTo(dot(x, back), 10)
  })

  it('begins as linear interpolation with bilinear weights and a window of twice the stride', () => {
    const given = { numChannels: 1, kernelSize: 6, stride: 3, padding: 2, outputPadding: 1, useBias: false, initializer: 'bilinear' }
    const { params } = completeParams(convTranspose2d.params, given)
    const x = { shape: [1, 1, 4, 5], dtype: 'f32' } as const
    const weights = convTranspose2d.weights?.({ x }, params) ?? {}
    const kernel = initializeWeights({ nodes: [{ path: 'up', weights } as never] }, 0).get('up.kernel') ?? new Float32Array()
    // A slope stays a slope where no border is near: rows 5 apart become rows 5/3 apart.
    const slope = Array.from({ length: 20 }, (_, k) => 5 * Math.floor(k / 5) + 2 * (k % 5))
    const { y = [] } = runLayer(
      convTranspose2d,
      { x: { shape: x.shape, data: slope } },
      { params: given, weights: { kernel: { shape: [1, 1, 6, 6], data: [...kernel] } } },
    )
    const width = 15
    for (const [i, j] of [
      [4, 4],
      [5, 7],
      [7, 9],
    ] as const) {
      expect((y[(i + 1) * width + j] ?? 0) - (y[i * width + j] ?? 0)).toBeCloseTo(5 / 3, 6)
      expect((y[i * width + j + 1] ?? 0) - (y[i * width + j] ?? 0)).toBeCloseTo(2 / 3, 6)
    }
  })

  it('refuses an output padding of the stride or more, with the most there can be', () => {
    expect(refused(convTranspose2d, { x: [1, 1, 4, 4] }, { stride: [2, 3], outputPadding: 2 })).toMatchObject({
      code: 'shape.output-padding',
      param: 'outputPadding',
      fixes: [{ edits: [{ type: 'setParam', param: 'outputPadding', value: [1, 2] }] }],
    })
  })
  it('refuses to cut everything off', () => {
    expect(refused(convTranspose2d, { x: [1, 1, 1, 1] }, { kernelSize: 3, padding: 2 })).toMatchObject({
      code: 'shape.nothing-left',
      param: 'padding',
      fixes: [{ edits: [{ type: 'setParam', param: 'padding', value: 0 }] }],
    })
  })
  it('refuses channels that do not divide into the groups', () => {
    expect(refused(convTranspose2d, { x: [1, 3, 5, 5] }, { numChannels: 4, groups: 2 })).toMatchObject({ code: 'shape.groups', port: 'x' })
  })
})

describe('E1: padding, cropping, repeating', () => {
  const image = { shape: [1, 1, 2, 2], data: [1, 2, 3, 4] }
  it('repeats pixels', () => {
    expect(runLayer(upsample2d, { x: image }, { params: { factor: [1, 2] } }).y).toEqual([1, 1, 2, 2, 3, 3, 4, 4])
    expect(accepted(upsample2d, { x: [2, 3, 4, 5] })).toEqual({ y: { shape: [2, 3, 8, 10], dtype: 'f32' } })
  })
  it('pads and crops side by side, the one undoing the other', () => {
    const sides = { top: 1, bottom: 0, left: 0, right: 2 }
    const padded = runLayer(zeroPad2d, { x: image }, { params: sides }).y ?? []
    expect(padded).toEqual([0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0])
    expect(runLayer(crop2d, { x: { shape: [1, 1, 3, 4], data: padded } }, { params: sides }).y).toEqual(image.data)
  })
  it('refuses to crop everything', () => {
    const problem = refused(crop2d, { x: [1, 1, 2, 9] })
    expect(problem).toMatchObject({ code: 'shape.nothing-left', port: 'x' })
    const less = Object.fromEntries(
      problem.fixes?.[0]?.edits.map((edit) => (edit.type === 'setParam' ? [edit.param, edit.value] : [])) ?? [],
    )
    expect(less).toEqual({ top: 1, bottom: 0, left: 1, right: 1 })
    expect(accepted(crop2d, { x: [1, 1, 2, 9] }, less).y?.shape).toEqual([1, 1, 1, 7])
  })
})
