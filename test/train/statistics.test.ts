/** @file E1: batch normalisation in training needs more than one value of each feature; with one it says so, and names its node. */
import { createReferenceBackend, graph, train } from 'netloom'
import { expect, test } from 'vitest'
import { DiagnosedError } from '../../engine/core/diagnostics'

function points(batchSize: number) {
  const g = graph('points', {
    data: { kind: 'points2d', params: { pattern: 'circles', samples: 40 } },
    training: { optimizer: 'sgd', lr: 0.1, batchSize, epochs: 1 },
  })
  g.classify(g.batchNorm(g.dense(g.input('features', [2]), { numHiddens: 4 }), { id: 'norm' }), 2)
  return g.document()
}

/** Maps of `size` × `size` numbers for each channel are normalised. */
function pictures(batchSize: number, size: number) {
  const g = graph('pictures', {
    data: { kind: 'digits', params: { samples: 20 } },
    training: { optimizer: 'sgd', lr: 0.1, batchSize, epochs: 1 },
  })
  const channels = g.conv2d(g.input('image', [1, 28, 28]), { numChannels: 2, kernelSize: 29 - size })
  g.classify(g.flatten(g.batchNorm(channels, { id: 'norm' })), 10)
  return g.document()
}

async function diagnosticsOf(document: ReturnType<typeof points>): Promise<readonly object[]> {
  const backend = createReferenceBackend()
  try {
    await train(document, { backend, maxSteps: 1 })
    return []
  } catch (error) {
    if (error instanceof DiagnosedError) return error.diagnostics
    throw error
  } finally {
    await backend.dispose()
  }
}

const lonely = [{ code: 'train.statistics', severity: 'error', nodeId: 'norm', values: { got: 1 } }]

test('a batch of one row is refused, one of two is not', async () => {
  expect(await diagnosticsOf(points(1))).toEqual(lonely)
  expect(await diagnosticsOf(points(2))).toEqual([])
})

test('nor is one of a single image, unless one pixel of it is left', async () => {
  expect(await diagnosticsOf(pictures(1, 1))).toEqual(lonely)
  expect(await diagnosticsOf(pictures(1, 2))).toEqual([])
  expect(await diagnosticsOf(pictures(2, 1))).toEqual([])
})
