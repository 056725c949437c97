/** @file Networks too large for memory: refused before training, with figures and the batch that would fit. */
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { DiagnosedError } from '../../engine/core/diagnostics'
import { prepareData } from '../../engine/datasets/prepare'
import type { GraphDocument } from '../../engine/document/schema'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { createWasmBackend } from '../../engine/runtime/wasm/backend'
import { spawnNode } from '../../engine/runtime/wasm/spawn-node'
import { largestBatch, memoryOf, refusal } from '../../engine/train/memory'
import { updateOf } from '../../engine/train/model'
import { TrainingStep } from '../../engine/train/training-step'

const backend = await createWasmBackend({ threads: 1, spawn: spawnNode })
afterAll(() => backend.dispose())

/** Hidden layers so wide that a large batch needs gigabytes. */
function wide(batchSize: number, numHiddens = 2048): GraphDocument {
  const g = graph('Wide', {
    data: { kind: 'points2d', params: { pattern: 'moons', samples: 100_000 } },
    training: { optimizer: 'adam', batchSize },
  })
  let x = g.tanh(g.dense(g.input('features', [2]), { numHiddens }))
  for (let layer = 0; layer < 8; layer++) x = g.tanh(g.dense(x, { numHiddens }))
  g.classify(x, 2)
  return g.document()
}

const reasonOf = async (document: GraphDocument) => {
  const data = await prepareData(document, () => undefined)
  const reason: unknown = await TrainingStep.prepare(data, backend).catch((error: unknown) => error)
  if (!(reason instanceof DiagnosedError)) throw new Error(`not refused: ${String(reason)}`)
  return reason.diagnostics[0]
}

describe('the largest batch that fits', () => {
  it('is found for anything that grows', () => {
    const costs = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 2, maxLength: 200 })
    fc.assert(
      fc.property(costs, fc.nat(4000), (steps, limit) => {
        let sum = 0
        const needs = steps.map((step) => {
          sum += step
          return sum
        })
        const excess = (batch: number) => (needs[batch - 1] as number) - limit
        fc.pre(excess(needs.length) > 0)
        const expected = needs.filter((need) => need <= limit).length
        expect(largestBatch(excess, needs.length)).toBe(expected === 0 ? undefined : expected)
      }),
    )
  })

  it('takes few guesses where memory is proportional', () => {
    let guesses = 0
    const excess = (batch: number) => {
      guesses++
      return 1000 + 37 * batch - 500_000
    }
    expect(largestBatch(excess, 65_536)).toBe(Math.floor(499_000 / 37))
    expect(guesses).toBeLessThan(8)
  })
})

describe('a step that does not fit', () => {
  it('is refused with what it needs and the batch that would do', async () => {
    const document = wide(65_536)
    const found = await reasonOf(document)
    expect(found).toMatchObject({ code: 'train.memory', severity: 'error', values: { batch: 65_536, expected: '4096 MiB' } })
    const largest = found?.values?.largest as number
    expect(largest).toBeGreaterThan(1000)
    expect(largest).toBeLessThan(65_536)
    const need = async (batchSize: number) => {
      const { scratchBytes, stateBytes } = await memoryOf(wide(batchSize), updateOf(document), backend)
      return scratchBytes + stateBytes
    }
    expect(await need(largest)).toBeLessThan(2 ** 32)
    expect(await need(largest + 1)).toBeGreaterThan(2 ** 32 - 2 ** 20)
    expect(refusal(document, updateOf(document), backend, largest)).toBeUndefined()
  })

  it('is refused where the parameters alone are too many', async () => {
    expect(await reasonOf(wide(64, 16_384))).toMatchObject({ code: 'train.memory.never', values: { expected: '4096 MiB' } })
  })

  it('is let go where the backend cannot tell', () => {
    const document = wide(65_536)
    expect(refusal(document, updateOf(document), createReferenceBackend(), 65_536)).toBeUndefined()
  })
})
