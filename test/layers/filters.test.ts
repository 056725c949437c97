/** @file J2: image filters by their definitions, and what they refuse. */
import { describe, expect, it } from 'vitest'
import { Random } from '../../engine/core/random'
import { ProgramBuilder } from '../../engine/ir/builder'
import { evaluate } from '../../engine/ir/evaluate'
import averageFilter from '../../engine/layers/averageFilter'
import differenceFilter from '../../engine/layers/differenceFilter'
import gaussianFilter from '../../engine/layers/gaussianFilter'
import highPassFilter from '../../engine/layers/highPassFilter'
import type { AnyLayer } from '../../engine/layers/kit/define'
import { angle } from '../../engine/layers/kit/polar'
import medianFilter from '../../engine/layers/medianFilter'
import prewittFilter from '../../engine/layers/prewittFilter'
import quantize from '../../engine/layers/quantize'
import sobelFilter from '../../engine/layers/sobelFilter'
import thinLens from '../../engine/layers/thinLens'
import { runLayer } from '../support/runLayer'
import { refused } from '../support/shapeRule'

type Image = readonly (readonly number[])[]
const filtered = (layer: AnyLayer, image: Image, params = {}): Record<string, number[]> =>
  runLayer(layer, { x: { shape: [1, 1, image.length, image[0]?.length ?? 0], data: image.flat() } }, { params })
const close = (values: readonly number[], digits = 12) => values.map((v) => expect.closeTo(v, digits))
const flat: Image = Array.from({ length: 5 }, () => Array(6).fill(0.7))
const impulse = (size: number): Image =>
  Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => (2 * i + 1 === size && 2 * j + 1 === size ? 1 : 0)))
const ramp = (right: number, down: number): Image =>
  Array.from({ length: 5 }, (_, i) => Array.from({ length: 5 }, (_, j) => right * j + down * i))
/** Of a 5×5 result, what no border has touched. */
const middle = (values: readonly number[] = []): number[] => [6, 7, 8, 11, 12, 13, 16, 17, 18].map((i) => values[i] as number)

/** What the median filter makes of the middle pixels of square images. */
const middles = (side: number, windows: readonly (readonly number[])[]): number[] => {
  const x = { shape: [windows.length, 1, side, side], data: windows.flat() }
  const { y = [] } = runLayer(medianFilter, { x }, { params: { size: `${side}` } })
  return windows.map((_, i) => y[i * side * side + (side * side - 1) / 2] as number)
}

/** All lists of `length` numbers from `most` down to 0, none larger than the one before. */
const descending = (length: number, most: number): number[][] =>
  length === 0
    ? [[]]
    : Array.from({ length: most + 1 }, (_, first) => descending(length - 1, first).map((others) => [first, ...others])).flat()

describe('J2: smoothing', () => {
  it.each([averageFilter, gaussianFilter, medianFilter])('$kind leaves a flat image alone', (layer) => {
    expect(filtered(layer, flat, { border: 'nearest' }).y).toEqual(close(flat.flat()))
  })
  it('the average is a kernel of equal numbers that add up to 1', () => {
    expect(filtered(averageFilter, impulse(3)).y).toEqual(close(Array(9).fill(1 / 9)))
  })
  it('the Gaussian is the bell of both distances, adding up to 1', () => {
    const bell = [-2, -1, 0, 1, 2].flatMap((i) => [-2, -1, 0, 1, 2].map((j) => Math.exp(-(i * i + j * j) / (2 * 1.5 ** 2))))
    const sum = bell.reduce((a, b) => a + b)
    expect(filtered(gaussianFilter, impulse(5), { size: 5, deviation: 1.5 }).y).toEqual(close(bell.map((v) => v / sum)))
  })
  it('the median drops a wrong pixel and keeps an edge, which the average blurs', () => {
    const edge = Array.from({ length: 5 }, () => [0, 0, 0, 1, 1, 1])
    const wrong = edge.map((row, i) => (i === 2 ? row.with(1, 9) : row))
    expect(filtered(medianFilter, wrong, { border: 'nearest' }).y).toEqual(edge.flat())
    expect(filtered(averageFilter, wrong, { border: 'nearest' }).y).not.toEqual(edge.flat())
  })
  it.each([3, 5, 7])('the median of a square of side %i is the middle one in order, ties or not', (side) => {
    const random = Random.seeded(1, `median ${side}`)
    const [images, below] = [300, side]
    const windows = Array.from({ length: images }, () => Array.from({ length: side * side }, () => random.below(below)))
    expect(middles(side, windows)).toEqual(windows.map((window) => window.toSorted((x, y) => x - y)[(side * side - 1) / 2]))
  })
  // What exchanges do to 0 and 1 they do to all numbers (Knuth 3, §5.3.4); of 0 and 1, only how many ones each column holds matters, in any order.
  it.each([3, 5, 7])('the exchanges for a square of side %i find the middle of whatever there may be', (side) => {
    const counts = descending(side, side)
    const windows = counts.map((ones) =>
      Array.from({ length: side * side }, (_, i) => (Math.floor(i / side) < (ones[i % side] ?? 0) ? 1 : 0)),
    )
    expect(windows).toHaveLength({ 3: 20, 5: 252, 7: 3432 }[side] ?? 0)
    expect(middles(side, windows)).toEqual(counts.map((ones) => (2 * ones.reduce((x, y) => x + y) > side * side ? 1 : 0)))
  })
  it('the gradient goes to the pixel that the median was taken from, of equal ones to the first', () => {
    const found = filtered(medianFilter, [[5, 2, 9]], { border: 'nearest' })
    expect(found.y).toEqual([5, 5, 9])
    expect(found['grad:x']).toEqual([2, 0, 1])
  })
})

