import { describe, expect, test } from 'vitest'
import { formatLoss, formatShare } from '../../renderer/charts/format'
import { spread, tracePath } from '../../renderer/charts/path'
import { epochTicks, formatTick, linearScale, logScale, pleasant } from '../../renderer/charts/scale'

describe('scales', () => {
  test('steps are pleasant numbers, never below what was asked', () => {
    for (const value of [0.0123, 0.7, 1, 1.01, 2.31, 9.9, 10, 123]) {
      expect(pleasant(value)).toBeGreaterThanOrEqual(value * 0.999999)
      expect(pleasant(value)).toBeLessThanOrEqual(value * 2)
    }
    expect([0.3, 2.3 / 4, 9.5, 1100].map(pleasant)).toEqual([0.3, 0.6, 10, 1500])
  })

  test('a linear axis begins at zero and holds the largest value', () => {
    const scale = linearScale(0.1, 2.3)
    expect(scale.ticks.map((tick) => formatTick(tick, scale))).toEqual(['0.0', '0.6', '1.2', '1.8', '2.4'])
    expect([scale.at(0), scale.at(2.4)]).toEqual([0, 1])
  })

  test('values below zero have a place', () => {
    const scale = linearScale(-0.4, 1)
    expect(scale.low).toBeLessThanOrEqual(-0.4)
    expect(scale.high).toBeGreaterThanOrEqual(1)
    expect(scale.ticks).toContain(0)
  })

  test('a logarithmic axis spans its values evenly by factors', () => {
    const scale = logScale(0.013, 2.3)
    expect(scale.low).toBeLessThanOrEqual(0.013)
    expect(scale.high).toBeGreaterThanOrEqual(2.3)
    expect(scale.at(0.2) - scale.at(0.1)).toBeCloseTo(scale.at(2) - scale.at(1), 10)
    expect(scale.ticks.length).toBeLessThanOrEqual(7)
    expect(scale.at(0)).toBe(Number.NEGATIVE_INFINITY)
  })

  test.each([
    [1e-9, 1e-9],
    [0.5, 0.5],
    [1e-12, 1e6],
  ])('extremes (%d … %d) still give an axis', (low, high) => {
    for (const scale of [linearScale(low, high), logScale(low, high)]) {
      expect(scale.high).toBeGreaterThan(scale.low)
      expect(scale.ticks.every(Number.isFinite)).toBe(true)
    }
  })

  test('epochs are counted in steps that leave room', () => {
    expect(epochTicks(5, 14)).toEqual([1, 2, 3, 4, 5])
    expect(epochTicks(100, 14)).toEqual([8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96])
    expect(epochTicks(100_000, 14).length).toBeLessThanOrEqual(14)
  })
})

describe('paths', () => {
  const record = () => {
    const calls: [kind: 'move' | 'line', x: number, y: number][] = []
    const context = {
      moveTo: (x: number, y: number) => void calls.push(['move', x, y]),
      lineTo: (x: number, y: number) => void calls.push(['line', x, y]),
    }
    return { calls, context }
  }
  const place = (width: number, count: number) => ({ x: (x: number) => (x / count) * width, y: (y: number) => y })

  test('a hundred thousand points become a few a column, and no peak is lost', () => {
    const count = 100_000
    const xs = Float64Array.from({ length: count }, (_, i) => i)
    const ys = Float64Array.from({ length: count }, (_, i) => (i === 54_321 ? 99 : Math.sin(i)))
    const { calls, context } = record()
    tracePath(context, xs, ys, count, place(700, count))
    expect(calls.length).toBeLessThan(700 * 2 * 4 + 10)
    expect(Math.max(...calls.map(([, , y]) => y))).toBe(99)
  })

  test('few points are drawn as they are', () => {
    const { calls, context } = record()
    tracePath(context, Float64Array.of(0, 50, 100), Float64Array.of(3, 1, 2), 3, place(100, 100))
    expect(calls).toEqual([
      ['move', 0, 3],
      ['line', 50, 1],
      ['line', 100, 2],
    ])
  })

  test('what is not finite leaves a gap', () => {
    const { calls, context } = record()
    tracePath(context, Float64Array.of(0, 1, 2, 3), Float64Array.of(1, Number.NaN, 2, 3), 4, place(300, 3))
    expect(calls.map(([kind]) => kind)).toEqual(['move', 'move', 'line'])
  })

  test('labels move apart and stay inside', () => {
    const placed = spread([10, 12, 50, 99], 14, 0, 100)
    const sorted = placed.toSorted((a, b) => a - b)
    for (let i = 1; i < sorted.length; i++) expect((sorted[i] as number) - (sorted[i - 1] as number)).toBeGreaterThanOrEqual(14)
    expect(Math.min(...placed)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...placed)).toBeLessThanOrEqual(100)
    expect(placed[2]).toBe(50)
  })
})

test('measures read as people read them', () => {
  expect([0.95678, 1].map(formatShare)).toEqual(['95.7 %', '100.0 %'])
  expect([0.12639, 12345, Number.NaN].map(formatLoss)).toEqual(['0.1264', '1.23e+4', 'NaN'])
})
