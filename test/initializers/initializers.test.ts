/** @file Initialisers: bounds, moments, and numbers that depend on the seed and the weight's name alone. */
import { describe, expect, it } from 'vitest'
import { initializeWeights } from '../../engine/initializers/initialize'
import { initializers } from '../../engine/initializers/registry'
import type { InitializerRef, WeightSpec } from '../../engine/layers/kit/define'
import { inferShapes } from '../../engine/shapes/infer'
import { smallClassifier } from '../fixtures/documents'

const fans = { fanIn: 300, fanOut: 100 }
const node = (path: string, weights: Record<string, WeightSpec>) => ({ ...template, path, weights })
const [template] = inferShapes(smallClassifier()).nodes.slice(0, 1) as [ReturnType<typeof inferShapes>['nodes'][number]]

/** 30 000 numbers of one initialiser. */
function drawn(init: InitializerRef, seed = 0, path = 'dense1'): Float32Array {
  return initializeWeights({ nodes: [node(path, { kernel: { shape: [300, 100], init, ...fans } })] }, seed).get(
    `${path}.kernel`,
  ) as Float32Array
}
const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length
const deviation = (values: Float32Array) => {
  const middle = mean(values)
  return Math.sqrt(values.reduce((sum, v) => sum + (v - middle) ** 2, 0) / values.length)
}

describe('C2: what each one draws', () => {
  it('constants', () => {
    expect(new Set(drawn('zeros'))).toEqual(new Set([0]))
    expect(new Set(drawn('ones'))).toEqual(new Set([1]))
    expect(new Set(drawn({ kind: 'constant', value: 0.25 }))).toEqual(new Set([0.25]))
  })
  it.each([
    ['xavier', Math.sqrt(6 / 400)],
    [{ kind: 'uniform', low: -0.5, high: 0.5 }, 0.5],
  ] as const)('%j is uniform within its bounds', (init, bound) => {
    const values = drawn(init)
    expect(Math.max(...values)).toBeLessThanOrEqual(bound)
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-bound)
    expect(Math.max(...values)).toBeGreaterThan(0.999 * bound)
    expect(Math.abs(mean(values))).toBeLessThan(0.02 * bound)
    expect(deviation(values) / (bound / Math.sqrt(3))).toBeCloseTo(1, 1)
  })
  it.each([
    ['he', 0, Math.sqrt(2 / 300)],
    ['lecun', 0, Math.sqrt(1 / 300)],
    [{ kind: 'normal', mean: 2, deviation: 0.5 }, 2, 0.5],
  ] as const)('%j is normal', (init, middle, sigma) => {
    const values = drawn(init)
    expect(Math.abs(mean(values) - middle)).toBeLessThan(0.02 * sigma)
    expect(Math.abs(deviation(values) / sigma - 1)).toBeLessThan(0.02)
    const inside = values.filter((v) => Math.abs(v - middle) < sigma).length / values.length
    expect(Math.abs(inside - 0.6827)).toBeLessThan(0.01)
  })
  it('is one of these', () => {
    expect([...initializers.keys()].sort()).toEqual([
      'bilinear',
      'constant',
      'he',
      'lecun',
      'normal',
      'ones',
      'orthogonal',
      'uniform',
      'xavier',
      'zeros',
    ])
  })
})

/** One weight of a shape. */
const weightOf = (init: InitializerRef, shape: readonly number[]): Float32Array =>
  initializeWeights({ nodes: [node('layer', { kernel: { shape, init } })] }, 5).get('layer.kernel') as Float32Array

describe('C2: orthogonal', () => {
  it.each([
    { shape: [12, 5], count: 5, stride: [1, 5] },
    { shape: [5, 12], count: 5, stride: [12, 1] },
    { shape: [6, 2, 3, 3], count: 6, stride: [18, 1] },
    { shape: [1, 4], count: 1, stride: [4, 1] },
    // More than a block of vectors, the last of an odd number, and as many as there are dimensions.
    { shape: [71, 65], count: 65, stride: [1, 65] },
    { shape: [97, 97], count: 97, stride: [97, 1] },
    { shape: [33, 600], count: 33, stride: [600, 1] },
  ])('$shape has vectors of length 1 at right angles', ({ shape, count, stride: [apart = 0, along = 0] }) => {
    const values = weightOf('orthogonal', shape)
    const length = values.length / count
    const product = (a: number, b: number): number =>
      Array.from({ length }, (_, i) => (values[a * apart + i * along] ?? 0) * (values[b * apart + i * along] ?? 0)).reduce(
        (x, y) => x + y,
        0,
      )
    for (let a = 0; a < count; a++) for (let b = 0; b < count; b++) expect(product(a, b)).toBeCloseTo(a === b ? 1 : 0, 6)
  })
  it('is longer by its gain', () => {
    expect([...weightOf({ kind: 'orthogonal', gain: 3 }, [4, 4])]).toEqual(
      [...weightOf('orthogonal', [4, 4])].map((v) => Math.fround(3 * v)).map((v) => expect.closeTo(v, 5)),
    )
  })
})

describe('C2: bilinear', () => {
  /** notes 002 §9 through d2l: (1 − |i − m| / f)(1 − |j − m| / f), f = ⌊(k + 1) / 2⌋, m = f − 1 or f − ½. */
  const filter = (size: number): number[] => {
    const factor = Math.floor((size + 1) / 2)
    const middle = size % 2 === 1 ? factor - 1 : factor - 0.5
    const tent = Array.from({ length: size }, (_, i) => 1 - Math.abs(i - middle) / factor)
    return tent.flatMap((u) => tent.map((v) => u * v))
  }
  it.each([2, 3, 4, 5, 8])('a window of %i is a tent from each channel to its own', (size) => {
    const values = weightOf('bilinear', [2, 2, size, size])
    const zeros = filter(size).map(() => 0)
    const expected = [...filter(size), ...zeros, ...zeros, ...filter(size)]
    expect([...values]).toEqual(expected.map((v) => expect.closeTo(v, 6)))
  })
  it('serves every group of a depthwise kernel', () => {
    expect([...weightOf('bilinear', [3, 1, 2, 2])]).toEqual(Array(12).fill(0.25))
  })
})

describe('seeds', () => {
  it('gives the same numbers for the same seed and name, others otherwise', () => {
    expect(drawn('xavier', 1)).toEqual(drawn('xavier', 1))
    expect(drawn('xavier', 1)).not.toEqual(drawn('xavier', 2))
    expect(drawn('xavier', 1, 'dense1')).not.toEqual(drawn('xavier', 1, 'dense2'))
  })
  it('covers every weight of a graph, in order', () => {
    const weights = initializeWeights(inferShapes(smallClassifier()), 0)
    expect([...weights].map(([name, values]) => [name, values.length])).toEqual([
      ['conv1.kernel', 54],
      ['conv1.bias', 6],
      ['dense1.kernel', 2160],
      ['dense1.bias', 10],
    ])
  })
})

it('names what is wrong with a layer that asks for nonsense', () => {
  expect(() => drawn('nothing')).toThrow('there is no initialiser “nothing”')
  expect(() => drawn({ kind: 'normal', deviation: -1 })).toThrow('“normal” cannot have deviation = -1')
  const unscaled = node('dense1', { bias: { shape: [3], init: 'he' } })
  expect(() => initializeWeights({ nodes: [unscaled] }, 0)).toThrow('a weight that is scaled by fanIn does not say it')
})
