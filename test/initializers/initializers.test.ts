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

describe('what each one draws', () => {
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
    expect([...initializers.keys()].sort()).toEqual(['constant', 'he', 'lecun', 'normal', 'ones', 'uniform', 'xavier', 'zeros'])
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
