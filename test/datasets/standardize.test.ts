import { describe, expect, test } from 'vitest'
import type { Dataset } from '../../engine/datasets/dataset'
import { measure } from '../../engine/datasets/standardize'

/** Samples whose only feature counts up; remembers what was read. */
function counting(length: number, shape: readonly number[]): { dataset: Dataset; read: () => number } {
  let read = 0
  const size = shape.reduce((product, extent) => product * extent, 1)
  const dataset: Dataset = {
    fields: [{ name: 'x', dtype: 'f32', shape, role: 'input', display: 'table' }],
    length,
    read(indices, out) {
      read += indices.length
      for (const [row, index] of indices.entries()) out.x?.fill(index, row * size, (row + 1) * size)
    },
  }
  return { dataset, read: () => read }
}
const all = (length: number) => Uint32Array.from({ length }, (_, i) => i)

describe('statistics for standardisation', () => {
  test('are those of every sample of a table', async () => {
    const { dataset, read } = counting(5000, [1])
    const { mean, deviation } = await measure(dataset, all(5000))
    expect(mean[0]).toBeCloseTo(2499.5, 6)
    expect(deviation[0]).toBeCloseTo(Math.sqrt((5000 ** 2 - 1) / 12), 6)
    expect(read()).toBe(5000)
  })

  test('are those of every sample of a long table too, extremes and all', async () => {
    const { dataset, read } = counting(30_011, [2])
    const { mean, deviation } = await measure(dataset, all(30_011))
    expect(read()).toBe(30_011)
    expect(mean).toEqual([15_005, 15_005])
    expect(deviation[0]).toBeCloseTo(Math.sqrt((30_011 ** 2 - 1) / 12), 6)
    const range = await measure(dataset, all(30_011), { range: { low: 0, high: 1 } })
    expect(range).toEqual({ mean: [0, 0], deviation: [30_010, 30_010] })
  })

  test('know small units from features that never change', async () => {
    const dataset: Dataset = {
      fields: [{ name: 'x', dtype: 'f32', shape: [3], role: 'input', display: 'table' }],
      length: 4,
      read: (indices, out) => {
        // Nanometres in metres, beside a constant and a large constant.
        for (const [i, index] of indices.entries()) out.x?.set([5e-7 + 1e-9 * index, 1e-9, 1e6], 3 * i)
      },
    }
    const { mean, deviation } = await measure(dataset, all(4))
    expect(deviation[0]).toBeCloseTo(1e-9 * Math.sqrt(1.25), 12)
    expect((deviation[0] as number) / 1e-9).toBeCloseTo(Math.sqrt(1.25), 3)
    expect(deviation.slice(1)).toEqual([1, 1])
    expect(mean[2]).toBe(1e6)
    const range = await measure(dataset, all(4), { range: { low: -1, high: 1 } })
    expect((range.deviation[0] as number) / 1e-9).toBeCloseTo(1.5, 3)
    expect(range.deviation.slice(1)).toEqual([1, 1])
  })

  test('are those of enough large images, spread over the whole set', async () => {
    const { dataset, read } = counting(20_000, [3, 96, 96])
    const { mean } = await measure(dataset, all(20_000))
    expect(read()).toBeGreaterThanOrEqual(1000)
    expect(read()).toBeLessThan(1300)
    expect(mean).toHaveLength(3)
    for (const channel of mean) expect(Math.abs(channel - 9999.5) / 9999.5).toBeLessThan(0.01)
  })
})
