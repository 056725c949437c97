/** @file Masks and weights of losses: what is averaged, what a mask of zeros gives, and what is said of one that does not fit. */
import { describe, expect, test } from 'vitest'
import { evaluate } from '../../engine/ir/evaluate'
import type { AnyLayer } from '../../engine/layers/kit/define'
import { layers } from '../../engine/layers/kit/registry'
import { EXTREMES, leftOutRows } from '../support/leftOut'
import { measure } from '../support/measureLoss'
import { refused } from '../support/shapeRule'

const kind = (name: string): AnyLayer => {
  const layer = layers.get(name)
  if (!layer) throw new Error(`there is no layer ${name}`)
  return layer
}
const squared = kind('meanSquaredError')
const binary = kind('binaryCrossEntropy')
const softmax = kind('softmaxCrossEntropy')
const losses = [...layers.values()].filter(({ role }) => role?.type === 'loss')

test('A7: every loss of the notes is there', () => {
  const named = [
    'meanSquaredError',
    'meanAbsoluteError',
    'categoricalCrossEntropy',
    'softmaxCrossEntropy',
    'binaryCrossEntropy',
    'binaryCrossEntropyOfProbabilities',
    'hinge',
    'pairwiseHinge',
    'bprLoss',
    'klDivergence',
    'negativeLogLikelihood',
  ]
  expect(losses.map((layer) => layer.kind)).toEqual(expect.arrayContaining(named))
  // With its default margin the pairwise hinge is the max-margin ranking loss max(0, 1 − s + s_c).
  const scores = { score: [3], negativeScore: [3] }
  const { loss, metrics } = measure(kind('pairwiseHinge'), scores, { score: [2, 0.5, 0], negativeScore: [0, 0, 1] })
  expect(loss).toBeCloseTo((0 + 0.5 + 2) / 3, 12)
  expect(metrics.accuracy).toBeCloseTo(2 / 3, 12)
})

test('C6: smoothed labels want a little of every class', () => {
  const inputs = { logits: [1, 2], label: { shape: [1], dtype: 'i32', classes: 2 } } as const
  const feed = { logits: [Math.log(9), 0], label: [0] }
  const { loss, gradient } = measure(softmax, inputs, feed, { labelSmoothing: 0.2 })
  expect(loss).toBeCloseTo(-0.9 * Math.log(0.9) - 0.1 * Math.log(0.1), 12)
  // Scores that give 0.9 and 0.1 are what it wants.
  for (const slope of gradient) expect(slope).toBeCloseTo(0, 12)
  const yes = measure(binary, { logits: [1], target: [1] }, { logits: [Math.log(9)], target: [1] }, { labelSmoothing: 0.2 })
  expect(yes.gradient[0]).toBeCloseTo(0, 12)
})

const pair = { prediction: [2, 2], target: [2, 2] }
const numbers = { prediction: [1, 2, 3, 4], target: [0, 0, 0, 0] }

describe('A7: the mean over what is not masked', () => {
  test('of values', () => {
    const { loss, gradient, metrics } = measure(squared, { ...pair, mask: [2, 2] }, { ...numbers, mask: [1, 0, 0, 1] })
    expect(loss).toBeCloseTo((1 + 16) / 2, 12)
    expect(gradient).toEqual([1, 0, 0, 4])
    expect(metrics).toEqual({ absoluteError: 2.5 })
  })

  test('of samples', () => {
    const { loss, gradient } = measure(squared, { ...pair, mask: [2] }, { ...numbers, mask: [0, 1] })
    expect(loss).toBeCloseTo((9 + 16) / 2, 12)
    expect(gradient).toEqual([0, 0, 3, 4])
  })

  test('A6: of samples whose labels are added up', () => {
    const feed = { logits: [0, 0, 0, 0], target: [0, 1, 0, 1] }
    const inputs = { logits: [2, 2], target: [2, 2] }
    expect(measure(binary, inputs, feed, { reduction: 'sum' }).loss).toBeCloseTo(2 * Math.log(2), 12)
    const masked = { ...feed, mask: [1, 0, 0, 0] }
    expect(measure(binary, { ...inputs, mask: [2, 2] }, masked, { reduction: 'sum' }).loss).toBeCloseTo(Math.log(2), 12)
  })

  test('of accuracy and perplexity: padding says nothing', () => {
    const inputs = { logits: [1, 3, 2], label: { shape: [1, 3], dtype: 'i32', classes: 2 }, mask: [1, 3] } as const
    const feed = { logits: [0, 0, 0, Math.log(3), 50, 0], label: [0, 1, 1], mask: [1, 1, 0] }
    const { metrics } = measure(softmax, inputs, feed)
    expect(metrics.accuracy).toBe(1)
    // −log ½ and −log ¾, averaged, and the exponential of that.
    expect(metrics.perplexity).toBeCloseTo(Math.sqrt(2 * (4 / 3)), 12)
  })
})

