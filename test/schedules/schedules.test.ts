/** @file D4: every schedule beside its formula written out, warm-up, and what the registry holds. */
import { describe, expect, it } from 'vitest'
import { completeParams } from '../../engine/layers/kit/validate'
import { rateAt } from '../../engine/schedules/rate'
import { schedules } from '../../engine/schedules/registry'

function rates(kind: string, given: Record<string, number>, base: number, steps: readonly number[], warmup = 0, validation: number[] = []) {
  const schedule = schedules.get(kind)
  if (!schedule) throw new Error(`no schedule ${kind}`)
  const { params, problems } = completeParams(schedule.params, given)
  expect(problems).toEqual([])
  return steps.map((step) => rateAt({ schedule, params, base, warmup }, { step, validation }))
}

describe('schedules (D4)', () => {
  it('constant', () => expect(rates('constant', {}, 0.3, [0, 1, 1e6])).toEqual([0.3, 0.3, 0.3]))

  it('linear: (1 − k/τ) ε₀ + (k/τ) ε_τ, then ε_τ', () => {
    const found = rates('linear', { tau: 10, final: 0.1 }, 1, [0, 1, 5, 9, 10, 11, 1000])
    const expected = [1, 0.9 + 0.01, 0.5 + 0.05, 0.1 + 0.09, 0.1, 0.1, 0.1]
    found.forEach((rate, i) => {
      expect(rate).toBeCloseTo(expected[i] as number, 12)
    })
  })

  it('inverse: α₀ τ / max(t, τ)', () => {
    expect(rates('inverse', { tau: 100 }, 0.5, [0, 99, 100, 200, 400])).toEqual([0.5, 0.5, 0.5, 0.25, 0.125])
  })

  it('step: a factor every n steps', () => {
    expect(rates('step', { every: 3, factor: 0.5 }, 1, [0, 2, 3, 5, 6, 9])).toEqual([1, 1, 0.5, 0.5, 0.25, 0.125])
  })

  it('cosine: half a period down to the final rate', () => {
    const found = rates('cosine', { tau: 8, final: 0.2 }, 1, [0, 2, 4, 6, 8, 20])
    const expected = [1, 0.6 + 0.4 * Math.SQRT1_2, 0.6, 0.6 - 0.4 * Math.SQRT1_2, 0.2, 0.2]
    found.forEach((rate, i) => {
      expect(rate).toBeCloseTo(expected[i] as number, 12)
    })
  })

  it('plateau: halves after as many validations without a better one as it has patience', () => {
    const halved = (...validation: number[]) => rates('plateau', { patience: 2 }, 1, [0], 0, validation)[0]
    expect(halved()).toBe(1)
    expect(halved(3, 2, 1)).toBe(1)
    expect(halved(3, 2, 2.5)).toBe(1)
    expect(halved(3, 2, 2.5, 2.4)).toBe(0.5)
    // It waits anew after each drop, and a better loss resets the wait.
    expect(halved(3, 2, 2.5, 2.4, 2.3)).toBe(0.5)
    expect(halved(3, 2, 2.5, 2.4, 2.3, 2.2)).toBe(0.25)
    expect(halved(3, 2, 2.5, 2.4, 2.3, 1.9, 2.2)).toBe(0.5)
    // A loss that was no number once is forgotten when a better one comes.
    expect(halved(3, Number.NaN, 2, 1.9, 1.8)).toBe(1)
  })

  it('warm-up rises in a straight line to what the schedule says', () => {
    expect(rates('constant', {}, 1, [0, 1, 2, 3, 4], 4)).toEqual([0.25, 0.5, 0.75, 1, 1])
    const warmed = rates('linear', { tau: 10, final: 0 }, 1, [0, 1, 5], 2)
    expect(warmed[0]).toBeCloseTo(0.5, 12)
    expect(warmed[1]).toBeCloseTo(0.9, 12)
    expect(warmed[2]).toBeCloseTo(0.5, 12)
  })

  it('are found by being there', () => {
    expect([...schedules.keys()]).toEqual(['constant', 'cosine', 'inverse', 'linear', 'plateau', 'step'])
    for (const { title, summary, params } of schedules.values())
      for (const text of [title, summary, ...Object.values(params).flatMap(({ label, help }) => [label, help])])
        expect([text?.en, text?.zh].every((words) => words !== undefined && words.length > 0)).toBe(true)
  })

  it('refuse a τ that is no number of steps', () => {
    for (const kind of ['linear', 'inverse', 'cosine'])
      for (const tau of [0, -5, 2.5]) expect(completeParams(schedules.get(kind)?.params ?? {}, { tau }).problems).toHaveLength(1)
    expect(completeParams(schedules.get('step')?.params ?? {}, { factor: 0 }).problems).toHaveLength(1)
  })
})
