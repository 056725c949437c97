/** @file Activations, noise, movement, arithmetic and kernel features in one network: drawn, exported, trained on two backends. */
import { createReferenceBackend, type GraphDocument, graph, inferShapes, serializeDocument, train } from 'netloom'
import { expect, test } from 'vitest'
import { exportTypeScript } from '../../engine/export/typescript'
import type { Backend } from '../../engine/runtime/backend'
import { expectAllClose } from '../support/allclose'
import { availableBackends } from '../support/backends'
import { runModule } from '../support/runModule'

function network(): GraphDocument {
  const g = graph('together', {
    data: { kind: 'points2d', params: { pattern: 'circles', samples: 200 } },
    training: { optimizer: 'adam', lr: 0.05, batchSize: 20, epochs: 12 },
  })
  const points = g.gaussianNoise(g.input('features', [2]), { deviation: 0.05 })
  const near = g.rbfKernel(points, { numLandmarks: 6, gamma: 2 })
  const wide = g.prelu(g.dense(points, { numHiddens: 16 }), { perChannel: true })
  const { part1, part2 } = g.split(g.rrelu(wide))
  const gated = g.maximum(g.elu(part1), g.subtract(part2, g.reduce(part2, { keepAxes: true })))
  const both = g.concat([g.l2Normalize(gated), g.maxout(near), g.scale(g.slice(wide, { stop: 3 }), { factor: 0.5 })])
  g.classify(g.softplus(g.dense(both, { numHiddens: 8 })), 2)
  return g.document()
}

test('its code rebuilds it', async () => {
  const document = network()
  expect(inferShapes(document).diagnostics).toEqual([])
  expect(serializeDocument((await runModule(exportTypeScript(document))) as GraphDocument)).toBe(serializeDocument(document))
})

test('it learns, and the first steps are the same on every backend, random numbers included', async () => {
  const steps = async (backend: Backend, maxSteps?: number) => {
    const losses: number[] = []
    const { validation } = await train(network(), { backend, maxSteps, onStep: ({ loss }) => losses.push(loss) })
    return { losses, accuracy: validation?.metrics.accuracy }
  }
  const reference = createReferenceBackend()
  const learned = await steps(reference)
  await reference.dispose()
  expect(learned.accuracy).toBeGreaterThan(0.9)
  for (const backend of await availableBackends()) {
    const { losses } = await steps(backend, 5)
    expectAllClose(losses, learned.losses.slice(0, 5), 1e-4, backend.info.label.en)
    await backend.dispose()
  }
})