test('A7: weights say how much a loss counts, not what is averaged', () => {
  const { loss } = measure(squared, { ...pair, weight: [2] }, { ...numbers, weight: [2, 0] })
  expect(loss).toBeCloseTo((2 * (1 + 4)) / 4, 12)
  const both = measure(squared, { ...pair, weight: [2], mask: [2] }, { ...numbers, weight: [2, 3], mask: [1, 0] })
  expect(both.loss).toBeCloseTo((2 * (1 + 4)) / 2, 12)
})

test.each(losses.map((layer) => ({ kind: layer.kind, layer })))('A7: $kind: a mask of zeros gives 0, and no gradient', ({ layer }) => {
  const masked = layer.cases.filter(({ inputs }) => 'mask' in inputs)
  const weighted = layer.cases.filter(({ inputs }) => 'weight' in inputs)
  expect(masked.length, 'cases with a mask').toBeGreaterThan(0)
  expect(weighted.length, 'cases with weights').toBeGreaterThan(0)
  expect(
    layer.cases.some(({ inputs }) => !('mask' in inputs || 'weight' in inputs)),
    'a case with neither',
  ).toBe(true)
  for (const { inputs, params } of masked) {
    const feed = Object.fromEntries(
      Object.entries(inputs).map(([port, type]) => {
        const shape: readonly number[] = 'shape' in type ? type.shape : (type as readonly number[])
        const size = shape.reduce((product, extent) => product * extent, 1)
        return [port, new Array<number>(size).fill(port === 'mask' || ('shape' in type && type.dtype === 'i32') ? 0 : 0.5)]
      }),
    )
    const { loss, gradient, metrics } = measure(layer, inputs, feed, params)
    expect(loss).toBe(0)
    expect(gradient.every((slope) => slope === 0)).toBe(true)
    for (const value of Object.values(metrics)) expect(Number.isFinite(value)).toBe(true)
  }
})

test.each(losses.map((layer) => ({ kind: layer.kind, layer })))('A7: $kind: weights of zero give 0, and no gradient', ({ layer }) => {
  for (const { inputs, params } of layer.cases.filter((row) => 'weight' in row.inputs && !('mask' in row.inputs))) {
    const feed = Object.fromEntries(
      Object.entries(inputs).map(([port, type]) => {
        const shape: readonly number[] = 'shape' in type ? type.shape : (type as readonly number[])
        const isZero = port === 'weight' || ('shape' in type && type.dtype === 'i32')
        return [port, new Array<number>(shape.reduce((product, extent) => product * extent, 1)).fill(isZero ? 0 : 0.5)]
      }),
    )
    const { loss, gradient, metrics } = measure(layer, inputs, feed, params)
    expect(loss).toBe(0)
    expect(gradient.every((slope) => slope === 0)).toBe(true)
    for (const value of Object.values(metrics)) expect(Number.isFinite(value)).toBe(true)
  }
  expect(layer.inputs.weight?.about.en).toContain('mean')
})

test('A7: a mask of the wrong length is refused, with the lengths that would do', () => {
  const inputs = { logits: [4, 5, 7], label: { shape: [4, 5], dtype: 'i32', classes: 7 } } as const
  expect(refused(softmax, { ...inputs, mask: [4, 6] })).toMatchObject({
    code: 'shape.counting',
    port: 'mask',
    values: { port: 'mask', expected: { en: 'N or N×5', zh: 'N 或 N×5' }, got: 'N×6' },
    fixes: [{ edits: [{ type: 'adjustSource', port: 'mask', what: 'shape', value: [5] }] }],
  })
  expect(refused(softmax, { ...inputs, mask: [5] })).toMatchObject({ code: 'shape.counting', port: 'mask' })
  expect(refused(squared, { ...pair, weight: [3] })).toMatchObject({ code: 'shape.counting', port: 'weight' })
  expect(refused(squared, { ...pair, mask: [2, 2, 2] })).toMatchObject({ code: 'shape.counting', port: 'mask' })
  expect(refused(squared, { ...pair, mask: { shape: [2], dtype: 'i32' } })).toMatchObject({ code: 'shape.dtype', port: 'mask' })
})

