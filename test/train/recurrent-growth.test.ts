/**
 * @file Recurrent language models do not unroll: with the number of steps T neither the program grows nor the number of kernels, and the memory that
 * training takes grows at most in proportion to T (F2–F5).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lower } from '../../engine/compile'
import type { GraphDocument } from '../../engine/document/schema'
import { cpuTarget, gpuTarget, optimize } from '../../engine/optimize/pipeline'
import type { Backend } from '../../engine/runtime/backend'
import { evaluationOf } from '../../engine/train/evaluate'
import { Model, unwrap, updateOf } from '../../engine/train/model'
import { templates } from '../../templates/registry'
import { availableBackends } from '../support/backends'

const LENGTHS = [35, 70, 140] as const
const BATCH = 16

const documentOf = (id: string, numSteps: number): GraphDocument =>
  templates.get(id)?.create({ numHiddens: 64, batchSize: BATCH, numSteps, vocabularySize: 50 }) as GraphDocument

const passes = {
  training: (document: GraphDocument) => ({ ...updateOf(document), keepsState: true }),
  evaluation: () => evaluationOf({ dataset: { fields: [], length: 1, sequential: true, read: () => {} }, indices: Uint32Array.of(0) }),
} as const
const rows = ['rnn-lm', 'gru-lm', 'lstm-lm', 'deep-rnn-lm'].flatMap((id) =>
  (['training', 'evaluation'] as const).map((pass) => ({ id, pass })),
)

let backends: readonly Backend[] = []
beforeAll(async () => {
  backends = await availableBackends()
})
afterAll(async () => {
  for (const backend of backends) await backend.dispose()
})

describe('as T doubles and doubles again', () => {
  it.each(rows)('$id, $pass: the program stays as long as it is', ({ id, pass }) => {
    const [first, ...others] = LENGTHS.map((numSteps) => {
      const document = documentOf(id, numSteps)
      return unwrap(lower(document, { ...passes[pass](document), batchSize: BATCH })).program.values.map(({ op }) => op.op)
    })
    expect(first).toContain('scan')
    for (const other of others) expect(other).toEqual(first)
  })

  it.each(rows)('$id, $pass: as many kernels, and memory in proportion, on every backend', async ({ id, pass }) => {
    for (const backend of backends) {
      const found = []
      for (const numSteps of LENGTHS) {
        const document = documentOf(id, numSteps)
        const wanted = passes[pass](document)
        const model = await Model.forPass(document, backend, wanted, BATCH)
        const { executable, program } = await model.pass(BATCH, wanted)
        const { kernels } = optimize(program, backend.info.id === 'webgpu' ? gpuTarget : cpuTarget)
        found.push({ kernels: kernels.length, ...executable.memory })
        await model.dispose()
      }
      const told = `${backend.info.label.en} ${JSON.stringify(found)}`
      const [short, middle, long] = found as [(typeof found)[0], (typeof found)[0], (typeof found)[0]]
      expect(new Set(found.map(({ kernels }) => kernels)).size, told).toBe(1)
      expect(new Set(found.map(({ stateBytes }) => stateBytes)).size, told).toBe(1)
      // a + bT: twice the steps more take at most twice the bytes more, but for the rounding of places in memory.
      const [once, twice] = [middle.scratchBytes - short.scratchBytes, long.scratchBytes - middle.scratchBytes]
      expect(once, told).toBeGreaterThan(0)
      expect(twice, told).toBeLessThanOrEqual(2 * once + 0.02 * long.scratchBytes)
    }
  })
})
