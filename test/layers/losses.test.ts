/** @file Losses: exact gradients, extreme scores, metrics, and refusals that say which side to change. */
import { expect, test } from 'vitest'
import { graph } from '../../engine/builder/graph'
import binaryCrossEntropy from '../../engine/layers/binaryCrossEntropy'
import meanSquaredError from '../../engine/layers/meanSquaredError'
import softmaxCrossEntropy from '../../engine/layers/softmaxCrossEntropy'
import { inferShapes } from '../../engine/shapes/infer'
import { expectAllClose } from '../support/allclose'
import { measure } from '../support/measureLoss'
import { accepted, refused } from '../support/shapeRule'

const classes = (shape: number[], count?: number) => ({ shape, dtype: 'i32', classes: count }) as const

test('A7: losses over numbers turn a label of classes into one of numbers, those over classes the other way about', () => {
  const build = (type: 'class' | 'number', loss: 'hinge' | 'softmaxCrossEntropy') => {
    const g = graph('labels')
    g[loss](g.dense(g.input('features', [2]), { numHiddens: 3 }), g.label('label', { type, classes: 2 }))
    return inferShapes(g.document()).diagnostics
  }
  const [numbers] = build('class', 'hinge')
  expect(numbers?.code).toBe('shape.dtype')
  expect(numbers?.fix?.edits).toEqual([
    { type: 'setParam', node: 'label', param: 'type', value: 'number' },
    { type: 'setParam', node: 'label', param: 'shape', value: [3] },
  ])
  const [classes] = build('number', 'softmaxCrossEntropy')
  expect(classes?.code).toBe('shape.dtype')
  expect(classes?.fix?.edits).toEqual([
    { type: 'setParam', node: 'label', param: 'type', value: 'class' },
    { type: 'setParam', node: 'label', param: 'shape', value: [] },
    { type: 'setParam', node: 'label', param: 'classes', value: 3 },
  ])
})

test('A6, A7: softmax cross-entropy: gradient (ŷ − y) / N, accuracy, no overflow', () => {
  const logits = [2, 1, 0, 0, 3, 0]
  const { gradient, metrics, loss } = measure(softmaxCrossEntropy, { logits: [2, 3], label: classes([2], 3) }, { logits, label: [0, 2] })
  const probabilities = [logits.slice(0, 3), logits.slice(3)].flatMap((row) => {
    const sum = row.reduce((total, z) => total + Math.exp(z), 0)
    return row.map((z) => Math.exp(z) / sum)
  })
  expectAllClose(
    gradient,
    probabilities.map((p, i) => (p - (i === 0 || i === 5 ? 1 : 0)) / 2),
    1e-12,
  )
  expect(loss).toBeCloseTo(-(Math.log(probabilities[0] ?? 0) + Math.log(probabilities[5] ?? 0)) / 2, 12)
  expect(metrics).toEqual({ accuracy: 0.5 })
  const extreme = measure(softmaxCrossEntropy, { logits: [1, 2], label: classes([1], 2) }, { logits: [1000, -1000], label: [1] })
  expect(extreme.loss).toBe(2000)
  expect(extreme.gradient).toEqual([1, -1])
})

test('A6, A7: binary cross-entropy: gradient σ(z) − y also at z = 0 and far out', () => {
  const inputs = { logits: [5, 1], target: [5, 1] }
  const { gradient, loss, metrics } = measure(binaryCrossEntropy, inputs, { logits: [0, 0, 800, -800, -800], target: [0, 1, 1, 0, 1] })
  expectAllClose(gradient, [0.1, -0.1, 0, 0, -0.2], 1e-12)
  expect(loss).toBeCloseTo((2 * Math.log(2) + 800) / 5, 10)
  expect(metrics.accuracy).toBeCloseTo(3 / 5, 12)
})

test('A5, A7: mean squared error averages over all numbers', () => {
  const inputs = { prediction: [2, 2], target: [2, 2] }
  const { loss, gradient } = measure(meanSquaredError, inputs, { prediction: [1, 2, 3, 4], target: [0, 0, 3, 6] })
  expect(loss).toBe(9 / 4)
  expect(gradient).toEqual([0.5, 1, 0, -1])
})

test('a wrong number of classes: change the layer before, or else the label', () => {
  const problem = refused(softmaxCrossEntropy, { logits: [4, 7], label: classes([4], 10) })
  expect(problem).toMatchObject({ code: 'shape.classes', port: 'logits', values: { expected: 10, got: 7 } })
  expect(problem.fixes?.map(({ edits }) => edits)).toEqual([
    [{ type: 'adjustSource', port: 'logits', what: 'width', value: 10 }],
    [{ type: 'adjustSource', port: 'label', what: 'classes', value: 7 }],
  ])
})

test('scores and label must have one label each', () => {
  expect(accepted(softmaxCrossEntropy, { logits: [4, 5, 7], label: classes([4, 5], 7) })).toEqual({ loss: { shape: [], dtype: 'f32' } })
  expect(refused(softmaxCrossEntropy, { logits: [4, 5, 7], label: classes([4], 7) })).toMatchObject({
    code: 'shape.mismatch',
    port: 'label',
    fixes: [{ edits: [{ type: 'adjustSource', port: 'label', what: 'shape', value: [5] }] }],
  })
  expect(refused(softmaxCrossEntropy, { logits: [4, 7], label: [4] })).toMatchObject({ code: 'shape.dtype', port: 'label' })
  expect(refused(softmaxCrossEntropy, { logits: [4, 7, 2, 2], label: classes([4], 7) })).toMatchObject({
    code: 'shape.rank',
    fixes: [{ edits: [{ type: 'insertBefore', port: 'logits', kind: 'flatten' }] }],
  })
})

test.each([
  { layer: meanSquaredError, port: 'prediction' },
  { layer: binaryCrossEntropy, port: 'logits' },
])('$layer.kind wants both sides alike and says how to get there', ({ layer, port }) => {
  expect(refused(layer, { [port]: [4, 1], target: [4, 3] })).toMatchObject({
    code: 'shape.mismatch',
    port,
    values: { expected: 'N×3', got: 'N×1' },
    fixes: [
      { edits: [{ type: 'adjustSource', port, what: 'width', value: 3 }] },
      { edits: [{ type: 'adjustSource', port: 'target', what: 'shape', value: [1] }] },
    ],
  })
  expect(refused(layer, { [port]: [4, 1], target: [4] }).fixes).toHaveLength(1)
  expect(refused(layer, { [port]: [4], target: classes([4], 3) })).toMatchObject({ code: 'shape.dtype', port: 'target' })
})
