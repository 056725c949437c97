/** @file Several losses and penalties in one graph: they add up with their weights, and each can be seen. */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { DiagnosedError } from '../../engine/core/diagnostics'
import type { GraphDocument } from '../../engine/document/schema'
import { evaluate } from '../../engine/ir/evaluate'
import { lowerGraph } from '../../engine/ir/lower'
import { inferShapes } from '../../engine/shapes/infer'

const feed = { x: [1, -2, 3, 0.5], y: [0, 1, 2, 4], z: [1, 1, 1, 1], label: [0, 1], unlabelled: [0, 1] }

/** The outputs of a forward pass over a batch of two. */
function run(document: GraphDocument, gradients: 'none' | 'all' = 'none'): Record<string, number[]> {
  const shaped = inferShapes(document, { batchSize: 2 })
  expect(shaped.diagnostics).toEqual([])
  const { program } = lowerGraph(shaped, { training: true, gradients })
  const values = evaluate(program, feed)
  return Object.fromEntries(program.outputs.map(({ name, value }) => [name, [...(values.get(value) ?? [])]]))
}

const inputsOf = (g: ReturnType<typeof graph>) => ({
  x: g.input('x', [2]),
  y: g.label('y', { type: 'number', shape: [2] }),
  z: g.label('z', { type: 'number', shape: [2] }),
})

describe('C10: several losses', () => {
  it('add up with their weights, and each is a metric named after its node', () => {
    const g = graph('two')
    const { x, y, z } = inputsOf(g)
    g.meanSquaredError(x, y, { id: 'content', lossWeight: 2 })
    g.meanAbsoluteError(x, z, { id: 'style', lossWeight: 0.5 })
    const outputs = run(g.document(), 'all')
    const content = (1 + 9 + 1 + 12.25) / 4
    const style = (0 + 3 + 2 + 0.5) / 4
    expect(outputs.loss?.[0]).toBeCloseTo(2 * content + 0.5 * style, 12)
    expect(outputs['metric:content']?.[0]).toBeCloseTo(content, 12)
    expect(outputs['metric:style']?.[0]).toBeCloseTo(style, 12)
    expect(outputs['grad:y']).toEqual([-1, 3, -1, 3.5])
    // Both look at the same numbers: one output.
    expect(Object.keys(outputs).filter((name) => name.includes('prediction'))).toEqual(['prediction'])
  })

  it('a single one is the loss, and no metric beside it', () => {
    const g = graph('one')
    const { x, y } = inputsOf(g)
    g.meanAbsoluteError(x, y, { lossWeight: 3 })
    expect(run(g.document())).toEqual({ prediction: feed.x, loss: [(3 * (1 + 3 + 1 + 3.5)) / 4] })
  })
})

describe('C3: penalties', () => {
  it('join the loss from where they stand', () => {
    const g = graph('sparse')
    const { x, y } = inputsOf(g)
    g.meanAbsoluteError(g.activityPenalty(x, { strength: 0.1, id: 'sparsity' }), y)
    const outputs = run(g.document(), 'all')
    const sparsity = (1 + 2 + 3 + 0.5) / 2
    expect(outputs['metric:sparsity']?.[0]).toBeCloseTo(sparsity, 12)
    expect(outputs['metric:loss1']?.[0]).toBeCloseTo((1 + 3 + 1 + 3.5) / 4, 12)
    expect(outputs.loss?.[0]).toBeCloseTo((1 + 3 + 1 + 3.5) / 4 + 0.1 * sparsity, 12)
    expect(outputs['grad:x']?.map((slope) => Math.round(slope * 1e9) / 1e9)).toEqual([0.3, -0.3, 0.3, -0.2])
  })

  it('C10: entropy of what has no label: a mask picks it out', () => {
    const g = graph('semi-supervised')
    const logits = g.input('x', [2])
    const unlabelled = g.input('unlabelled', [])
    g.softmaxCrossEntropy(g.entropyPenalty(logits, { strength: 1, id: 'entropy', mask: unlabelled }), g.label('label', 2))
    const p = 1 / (1 + Math.exp(-2.5))
    const entropy = (one: number) => -one * Math.log(one) - (1 - one) * Math.log(1 - one)
    const outputs = run(g.document())
    expect(outputs['metric:entropy']?.[0]).toBeCloseTo(entropy(p), 12)
  })

  it('alone are nothing to learn from', () => {
    const g = graph('no loss')
    g.activityPenalty(g.input('x', [2]), { id: 'sparsity' })
    const shaped = inferShapes(g.document(), { batchSize: 2 })
    expect(() => lowerGraph(shaped, { training: true, gradients: 'all' })).toThrow(DiagnosedError)
    expect(Object.keys(run(g.document()))).toEqual(['sparsity'])
  })
})