test('a class that is impossible and not the right one does no harm', () => {
  const inputs = { logProbabilities: [1, 2], label: { shape: [1], dtype: 'i32', classes: 2 } } as const
  const { loss, gradient } = measure(kind('negativeLogLikelihood'), inputs, { logProbabilities: [0, Number.NEGATIVE_INFINITY], label: [0] })
  expect(Math.abs(loss ?? Number.NaN)).toBe(0)
  expect(gradient.map(Math.abs)).toEqual([1, 0])
})

test('probabilities of 0 and 1 cost much, but no infinity', () => {
  const certain = { probabilities: [0, 1], target: [1, 0] }
  const { loss, gradient } = measure(kind('binaryCrossEntropyOfProbabilities'), { probabilities: [2], target: [2] }, certain)
  expect(loss).toBeGreaterThan(80)
  expect([loss, ...gradient].every(Number.isFinite)).toBe(true)
  const same = { prediction: [0, 1], target: [0, 1] }
  expect(measure(kind('klDivergence'), { prediction: [1, 2], target: [1, 2] }, same).loss).toBe(0)
})

test('classes on the channels: a fix leads there', () => {
  const inputs = { logits: [2, 3, 4, 5], label: { shape: [2, 4, 5], dtype: 'i32', classes: 3 } } as const
  expect(refused(softmax, inputs)).toMatchObject({
    code: 'shape.rank',
    fixes: [{ edits: [{ type: 'setParam', param: 'axis', value: 'channels' }] }],
  })
})

test('A7, A9: hinge: 0 counts as −1', () => {
  const inputs = { score: [4], target: [4] }
  const { loss, metrics } = measure(kind('hinge'), inputs, { score: [2, 0.5, -2, 0.5], target: [1, 1, 0, -1] })
  expect(loss).toBeCloseTo((0 + 0.5 + 0 + 1.5) / 4, 12)
  expect(metrics.accuracy).toBe(0.75)
})

describe('A7: what is left out reaches neither the mean nor any gradient, whatever it is', () => {
  test('there are such rows of every loss, by mask and by weight, and of every penalty', () => {
    const found = new Set(leftOutRows.map(({ layer, by }) => `${layer.kind} ${by}`))
    const wanted = losses.flatMap(({ kind: name }) => [`${name} mask`, `${name} weight`])
    const penalties = [...layers.values()].flatMap((layer) => (layer.penalizes ? [`${layer.kind} mask`] : []))
    expect([...wanted, ...penalties].filter((name) => !found.has(name))).toEqual([])
  })

  test.each(leftOutRows)('$title', ({ built: { program, results }, by, feed }) => {
    const outputs = program.outputs.filter(
      // What a penalty hands on is what came in; a metric is not weighted.
      ({ name }) => !(name === 'y' && 'penalty' in results) && !(by === 'weight' && name.startsWith('metric:')),
    )
    const run = (extremes?: readonly number[]) => {
      const values = evaluate(program, feed(extremes))
      return Object.fromEntries(outputs.map(({ name, value }) => [name, [...(values.get(value) ?? [])]]))
    }
    const wanted = run()
    for (const numbers of Object.values(wanted)) expect(numbers.every(Number.isFinite)).toBe(true)
    for (const extremes of EXTREMES) expect(run(extremes), String(extremes)).toEqual(wanted)
  })

  test('of single pixels and single steps too', () => {
    const inputs = { logits: [1, 2, 2, 2], label: { shape: [1, 2, 2], dtype: 'i32', classes: 2 }, mask: [1, 2, 2] } as const
    const lost = [Number.NaN, Number.POSITIVE_INFINITY]
    // The classes lie on axis 1: pixel 2 has the third and the seventh number.
    const feed = (a: number, c: number) => ({ logits: [1, 2, a, 4, 5, 6, c, 8], label: [0, 1, 0, 1], mask: [1, 1, 0, 1] })
    const wanted = measure(softmax, inputs, feed(0, 0), { axis: 'channels' })
    for (const a of lost) for (const c of lost) expect(measure(softmax, inputs, feed(a, c), { axis: 'channels' })).toEqual(wanted)
    expect(wanted.gradient[2]).toBe(0)
    expect(wanted.gradient[6]).toBe(0)
    expect(wanted.gradient[1]).not.toBe(0)
  })
})