describe('J2: the high-pass filter', () => {
  it('has a middle above 1 and equal negative weights around it', () => {
    const weights = Array(9)
      .fill(-1 / 9)
      .with(4, 2 - 1 / 9)
    expect(filtered(highPassFilter, impulse(3)).y).toEqual(close(weights))
  })
  it('without the image is what the average lacks', () => {
    expect(filtered(highPassFilter, impulse(3), { keepImage: false }).y).toEqual(
      close(
        Array(9)
          .fill(-1 / 9)
          .with(4, 8 / 9),
      ),
    )
    expect(filtered(highPassFilter, flat, { keepImage: false, border: 'nearest' }).y).toEqual(close(Array(30).fill(0)))
  })
})

describe('J2: differences', () => {
  const squares = [[0, 1, 4, 9, 16]]
  it.each([
    ['forward', [1, 3, 5, 7]],
    ['backward', [undefined, 1, 3, 5, 7]],
    ['central', [undefined, 2, 4, 6]],
  ])('%s', (scheme, expected) => {
    const found = filtered(differenceFilter, squares, { scheme }).y ?? []
    expected.forEach((value, i) => {
      if (value !== undefined) expect(found[i]).toBe(value)
    })
  })
  it('are exact for a slope in either direction', () => {
    expect(middle(filtered(differenceFilter, ramp(3, 7)).y)).toEqual(Array(9).fill(3))
    expect(middle(filtered(differenceFilter, ramp(3, 7), { direction: 'vertical' }).y)).toEqual(Array(9).fill(7))
  })
})

describe('J2: Prewitt and Sobel', () => {
  it.each([
    [prewittFilter, 6],
    [sobelFilter, 8],
  ] as const)('$kind measures a slope and its direction', (layer, scale) => {
    for (const [right, down] of [
      [1, 0],
      [0, 2],
      [-3, 0],
      [0, -1],
      [3, 4],
      [-1, -1],
    ] as const) {
      const { magnitude, angle: direction } = filtered(layer, ramp(right, down))
      expect(middle(magnitude)).toEqual(close(Array(9).fill(scale * Math.hypot(right, down))))
      expect(middle(direction)).toEqual(close(Array(9).fill(Math.atan2(down, right))))
    }
  })
  it('say nothing, with derivative 0, where the image is flat', () => {
    const found = filtered(sobelFilter, flat, { border: 'nearest' })
    for (const name of ['magnitude', 'angle', 'grad:x']) expect(found[name]?.every((v) => v === 0)).toBe(true)
  })
  it('leave the angle out where it is not wanted', () => {
    expect(Object.keys(filtered(sobelFilter, flat, { angle: false }))).toEqual(['magnitude', 'grad:x'])
  })
  it('the angle equals atan2 all around to 10⁻¹², its derivative to 10⁻¹⁰', () => {
    const count = 5000
    const around = Array.from({ length: count }, (_, i) => -Math.PI + ((i + 0.5) * 2 * Math.PI) / count)
    const [x, y] = [around.map((a) => 0.3 * Math.cos(a)), around.map((a) => 0.3 * Math.sin(a))]
    const b = new ProgramBuilder('angle')
    const result = angle(b, b.input('x', [count]), b.input('y', [count]))
    const found = evaluate(b.finish(), { x, y }).get(result.id) ?? []
    const worst = Math.max(...around.map((a, i) => Math.abs((found[i] as number) - a)))
    expect(worst).toBeLessThan(1e-12)
    const derivative = runLayer(sobelFilter, { x: { shape: [1, 1, 3, 3], data: [1, 2, 4, 2, 5, 7, 1, 6, 9] } })['grad:x'] ?? []
    expect(derivative.every(Number.isFinite)).toBe(true)
  })
})

