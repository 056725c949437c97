/** @file The schedule by its properties: what depends on each other never runs at the same time, and every unit runs exactly once. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { groupRecord } from '../../engine/codegen/wasm/dispatch'
import type { Phase } from '../../engine/codegen/wasm/emitter'
import { type Group, groupSteps, type Step } from '../../engine/codegen/wasm/schedule'
import { writeRecords } from '../../engine/codegen/wasm/tasks'

const places = fc.uniqueArray(fc.nat(12), { maxLength: 3 })
const steps = fc
  .array(
    fc.record({
      reads: places,
      writes: fc.uniqueArray(fc.nat(12), { minLength: 1, maxLength: 2 }),
      units: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 70 })),
      cost: fc.oneof(fc.integer({ min: 50, max: 3000 }), fc.integer({ min: 3000, max: 400_000 })),
    }),
    { maxLength: 60 },
  )
  .map((list) =>
    list.map(({ reads, writes, units, cost }, func): Step => {
      const phase: Phase = { func: { func, instance: func }, units, cost, label: `phase ${func}` }
      return { phase, reads: new Set(reads), writes: new Set(writes), origins: [] }
    }),
  )

const meets = (a: ReadonlySet<number>, b: ReadonlySet<number>) => [...a].some((place) => b.has(place))
const conflict = (a: Step, b: Step) => meets(a.writes, b.writes) || meets(a.writes, b.reads) || meets(a.reads, b.writes)

/** Where each step stands: group, part, position in the part. */
function positions(groups: readonly Group[]): Map<Step, readonly [number, number, number]> {
  const found = new Map<Step, readonly [number, number, number]>()
  for (const [g, { parts }] of groups.entries())
    for (const [p, part] of parts.entries()) for (const [i, step] of part.steps.entries()) found.set(step, [g, p, i])
  return found
}

describe('the schedule', () => {
  it('keeps the order of whatever touches the same memory', () => {
    fc.assert(
      fc.property(steps, fc.nat(10), (list, window) => {
        const at = positions(groupSteps(list, window))
        expect(at.size).toBe(list.length)
        for (const [i, a] of list.entries())
          for (const b of list.slice(i + 1)) {
            if (!conflict(a, b)) continue
            const [groupA, partA, indexA] = at.get(a) as readonly [number, number, number]
            const [groupB, partB, indexB] = at.get(b) as readonly [number, number, number]
            expect(groupA < groupB || (groupA === groupB && partA === partB && indexA < indexB)).toBe(true)
          }
      }),
    )
  })

  it('joins small chains and independent work, and leaves large phases alone', () => {
    const step = (func: number, reads: number[], writes: number[], cost: number, units = 32): Step => ({
      phase: { func: { func, instance: func }, units, cost, label: '' },
      reads: new Set(reads),
      writes: new Set(writes),
      origins: [],
    })
    const chain = groupSteps([step(0, [0], [1], 500), step(1, [1], [2], 500), step(2, [2], [3], 500)])
    expect(chain).toMatchObject([{ parallel: false, parts: [{ cost: 1500 }] }])
    const independent = groupSteps([1, 2, 3, 4].map((place) => step(place, [0], [place], 5000)))
    expect(independent.map(({ parts, parallel }) => [parts.length, parallel])).toEqual([[4, true]])
    const large = groupSteps([1, 2].map((place) => step(place, [0], [place], 500_000)))
    expect(large).toHaveLength(2)
  })

  it('gives every unit to exactly one task, in order within a part, whatever the number of threads', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 8 }), (list, threads) => {
        const groups = groupSteps(list)
        const base = 4096
        const records = writeRecords(groups, threads)
        const words = records.at(base, ({ func }) => [func.func, 8 * func.instance])
        expect(4 * words.length).toBe(records.bytes)
        const read = (address: number) => words[(address - base) / 4] as number
        const recordBytes = groupRecord.shares + 8 * threads
        for (const [g, { parts, parallel }] of groups.entries()) {
          const record = base + g * recordBytes
          const first = read(record + groupRecord.first)
          const count = read(record + groupRecord.tasks)
          expect(read(record + groupRecord.parallel)).toBe(parallel ? 1 : 0)
          // The shares are the tasks, one after the other.
          let next = first
          for (let thread = 0; thread < threads; thread++) {
            expect(read(record + groupRecord.shares + 8 * thread)).toBe(next)
            next += 8 * read(record + groupRecord.shares + 8 * thread + 4)
          }
          expect(next).toBe(first + 8 * count)
          const done = new Map<number, { task: number; begin: number; end: number }[]>()
          for (let task = first; task < next; task += 8)
            for (let call = read(task); call < read(task + 4); call += 16) {
              const func = read(call)
              expect(read(call + 12)).toBe(8 * func)
              done.set(func, [...(done.get(func) ?? []), { task, begin: read(call + 4), end: read(call + 8) }])
            }
          for (const { steps: inPart } of parts) {
            for (const { phase } of inPart) {
              const pieces = [...(done.get(phase.func.func) ?? [])].sort((a, b) => a.begin - b.begin)
              expect([pieces[0]?.begin, pieces.at(-1)?.end]).toEqual([0, phase.units])
              for (const [i, piece] of pieces.entries()) if (i > 0) expect(piece.begin).toBe(pieces[i - 1]?.end)
            }
            const tasks = new Set(inPart.flatMap(({ phase }) => (done.get(phase.func.func) ?? []).map(({ task }) => task)))
            if (inPart.length > 1) expect(tasks.size).toBe(1)
          }
        }
      }),
    )
  })
})
