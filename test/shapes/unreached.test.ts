/** @file Layers that no gradient reaches: which are named, what stands in their way, and that training says so. */
import { createReferenceBackend, type GraphDocument, graph, inferShapes, train } from 'netloom'
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../engine/core/diagnostics'
import { unreachedLayers } from '../../engine/shapes/unreached'

const points = (training: object = {}) =>
  graph('points', {
    data: { kind: 'points2d', params: { pattern: 'circles', samples: 40 } },
    training: { optimizer: 'sgd', lr: 0.1, batchSize: 20, epochs: 1, ...training },
  })

function unreached(document: GraphDocument): (string | undefined)[][] {
  const shaped = inferShapes(document)
  expect(shaped.diagnostics).toEqual([])
  return unreachedLayers(shaped).map(({ nodeId, values }) => [nodeId, values?.node as string])
}

describe('behind the layer there is', () => {
  test('a slope: nothing is said', () => {
    const g = points()
    g.classify(g.sigmoid(g.dense(g.input('features', [2]), { numHiddens: 4 })), 2)
    expect(unreached(g.document())).toEqual([])
  })

  test('a staircase: it and everything before it is named', () => {
    const g = points()
    const first = g.sigmoid(g.dense(g.input('features', [2]), { id: 'first', numHiddens: 4 }))
    const stairs = g.quantize(g.dense(first, { id: 'second', numHiddens: 3 }), { id: 'stairs' })
    g.classify(stairs, 2)
    expect(unreached(g.document())).toEqual([
      ['first', 'stairs'],
      ['second', 'stairs'],
    ])
  })

  test('a staircase that lets the gradient straight through', () => {
    const g = points()
    g.classify(g.quantize(g.dense(g.input('features', [2]), { numHiddens: 4 }), { gradient: 'straightThrough' }), 2)
    expect(unreached(g.document())).toEqual([])
  })

  test('a way past it', () => {
    const g = points()
    const hidden = g.dense(g.input('features', [2]), { numHiddens: 4 })
    g.classify(g.add([hidden, g.step(hidden)]), 2)
    expect(unreached(g.document())).toEqual([])
  })

  test('a penalty before it', () => {
    const g = points()
    g.classify(g.step(g.activityPenalty(g.dense(g.input('features', [2]), { numHiddens: 4 }))), 2)
    expect(unreached(g.document())).toEqual([])
  })

  test('a staircase, but it is frozen', () => {
    const g = points()
    g.classify(g.step(g.dense(g.input('features', [2]), { numHiddens: 4, frozen: true })), 2)
    expect(unreached(g.document())).toEqual([])
  })
})

test('threshold units do not learn by descent either', () => {
  const g = points()
  g.classify(g.mccullochPitts(g.input('features', [2]), { id: 'neuron', numHiddens: 3 }), 2)
  expect(unreached(g.document())).toEqual([['neuron', 'neuron']])
})

test('training says so before it begins', async () => {
  const g = points()
  g.classify(g.step(g.dense(g.input('features', [2]), { id: 'hidden', numHiddens: 4 }), { id: 'stairs' }), 2)
  const backend = createReferenceBackend()
  const warnings: Diagnostic[] = []
  await train(g.document(), { backend, onWarning: (warning) => warnings.push(warning) })
  await backend.dispose()
  expect(warnings).toContainEqual({ code: 'train.unreached', severity: 'warning', nodeId: 'hidden', values: { node: 'stairs' } })
})