describe('J2: quantization', () => {
  it('takes the nearest level, and the ends outside the range', () => {
    const given = [-1, 0, 0.16, 0.17, 0.5, 0.51, 0.83, 0.84, 1, 2]
    const { y } = runLayer(quantize, { x: { shape: [10], data: given } }, { params: { levels: 4 } })
    expect(y).toEqual(close([0, 0, 0, 1 / 3, 2 / 3, 2 / 3, 2 / 3, 1, 1, 1]))
  })
  it('changes nothing that is already a level', () => {
    const once = runLayer(quantize, { x: { shape: [5], data: [0.1, 0.3, 0.5, 0.7, 0.9] } }, { params: { levels: 8 } }).y ?? []
    expect(runLayer(quantize, { x: { shape: [5], data: once } }, { params: { levels: 8 } }).y).toEqual(close(once))
  })
  it('has no gradient, or hands it straight through inside the range, its ends included', () => {
    const x = { shape: [6], data: [-0.1, 0, 0.2, 0.7, 1, 1.1] }
    const none = runLayer(quantize, { x }, { params: { levels: 3 } })
    const through = runLayer(quantize, { x }, { params: { levels: 3, gradient: 'straightThrough' } })
    expect(through.y).toEqual(none.y)
    expect(none.y).toEqual([0, 0, 0, 0.5, 1, 1])
    expect(none['grad:x']).toEqual([0, 0, 0, 0, 0, 0])
    expect(through['grad:x']).toEqual([0, 1, 1, 1, 1, 0])
  })
  it('refuses an empty range', () => {
    expect(refused(quantize, { x: [2] }, { low: 1, high: 1 })).toMatchObject({ code: 'param.invalid', param: 'high' })
  })
})

describe('J2: the thin lens', () => {
  const lens = (solveFor: string, a: number, b: number): number =>
    runLayer(thinLens, { a: { shape: [1], data: [a] }, b: { shape: [1], data: [b] } }, { params: { solveFor } }).y?.[0] ?? Number.NaN
  it('keeps 1/f = 1/u + 1/v whichever length is sought', () => {
    expect(lens('v', 2, 6)).toBeCloseTo(3, 12)
    expect(lens('f', 6, 3)).toBeCloseTo(2, 12)
    expect(lens('u', 2, 3)).toBeCloseTo(6, 12)
  })
  it('has the image of the focal plane at infinity, and virtual images before it', () => {
    expect(lens('v', 2, 2)).toBe(Number.POSITIVE_INFINITY)
    expect(lens('v', 2, 1)).toBeCloseTo(-2, 12)
  })
  it('refuses lengths that do not pair', () => {
    expect(refused(thinLens, { a: [2], b: [3] })).toMatchObject({ code: 'shape.mismatch', port: 'b' })
  })
})

describe('J2: windows', () => {
  it.each([averageFilter, gaussianFilter, highPassFilter])('$kind needs a window with a middle', (layer) => {
    expect(refused(layer, { x: [1, 1, 8, 8] }, { size: 4 })).toMatchObject({
      code: 'param.invalid',
      param: 'size',
      fixes: [{ edits: [{ type: 'setParam', param: 'size', value: 3 }] }],
    })
  })
  it.each([averageFilter, medianFilter, sobelFilter, differenceFilter])('$kind wants images', (layer) => {
    expect(refused(layer, { x: [4, 100] })).toMatchObject({ code: 'shape.rank', port: 'x' })
  })
})
