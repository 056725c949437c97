/** @file Information measures (J1): their identities, their limits, and the nodes against the functions, on every backend. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  conditionalEntropy,
  entropy,
  type JointTable,
  marginalsOf,
  mutualInformation,
  pointwiseMutualInformation,
  relativeEntropy,
  selfInformation,
  tableFromCounts,
} from '../../engine/information/measures'
import { layers } from '../../engine/layers/kit/registry'
import type { Backend } from '../../engine/runtime/backend'
import { availableBackends } from '../support/backends'
import { buildCase, type Case } from '../support/layerProgram'

/** Tables with some empty cells, rows and columns. */
const tables: fc.Arbitrary<JointTable> = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })).chain(([rows, columns]) =>
  fc
    .array(fc.nat({ max: 9 }), { minLength: rows * columns, maxLength: rows * columns })
    .filter((counts) => counts.some((count) => count > 0))
    .map((counts) => tableFromCounts(rows, columns, counts)),
)

describe('J1: identities', () => {
  test('I(X; Y) = H(X) + H(Y) − H(X, Y) = H(X) − H(X|Y), not below 0', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const { x, y } = marginalsOf(table)
        const [hx, hy, hxy] = [entropy(x), entropy(y), entropy(table.probabilities)]
        const information = mutualInformation(table)
        expect(information).toBeCloseTo(hx + hy - hxy, 10)
        expect(information).toBeCloseTo(hx - conditionalEntropy(table, 'y'), 10)
        expect(information).toBeCloseTo(hy - conditionalEntropy(table, 'x'), 10)
        expect(information).toBeGreaterThan(-1e-12)
        expect(Math.max(hx, hy)).toBeLessThan(hxy + 1e-12)
        expect(hxy).toBeLessThan(hx + hy + 1e-12)
      }),
      { seed: 1 },
    )
  })

  test('I(X; Y) is the relative entropy of the table to independence, and the mean of the pointwise values', () => {
    fc.assert(
      fc.property(tables, (table) => {
        const { x, y } = marginalsOf(table)
        const independent = x.flatMap((px) => y.map((py) => px * py))
        expect(mutualInformation(table)).toBeCloseTo(relativeEntropy(table.probabilities, independent), 10)
        const pointwise = pointwiseMutualInformation(table)
        const mean = Array.from(table.probabilities).reduce((sum, p, i) => sum + (p > 0 ? p * (pointwise[i] ?? 0) : 0), 0)
        expect(mutualInformation(table)).toBeCloseTo(mean, 10)
      }),
      { seed: 2 },
    )
  })

  test('D(p‖q) is not below 0, and 0 of a distribution to itself', () => {
    fc.assert(
      fc.property(tables, tables, (one, other) => {
        const [p, q] = [marginalsOf(one).x, marginalsOf(other).x]
        expect(relativeEntropy(p, p)).toBe(0)
        if (p.length === q.length) expect(relativeEntropy(p, q)).toBeGreaterThan(-1e-12)
      }),
      { seed: 3 },
    )
  })
})

describe('J1: known values', () => {
  test('coins and dice', () => {
    expect(selfInformation(1 / 8)).toBe(3)
    expect(selfInformation(1)).toBe(0)
    expect(selfInformation(0)).toBe(Number.POSITIVE_INFINITY)
    expect(entropy([0.5, 0.5])).toBe(1)
    expect(entropy([1, 0, 0])).toBe(0)
    expect(entropy(new Array<number>(8).fill(1 / 8))).toBe(3)
    expect(relativeEntropy([0.5, 0.5], [0.25, 0.75])).toBeCloseTo(1 - 0.5 * Math.log2(3), 12)
  })

  test('a copy shares everything, independent coins nothing', () => {
    const copy = tableFromCounts(2, 2, [1, 0, 0, 1])
    expect(mutualInformation(copy)).toBe(1)
    expect(conditionalEntropy(copy, 'x')).toBe(0)
    expect(pointwiseMutualInformation(copy)).toEqual([1, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 1])
    expect(mutualInformation(tableFromCounts(2, 2, [1, 1, 1, 1]))).toBe(0)
    expect(pointwiseMutualInformation(tableFromCounts(2, 2, [3, 0, 1, 0]))).toEqual([0, 0, 0, 0])
    expect(tableFromCounts(1, 2, [0, 0]).probabilities).toEqual([0, 0])
  })

  test('what q rules out and p does not costs infinitely much; what p rules out costs nothing', () => {
    expect(relativeEntropy([0.5, 0.5], [1, 0])).toBe(Number.POSITIVE_INFINITY)
    expect(relativeEntropy([1, 0], [0.5, 0.5])).toBe(1)
    expect(relativeEntropy([1, 0], [1, 0])).toBe(0)
  })
})

