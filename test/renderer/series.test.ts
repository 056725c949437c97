import { describe, expect, test } from 'vitest'
import { Curves, Series } from '../../renderer/engine/series'

const filled = (count: number, capacity?: number): Series => {
  const series = new Series(capacity)
  for (let i = 0; i < count; i++) series.push(i, Math.sin(i / 50) + 2)
  return series
}

describe('a curve', () => {
  test('keeps every point while there is room, however it grows', () => {
    const series = filled(5000)
    expect(series.length).toBe(5000)
    expect(series.x[4999]).toBe(4999)
    expect(series.y[1234]).toBeCloseTo(Math.sin(1234 / 50) + 2, 12)
  })

  test('never exceeds its capacity, and keeps its extent and its mean', () => {
    const series = filled(100_000, 4096)
    expect(series.length).toBeLessThanOrEqual(4096)
    expect(series.length).toBeGreaterThan(1024)
    expect(series.x[0]).toBeLessThan(200)
    expect(series.lastX).toBeGreaterThan(99_800)
    const mean = series.y.subarray(0, series.length).reduce((sum, y) => sum + y, 0) / series.length
    expect(mean).toBeCloseTo(2, 1)
    for (let i = 1; i < series.length; i++) expect(series.x[i]).toBeGreaterThan(series.x[i - 1] as number)
  })

  test('is smoothed from its own beginning, not from zero', () => {
    const series = new Series()
    for (let i = 0; i < 20; i++) series.push(i, 7)
    for (let i = 0; i < series.length; i++) expect(series.smooth[i]).toBeCloseTo(7, 12)
  })

  test('loses noise when smoothed', () => {
    const series = new Series()
    for (let i = 0; i < 400; i++) series.push(i, i % 2 ? 1 : -1)
    const tail = [...series.smooth.subarray(200, 400)]
    expect(Math.max(...tail.map(Math.abs))).toBeLessThan(0.2)
  })

  test('does not carry a value that is not finite into its average', () => {
    const series = new Series()
    for (const y of [1, 1, Number.NaN, 1]) series.push(series.length, y)
    expect([...series.smooth.subarray(0, 4)]).toEqual([1, 1, 1, 1])
    expect(series.y[2]).toBeNaN()
  })

  test('finds the nearest point', () => {
    const series = new Series()
    for (const x of [0, 10, 20, 50]) series.push(x, x)
    expect([-5, 4, 6, 34, 36, 99].map((x) => series.nearest(x))).toEqual([0, 0, 1, 2, 3, 3])
    expect(new Series().nearest(3)).toBe(-1)
  })
})

test('curves come into being by name and vanish together', () => {
  const curves = new Curves()
  curves.push('loss', 1, 2)
  curves.push('accuracy', 1, 0.5)
  expect(curves.names).toEqual(['loss', 'accuracy'])
  curves.clear()
  expect(curves.get('loss')).toBeUndefined()
})
