/** @file The memory planner by its properties: what lives together lies apart, and the peak is near what any plan must need. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Random } from '../../engine/core/random'
import { alignment, type Life, livesOf, type MemoryPlan, planMemory } from '../../engine/memory/plan'
import { cpuTarget, optimize } from '../../engine/optimize/pipeline'
import { randomProgram } from '../support/randomProgram'
import { trainingProgram } from '../support/trainingProgram'

function expectSound(plan: MemoryPlan): void {
  const placed = plan.lives.map((life) => ({ life, start: plan.offsets.get(life.buffer) as number }))
  for (const { life, start } of placed) {
    expect(start % alignment).toBe(0)
    expect(start + life.bytes).toBeLessThanOrEqual(plan.bytes)
  }
  for (const [i, a] of placed.entries())
    for (const b of placed.slice(i + 1)) {
      if (a.life.last < b.life.first || b.life.last < a.life.first) continue
      const apart = a.start + a.life.bytes <= b.start || b.start + b.life.bytes <= a.start
      expect(apart, `buffers ${a.life.buffer} and ${b.life.buffer} are alive together and overlap`).toBe(true)
    }
  expect(plan.bytes).toBeGreaterThanOrEqual(plan.lowerBound)
  expect(plan.bytes).toBeLessThanOrEqual(plan.naiveBytes)
}

const lives = fc
  .array(fc.record({ size: fc.integer({ min: 1, max: 64 }), first: fc.nat(40), length: fc.nat(12) }), { maxLength: 60 })
  .map((list) => list.map(({ size, first, length }, buffer): Life => ({ buffer, bytes: size * alignment, first, last: first + length })))

describe('memory plan', () => {
  it('never lets two live buffers overlap', () => {
    fc.assert(fc.property(lives, (list) => expectSound(planMemory(list))))
  })

  it('lays no buffer across the end of a segment, and starts each where it may', () => {
    fc.assert(
      fc.property(lives, (list) => {
        const segment = 64 * 256
        const plan = planMemory(list, { alignment: 256, segment })
        for (const { buffer, bytes } of plan.lives) {
          const start = plan.offsets.get(buffer) as number
          expect(start % 256).toBe(0)
          expect(Math.floor((start + bytes - 1) / segment)).toBe(Math.floor(start / segment))
        }
        for (const [i, a] of plan.lives.entries())
          for (const b of plan.lives.slice(i + 1)) {
            const [from, to] = [plan.offsets.get(a.buffer) as number, plan.offsets.get(b.buffer) as number]
            const together = a.first <= b.last && b.first <= a.last
            expect(!together || from + a.bytes <= to || to + b.bytes <= from).toBe(true)
          }
      }),
    )
  })

  it('places buffers beyond 2 GiB', () => {
    const large = Array.from({ length: 7 }, (_, buffer): Life => ({ buffer, bytes: 2 ** 29, first: 0, last: 1 }))
    const plan = planMemory(large)
    expectSound(plan)
    expect(plan.bytes).toBe(7 * 2 ** 29)
    expect(Math.max(...plan.offsets.values())).toBe(3 * 2 ** 30)
  })

  it('plans random programs soundly', () => {
    for (let seed = 0; seed < 40; seed++) {
      const kernels = optimize(randomProgram(seed).program, cpuTarget)
      expectSound(planMemory(livesOf(kernels, new Set())))
    }
  })

  it('comes within a tenth of the lower bound on random lives', () => {
    const random = Random.seeded(1, 'lives')
    let bytes = 0
    let bound = 0
    for (let i = 0; i < 50; i++) {
      const list = Array.from({ length: 80 }, (_, buffer): Life => {
        const first = random.below(100)
        return { buffer, bytes: alignment * (1 + random.below(1000)), first, last: first + random.below(20) }
      })
      const plan = planMemory(list)
      bytes += plan.bytes
      bound += plan.lowerBound
    }
    expect(bytes / bound).toBeLessThanOrEqual(1.1)
  })

  it.each(['lenet', 'resnet18', 'googlenet'])('comes within a tenth of the lower bound when %s trains', async (id) => {
    const plan = planMemory(livesOf(optimize(await trainingProgram(id), cpuTarget), new Set()))
    expectSound(plan)
    expect(plan.bytes / plan.lowerBound).toBeLessThanOrEqual(1.1)
    expect(plan.bytes).toBeLessThan(plan.naiveBytes / 2)
  })
})
