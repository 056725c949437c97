/** @file The lesson on initialisers (C2; notes 002 §4): units that start alike stay alike, however long they learn. */
import { expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { initializers } from '../../engine/initializers/registry'
import { initializerSpec } from '../../engine/layers/kit/affine'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { Trainer } from '../../engine/train/trainer'
import { prepare } from './fixtures'

/** How far the units of a hidden layer have parted after some steps, and how far they have moved. */
async function learned(initializer: string) {
  const g = graph('symmetry', {
    data: { kind: 'points2d', params: { pattern: 'halves', samples: 100 } },
    training: { optimizer: 'adam', lr: 0.05, batchSize: 20, epochs: 8 },
  })
  const hidden = g.sigmoid(g.dense(g.input('features', [2]), { numHiddens: 4, initializer }))
  const logits = g.dense(hidden, { numHiddens: 2, initializer })
  g.softmaxCrossEntropy(logits, g.label('label', 2))
  const trainer = await Trainer.create({ data: await prepare(g.document()), backend: createReferenceBackend() })
  await trainer.run()
  const kernel = (await trainer.model.read())['dense1.kernel'] ?? new Float32Array()
  await trainer.dispose()
  const rows = [kernel.slice(0, 4), kernel.slice(4)]
  return {
    apart: Math.max(...rows.map((row) => Math.max(...row) - Math.min(...row))),
    moved: Math.max(...kernel.map(Math.abs)),
  }
}

it.each(['zeros', 'ones', 'constant'])('C2: units that start as %s never part, though they learn', async (initializer) => {
  const { apart, moved } = await learned(initializer)
  expect(apart).toBeLessThan(1e-5)
  expect(moved).toBeGreaterThan(0.05)
})

it('C2: units that start at random part', async () => {
  expect((await learned('xavier')).apart).toBeGreaterThan(0.1)
})

it('C2: every initialiser can be chosen', () => {
  const offered = 'options' in initializerSpec ? Object.keys(initializerSpec.options) : []
  expect(offered.toSorted()).toEqual([...initializers.keys()].toSorted())
})
