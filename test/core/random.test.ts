/** @file Random numbers: the normal distribution they follow. */
import { describe, expect, it } from 'vitest'
import { normalQuantile, Random } from '../../engine/core/random'

describe('normal numbers', () => {
  it.each([
    [0.5, 0],
    [0.6, 0.2533471031],
    [0.9, 1.2815515655],
    [0.975, 1.9599639845],
    [0.999, 3.0902323062],
    [1e-5, -4.2648907939],
    [2 ** -25, -5.4199831749],
  ])('the quantile of %f is %f', (p, expected) => {
    expect(Math.abs(normalQuantile(p) - expected)).toBeLessThan(1e-6)
    expect(Math.abs(normalQuantile(1 - p) + expected)).toBeLessThan(1e-6)
  })

  it('have the moments and the tails that they should', () => {
    const random = Random.seeded(3, 'moments')
    const count = 200_000
    const values = Float64Array.from({ length: count }, () => random.normal(2, 3))
    const mean = values.reduce((sum, x) => sum + x, 0) / count
    const standard = values.map((x) => (x - mean) / 3)
    expect(Math.abs(mean - 2)).toBeLessThan(0.03)
    expect(Math.abs(standard.reduce((sum, x) => sum + x ** 2, 0) / count - 1)).toBeLessThan(0.01)
    expect(Math.abs(standard.reduce((sum, x) => sum + x ** 4, 0) / count - 3)).toBeLessThan(0.1)
    const beyond = standard.filter((x) => Math.abs(x) > 1.959964).length / count
    expect(Math.abs(beyond - 0.05)).toBeLessThan(0.002)
  })
})

it('arrays are filled with the numbers that would be drawn one by one', () => {
  const [one, many] = [Random.seeded(3, 'fill'), Random.seeded(3, 'fill')]
  const values = new Float32Array(1000)
  many.fillNormal(values.subarray(0, 600), 2, 3)
  many.fillUniform(values.subarray(600), -1, 4)
  expect(values).toEqual(Float32Array.from({ length: 1000 }, (_, i) => (i < 600 ? one.normal(2, 3) : one.uniform(-1, 4))))
  expect(many.counter).toBe(1000)
})
