/** @file Shapes as people read them: the batch is N, but for where it is what does not fit. */

import { graph, inferShapes } from 'netloom'
import { describe, expect, test } from 'vitest'
import { messageOf } from '../../engine/core/diagnostic-message'
import { formatBatch, formatBatches } from '../../engine/core/tensor'

test('the batch is N', () => {
  expect(formatBatch([64, 1, 28, 28])).toBe('N×1×28×28')
  expect(formatBatch([64])).toBe('N')
  expect(formatBatch([])).toBe('scalar')
})

describe('of two shapes', () => {
  test('with the same batch, or of which one has none', () => {
    expect(formatBatches([64, 10], [64, 3])).toEqual({ expected: 'N×10', got: 'N×3' })
    expect(formatBatches([64, '?'], [])).toEqual({ expected: 'N×?', got: 'scalar' })
  })
  test('the batch differs', () => {
    expect(formatBatches([64, 10], [32, 10])).toEqual({ expected: '64×10', got: '32×10' })
  })
})

test('what is wrong with a graph does not depend on how large its batches are', () => {
  const messages = [2, 64].map((batchSize) => {
    const g = graph('wrong', { data: { kind: 'digits', params: {} }, training: { optimizer: 'sgd', lr: 0.1, batchSize, epochs: 1 } })
    const image = g.input('image', [1, 28, 28])
    g.dense(image, { numHiddens: 3 })
    g.add([g.dense(g.flatten(image), { numHiddens: 3 }), g.dense(g.flatten(image), { numHiddens: 4 })])
    g.softmaxCrossEntropy(g.dense(g.flatten(image), { numHiddens: 10 }), g.label('label', 7))
    return inferShapes(g.document()).diagnostics.flatMap((problem) => [messageOf(problem), messageOf(problem, 'zh'), problem.fix?.title.en])
  })
  expect(messages[0]?.length).toBeGreaterThanOrEqual(9)
  expect(messages[0]).toEqual(messages[1])
  expect(messages[0]?.join(' ')).toContain('N×3')
})
