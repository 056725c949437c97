/** @file The engine as a library: what `import … from 'netloom'` promises works from drawing to trained weights. */

import { createReferenceBackend, graph, inferShapes, parseDocument, serializeDocument, train } from 'netloom'
import { expect, test } from 'vitest'
import { DiagnosedError } from '../../engine/core/diagnostics'

const classifier = () => {
  const g = graph('points', {
    data: { kind: 'points2d', params: { pattern: 'circles', samples: 200 } },
    training: { optimizer: 'adam', lr: 0.05, batchSize: 20, epochs: 30 },
  })
  g.classify(g.tanh(g.dense(g.input('features', [2]), { numHiddens: 12 })), 2)
  return g.document()
}

test('draw, save, open, train', async () => {
  const opened = parseDocument(serializeDocument(classifier()))
  if (!opened.ok) throw new DiagnosedError(opened.diagnostics)
  expect(inferShapes(opened.value).diagnostics).toEqual([])
  const losses: number[] = []
  const backend = createReferenceBackend()
  const trained = await train(opened.value, { backend, onStep: ({ loss }) => losses.push(loss) })
  await backend.dispose()
  expect(trained.steps).toBe(270)
  expect(losses).toHaveLength(270)
  expect(Object.keys(trained.weights)).toEqual(['dense1.kernel', 'dense1.bias', 'dense2.kernel', 'dense2.bias'])
  expect(trained.validation?.metrics.accuracy).toBeGreaterThan(0.9)
})

test('without a backend of its own it runs on the CPU', async () => {
  const trained = await train(classifier(), { maxSteps: 3 })
  expect(trained.steps).toBe(3)
  expect(trained.weights['dense1.kernel']?.every(Number.isFinite)).toBe(true)
})

test('what stands in the way comes back as diagnostics', async () => {
  const g = graph('broken')
  g.dense(g.input('image', [1, 28, 28]))
  await expect(train(g.document(), { backend: createReferenceBackend() })).rejects.toThrow(DiagnosedError)
})
