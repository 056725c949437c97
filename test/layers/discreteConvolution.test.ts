/** @file A12: convolution of functions, by its definition and its laws, and apart from what convolution layers compute. */
import { expect, test } from 'vitest'
import { Random } from '../../engine/core/random'
import conv1d from '../../engine/layers/conv1d'
import discreteConvolution from '../../engine/layers/discreteConvolution'
import { runLayer } from '../support/runLayer'
import { accepted, refused } from '../support/shapeRule'

const row = (data: readonly number[]) => ({ shape: [1, data.length], data: [...data] })
const convolve = (f: readonly number[], g: readonly number[]): number[] => runLayer(discreteConvolution, { f: row(f), g: row(g) }).y ?? []
const random = Random.seeded(3, 'functions')
const drawn = (length: number): number[] => Array.from({ length }, () => random.uniform(-1, 1))
const close = (values: readonly number[]) => values.map((v) => expect.closeTo(v, 12))

test('A12: (f ∗ g)(x) = Σ f(τ) g(x − τ) at every overlap', () => {
  expect(convolve([1, 2, 3], [10, 100])).toEqual([10, 120, 230, 300])
  // (1 + x)(1 − x + x²) = 1 + x³
  expect(convolve([1, 1], [1, -1, 1])).toEqual([1, 0, 0, 1])
})

test('A12: commutative and associative', () => {
  const [f, g, h] = [drawn(7), drawn(4), drawn(5)]
  expect(convolve(f, g)).toEqual(close(convolve(g, f)))
  expect(convolve(convolve(f, g), h)).toEqual(close(convolve(f, convolve(g, h))))
})

test('A12: the unit impulse changes nothing, a shifted one shifts', () => {
  const f = drawn(6)
  expect(convolve(f, [1])).toEqual(f)
  expect(convolve(f, [0, 0, 1])).toEqual([0, 0, ...f])
})

test('A12: a convolution layer computes the cross-correlation instead: the same with one function mirrored', () => {
  const [f, g] = [drawn(6), drawn(3)]
  const layer = (kernel: readonly number[]): number[] =>
    runLayer(
      conv1d,
      { x: { shape: [1, 1, f.length], data: f } },
      {
        params: { numChannels: 1, kernelSize: 3, padding: 2, useBias: false, layout: 'NCL' },
        weights: { kernel: { shape: [1, 1, 3], data: [...kernel] } },
      },
    ).y ?? []
  expect(layer(g.toReversed())).toEqual(close(convolve(f, g)))
  expect(layer(g)).not.toEqual(close(convolve(f, g)))
})

test('A12: pairs of one shape but the last axis', () => {
  expect(accepted(discreteConvolution, { f: [2, 3, 8], g: [2, 3, 5] })).toEqual({ y: { shape: [2, 3, 12], dtype: 'f32' } })
  expect(refused(discreteConvolution, { f: [2, 8], g: [3, 5] })).toMatchObject({
    code: 'shape.mismatch',
    port: 'g',
    values: { expected: '2×5' },
  })
  expect(refused(discreteConvolution, { f: [8], g: [5] })).toMatchObject({ code: 'shape.rank', port: 'f' })
})
