/** @file Losses: exact gradients, extreme scores, metrics, and refusals that say which side to change. */
import { expect, test } from 'vitest'
import { gradients } from '../../engine/autodiff/gradients'
import { ProgramBuilder } from '../../engine/ir/builder'
import { evaluate, type Feed } from '../../engine/ir/evaluate'
import binaryCrossEntropy from '../../engine/layers/binaryCrossEntropy'
import type { AnyLayer, LowerContext } from '../../engine/layers/kit/define'
import { completeParams } from '../../engine/layers/kit/validate'
import meanSquaredError from '../../engine/layers/meanSquaredError'
import softmaxCrossEntropy from '../../engine/layers/softmaxCrossEntropy'
import { expectAllClose } from '../support/allclose'
import { typesOf } from '../support/layerProgram'
import { accepted, refused } from '../support/shapeRule'

const classes = (shape: number[], count?: number) => ({ shape, dtype: 'i32', classes: count }) as const

/** Loss, its gradient with respect to the first input, and the metrics, for given numbers. */
function measure(layer: AnyLayer, inputs: Parameters<typeof accepted>[1], feed: Feed) {
  const types = typesOf({ inputs })
  const { params } = completeParams(layer.params, {})
  const b = new ProgramBuilder('loss')
  const tensors = Object.fromEntries(
    Object.entries(types).map(([port, type]) => {
      if (!('shape' in type)) throw new Error('no loss is variadic')
      return [port, b.input(port, type.shape, type.dtype)]
    }),
  )
  const context: LowerContext = {
    training: true,
    inputs: types,
    penalize: () => {
      throw new Error('a loss is no penalty')
    },
    assign: () => {
      throw new Error('a loss has no statistics')
    },
    feed: () => {
      throw new Error('a loss is not fed')
    },
  }
  const { loss } = layer.lower(b, tensors, {}, params, context)
  const [first] = Object.values(tensors)
  if (!loss || !first) throw new Error('no loss')
  const [gradient] = gradients(b, loss, [first])
  const metrics = layer.role?.type === 'loss' ? (layer.role.metrics?.(b, tensors, params) ?? {}) : {}
  const values = evaluate(b.finish(), feed)
  const numbersOf = (id = -1) => [...(values.get(id) ?? [])]
  return {
    loss: numbersOf(loss.id)[0],
    gradient: numbersOf(gradient?.id),
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, { id }]) => [name, numbersOf(id)[0]])),
  }
}

test('softmax cross-entropy: gradient (ŷ − y) / N, accuracy, no overflow', () => {
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

test('binary cross-entropy: gradient σ(z) − y also at z = 0 and far out', () => {
  const inputs = { logits: [5, 1], target: [5, 1] }
  const { gradient, loss, metrics } = measure(binaryCrossEntropy, inputs, { logits: [0, 0, 800, -800, -800], target: [0, 1, 1, 0, 1] })
  expectAllClose(gradient, [0.1, -0.1, 0, 0, -0.2], 1e-12)
  expect(loss).toBeCloseTo((2 * Math.log(2) + 800) / 5, 10)
  expect(metrics.accuracy).toBeCloseTo(3 / 5, 12)
})

test('mean squared error averages over all numbers', () => {
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
    values: { expected: '4×3', got: '4×1' },
    fixes: [
      { edits: [{ type: 'adjustSource', port, what: 'width', value: 3 }] },
      { edits: [{ type: 'adjustSource', port: 'target', what: 'shape', value: [1] }] },
    ],
  })
  expect(refused(layer, { [port]: [4, 1], target: [4] }).fixes).toHaveLength(1)
  expect(refused(layer, { [port]: [4], target: classes([4], 3) })).toMatchObject({ code: 'shape.dtype', port: 'target' })
})
