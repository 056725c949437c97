/** @file Whether a thread for batches pays: kept while it does, given up where it does not, by what steps take on a made-up clock. */
import { describe, expect, it } from 'vitest'
import { FeedContest, type Way } from '../../engine/train/feed-contest'

const steps = (count: number, milliseconds: number): number[] => Array.from({ length: count }, () => milliseconds)

/** Runs until the thread is given up, or for so many steps; says how many steps went each way. */
function run(contest: FeedContest, most: number, milliseconds: (way: Way, step: number) => number): Record<Way, number> {
  const count = { here: 0, there: 0 }
  for (let step = 0; step < most && !contest.lost; step++) {
    const { way } = contest
    count[way]++
    contest.note(way, milliseconds(way, step))
  }
  return count
}

describe('a thread for batches', () => {
  it('that saves time is kept, and hardly ever done without to compare', () => {
    const contest = new FeedContest(steps(16, 10))
    const count = run(contest, 20_000, (way) => (way === 'there' ? 8 : 10))
    expect(contest.lost).toBe(false)
    expect(count.here / count.there).toBeLessThan(0.01)
  })

  it.each([10, 12])('that makes a step of 10 ms last %d is given up soon', (there) => {
    const contest = new FeedContest(steps(16, 10))
    const count = run(contest, 20_000, (way) => (way === 'there' ? there : 10))
    expect(contest.lost).toBe(true)
    expect(count.there + count.here).toBeLessThan(100)
  })

  it('is not given up for one bad turn', () => {
    const contest = new FeedContest(steps(16, 10))
    run(contest, 2000, (way, step) => (step < 30 ? 30 : way === 'there' ? 8 : 10))
    expect(contest.lost).toBe(false)
  })

  it('is not judged by pauses', () => {
    const contest = new FeedContest(steps(16, 10))
    run(contest, 2000, (way, step) => (step % 6 === 0 ? 5000 : way === 'there' ? 8 : 10))
    expect(contest.lost).toBe(false)
  })

  it('is given up when the processors get busy later on', () => {
    const contest = new FeedContest(steps(16, 10))
    const busy = 3000
    const count = run(contest, 40_000, (way, step) => (way === 'here' ? 10 : step < busy ? 7 : 14))
    expect(contest.lost).toBe(true)
    expect(count.there).toBeGreaterThan(busy - 200)
  })

  it('is judged by the steps that it prepared', () => {
    const contest = new FeedContest(steps(16, 10))
    for (let step = 0; step < 500; step++) contest.note('here', 1)
    expect([contest.way, contest.lost]).toEqual(['there', false])
  })
})