describe('J1: nodes', () => {
  let backends: readonly Backend[] = []
  beforeAll(async () => {
    backends = await availableBackends()
  })
  afterAll(async () => {
    for (const backend of backends) await backend.dispose()
  })

  /** y of one sample on every backend, with the gradients, which must be numbers wherever y is. */
  async function run(kind: string, inputs: Case['inputs'], data: Readonly<Record<string, readonly number[]>>, params = {}) {
    const layer = layers.get(kind)
    if (!layer) throw new Error(`there is no layer ${kind}`)
    const { program, given } = buildCase(layer, { inputs, params }, false)
    const results: number[][] = []
    for (const backend of backends) {
      const state = backend.createState([])
      const executable = await backend.compile(program, state)
      const feed = Object.fromEntries(Object.entries({ ...given, ...data }).map(([name, numbers]) => [name, Float32Array.from(numbers)]))
      executable.run({ ...feed, 'upstream:y': new Float32Array(given['upstream:y']?.length ?? 0).fill(1) })
      const read = await executable.read(program.outputs.map(({ name }) => name))
      const y = [...(read.y ?? [])]
      if (y.every(Number.isFinite))
        for (const [name, slopes] of Object.entries(read))
          if (name.startsWith('grad:')) expect([...slopes].some(Number.isNaN), `${name} of ${kind} on ${backend.info.id}`).toBe(false)
      results.push(y)
      executable.dispose()
      state.dispose()
    }
    expect(results.length).toBeGreaterThan(1)
    return results
  }

  const expectClose = (results: readonly (readonly number[])[], expected: readonly number[]) => {
    for (const y of results) {
      expect(y.length).toBe(expected.length)
      y.forEach((value, i) => {
        const wanted = expected[i] ?? Number.NaN
        if (Number.isFinite(wanted)) expect(value).toBeCloseTo(wanted, 5)
        else expect(value).toBe(wanted)
      })
    }
  }

  const table = tableFromCounts(3, 3, [4, 0, 1, 0, 3, 0, 2, 0, 6])
  const joint = { p: Array.from(table.probabilities) }
  const shape = { p: [1, 3, 3] }

  test('give what the functions give, with cells that are never counted', async () => {
    expectClose(await run('entropy', shape, joint), [entropy(table.probabilities)])
    expectClose(await run('conditionalEntropy', shape, joint), [conditionalEntropy(table, 'x')])
    expectClose(await run('conditionalEntropy', shape, joint, { given: 'y' }), [conditionalEntropy(table, 'y')])
    expectClose(await run('mutualInformation', shape, joint), [mutualInformation(table)])
    expectClose(await run('pointwiseMutualInformation', shape, joint), pointwiseMutualInformation(table))
    expectClose(await run('selfInformation', shape, joint), joint.p.map(selfInformation))
  })

  test('a row that is never counted', async () => {
    const empty = tableFromCounts(2, 2, [1, 3, 0, 0])
    const data = { p: Array.from(empty.probabilities) }
    expectClose(await run('mutualInformation', { p: [1, 2, 2] }, data), [0])
    expectClose(await run('conditionalEntropy', { p: [1, 2, 2] }, data), [conditionalEntropy(empty, 'x')])
    expectClose(await run('pointwiseMutualInformation', { p: [1, 2, 2] }, data), [0, 0, 0, 0])
  })

  test('relative entropy is infinite where q = 0 < p, and only there', async () => {
    const shapes = { p: [4, 2], q: [4, 2] }
    const data = { p: [0.5, 0.5, 1, 0, 1, 0, 0.5, 0.5], q: [1, 0, 0.5, 0.5, 1, 0, 0.25, 0.75] }
    expectClose(await run('relativeEntropy', shapes, data), [Number.POSITIVE_INFINITY, 1, 0, 1 - 0.5 * Math.log2(3)])
  })
})
