/**
 * @file Whole systems of the notes, beyond their parts: XOR solved and learned, logistic regression, the support-vector machine and its kernel trick,
 * smoothed curves, what the help says of convolution, the arithmetic of epochs, batch normalisation by hand.
 */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import type { GraphBuilder } from '../../engine/builder/graph-builder'
import type { TrainingSetting } from '../../engine/builder/settings'
import type { Handle } from '../../engine/builder/types'
import { lower } from '../../engine/compile'
import type { GraphDocument } from '../../engine/document/schema'
import { evaluate } from '../../engine/ir/evaluate'
import { layers } from '../../engine/layers/kit/registry'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { inferShapes } from '../../engine/shapes/infer'
import { unwrap } from '../../engine/train/model'
import { train } from '../../engine/train/train'
import { TrainingStep } from '../../engine/train/training-step'
import { Series } from '../../renderer/engine/series'
import { templates } from '../../templates/registry'
import { expectAllClose } from '../support/allclose'
import { numbers } from '../support/numbers'
import { network, tableData } from '../support/table'

const corners = { features: [0, 0, 0, 1, 1, 0, 1, 1], target: [0, 1, 1, 0] }
const backend = createReferenceBackend()

type Given = Readonly<Record<string, readonly number[]>>

/** Every output of a pass, by name. */
function outputsOf(document: GraphDocument, given: Given, { training = false, gradients = false } = {}) {
  const { program } = unwrap(lower(document, { training, gradients: gradients ? 'all' : 'none' }))
  const values = evaluate(program, given)
  return (name: string): readonly number[] => {
    const output = program.outputs.find((known) => known.name === name)
    if (!output) throw new Error(`there is no ${name}`)
    return [...(values.get(output.value) ?? [])]
  }
}

describe('A4: the XOR lesson', () => {
  const template = templates.get('xor-mlp')

  it('has the solution of the notes, which answers every corner exactly', () => {
    const exact = template?.solutions?.exact ?? {}
    expect(Object.fromEntries(Object.entries(exact).map(([name, values]) => [name, [...values]]))).toEqual({
      'dense1.kernel': [1, 1, 1, 1],
      'dense1.bias': [0, -1],
      'dense2.kernel': [1, -2],
      'dense2.bias': [0],
    })
    const weights = Object.fromEntries(Object.entries(exact).map(([name, values]) => [name, [...values]]))
    const found = outputsOf(template?.create({}) as GraphDocument, { ...weights, ...corners })
    expect(found('prediction')).toEqual(corners.target)
    expect(found('loss')).toEqual([0])
  })

  it('learns one as well, from fresh weights and with its own settings', async () => {
    const { weights, last } = await train(template?.create({}) as GraphDocument, { backend })
    expect(last?.loss).toBeLessThan(0.01)
    const learned = Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, [...values]]))
    const prediction = outputsOf(template?.create({}) as GraphDocument, { ...learned, ...corners })('prediction')
    expect(prediction.map(Math.round)).toEqual(corners.target)
  })
})

describe('A6: regression of classes', () => {
  const features = numbers([4, 3], -1, 1, 1).data
  const kernel = numbers([3, 2], -1, 1, 2).data
  const bias = [0.2, -0.1]
  const given = { features, 'dense1.kernel': kernel, 'dense1.bias': bias }
  const scores = Array.from({ length: 4 }, (_, i) =>
    bias.map((b, k) => [0, 1, 2].reduce((sum, j) => sum + (features[3 * i + j] ?? 0) * (kernel[2 * j + k] ?? 0), b)),
  )
  /** (prediction − label) x, added over the samples and divided by their number. */
  const slope = (errors: readonly (readonly number[])[]) =>
    [0, 1, 2].flatMap((j) => [0, 1].map((k) => errors.reduce((sum, row, i) => sum + (row[k] ?? 0) * (features[3 * i + j] ?? 0), 0) / 4))

  it('softmax regression: ŷ − y times what comes in', () => {
    const label = [0, 1, 1, 0]
    const g = graph('softmax', { training: { batchSize: 4 } })
    g.softmaxCrossEntropy(g.dense(g.input('features', [3]), { numHiddens: 2 }), g.label('label', 2))
    const errors = scores.map((row, i) => {
      const total = row.reduce((sum, z) => sum + Math.exp(z), 0)
      return row.map((z, k) => Math.exp(z) / total - Number(label[i] === k))
    })
    const found = outputsOf(g.document(), { ...given, label }, { training: true, gradients: true })
    expectAllClose(found('grad:dense1.kernel'), slope(errors), 1e-12, 'kernel')
  })

  it('several labels at once: a logistic regression for each, their losses added', () => {
    const target = [1, 0, 0, 1, 1, 1, 0, 0]
    const g = graph('labels', { training: { batchSize: 4 } })
    const logits = g.dense(g.input('features', [3]), { numHiddens: 2 })
    g.binaryCrossEntropy(logits, g.label('target', { type: 'number', shape: [2] }), { reduction: 'sum' })
    const single = scores.map((row, i) => row.map((z, k) => Math.log1p(Math.exp(z)) - z * (target[2 * i + k] ?? 0)))
    const errors = scores.map((row, i) => row.map((z, k) => 1 / (1 + Math.exp(-z)) - (target[2 * i + k] ?? 0)))
    const found = outputsOf(g.document(), { ...given, target }, { training: true, gradients: true })
    expectAllClose(found('loss'), [single.flat().reduce((sum, loss) => sum + loss, 0) / 4], 1e-12, 'loss')
    expectAllClose(found('grad:dense1.kernel'), slope(errors), 1e-12, 'kernel')
  })
})

describe('A9: the support-vector machine', () => {
  // (1, 1) and (−1, −1) are the support vectors; the other two lie behind them.
  const features = [1, 1, 3, 2, -1, -1, -2, -4]
  const target = [1, 1, -1, -1]
  const machine = (l2: number) => {
    const g = graph('SVM', { training: { batchSize: 4, l2 } })
    g.hinge(g.dense(g.input('features', [2]), { numHiddens: 1 }), g.label('target', { type: 'number', shape: [1] }))
    return g.document()
  }

  it('adds the hinge of wᵀx + b and λ/2 ‖w‖²', () => {
    const [kernel, bias] = [[0.3, -0.2], [0.1]]
    const found = outputsOf(
      machine(0.5),
      { features, target, 'dense1.kernel': kernel, 'dense1.bias': bias },
      { training: true, gradients: true },
    )
    const margins = target.map((y, i) => y * (0.3 * (features[2 * i] ?? 0) - 0.2 * (features[2 * i + 1] ?? 0) + 0.1))
    const hinge = margins.reduce((sum, m) => sum + Math.max(0, 1 - m), 0) / 4
    expectAllClose(found('loss'), [hinge + 0.25 * (0.09 + 0.04)], 1e-12, 'loss')
    const inside = target.map((y, i) => ((margins[i] ?? 0) < 1 ? y : 0))
    const slopes = [0, 1].map((j) => (kernel[j] ?? 0) / 2 - inside.reduce((sum, y, i) => sum + y * (features[2 * i + j] ?? 0), 0) / 4)
    expectAllClose(found('grad:dense1.kernel'), slopes, 1e-12, 'slope')
  })

  /** Rows of `network`, whose loss is the hinge instead. */
  const hinged = (training: TrainingSetting, build: (g: GraphBuilder, x: Handle) => Handle): GraphDocument => {
    const document = network(2, { optimizer: 'sgd', shuffle: false, ...training }, build)
    return {
      ...document,
      nodes: document.nodes.map((node) => (node.id === 'loss1' ? { ...node, kind: 'hinge', params: {} } : node)),
      edges: document.edges.map((edge) => (edge.to.port === 'prediction' ? { ...edge, to: { ...edge.to, port: 'score' } } : edge)),
    }
  }
  async function descended(document: GraphDocument, x: readonly number[], y: readonly number[], start: Given = {}) {
    const rows = y.map((_, i) => x.slice(2 * i, 2 * i + 2))
    const training = await TrainingStep.prepare(tableData(document, { x: rows, y }), backend)
    const fresh = await training.model.read()
    await training.model.load({
      ...fresh,
      ...Object.fromEntries(Object.entries(start).map(([name, data]) => [name, Float32Array.from(data)])),
    })
    const { executable } = await training.compiled()
    for (let step = 1; step <= document.training.epochs; step++) executable.run(await training.inputsOf(step, training.rateOf(step, [])))
    const weights = await training.model.read()
    await training.dispose()
    return Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, [...values]]))
  }

  it('finds the widest margin: w = (½, ½), b = 0', async () => {
    const schedule = { kind: 'inverse', params: { tau: 10 } }
    const document = hinged({ lr: 1, schedule, l2: 0.1, epochs: 4000 }, (g, x) => g.dense(x, { numHiddens: 1 }))
    const weights = await descended(document, features, target)
    expectAllClose([...(weights['dense1.kernel'] ?? []), ...(weights['dense1.bias'] ?? [])], [0.5, 0.5, 0], 0.02, 'w and b', 1)
  })

  it('on RBF features of landmarks parts what no line parts', async () => {
    const y = [-1, 1, 1, -1]
    const document = hinged({ lr: 0.5, l2: 0.001, epochs: 200, batchSize: 4 }, (g, x) =>
      g.dense(g.rbfKernel(x, { numLandmarks: 4, gamma: 1, learned: false }), { numHiddens: 1 }),
    )
    const id = document.nodes.find(({ kind }) => kind === 'rbfKernel')?.id
    const weights = await descended(document, corners.features, y, { [`${id}.landmarks`]: corners.features })
    const found = outputsOf(document, { ...weights, features: corners.features, target: y })
    expect(found('logits').map(Math.sign)).toEqual(y)
    expect(Math.min(...found('logits').map((score, i) => score * (y[i] ?? 0)))).toBeGreaterThan(0.9)
  })
})

it('A10: curves are smoothed by y_t = γ y_{t−1} + (1 − γ) x_t', () => {
  const series = new Series()
  const values = Array.from({ length: 120 }, (_, i) => Math.sin(i))
  for (const [i, value] of values.entries()) series.push(i, value)
  // γ looks back over ten points once the run is long enough.
  for (let i = 80; i < 120; i++) expect(series.smooth[i]).toBeCloseTo(0.9 * (series.smooth[i - 1] ?? 0) + 0.1 * (values[i] ?? 0), 12)
})

it('A12: the help of both says that convolution mirrors and that convolution layers do not', () => {
  for (const kind of ['conv2d', 'discreteConvolution']) {
    const summary = layers.get(kind)?.summary
    expect(summary?.en).toContain('cross-correlation')
    expect(summary?.zh).toContain('互相关')
  }
})

describe('B4: samples ÷ batch size = iterations an epoch', () => {
  const rows = { x: Array.from({ length: 10 }, (_, i) => [i, -i]), y: Array.from({ length: 10 }, (_, i) => i) }
  it.each([
    ['batch descent', 10, 1],
    ['mini-batches, of which none is smaller', 4, 2],
    ['stochastic descent', 1, 10],
  ] as const)('%s', async (_, batchSize, iterations) => {
    const document = network(2, { optimizer: 'sgd', batchSize }, (g, x) => g.dense(x, { numHiddens: 1 }))
    const training = await TrainingStep.prepare(tableData(document, rows), backend)
    expect(training.stepsPerEpoch).toBe(iterations)
    await training.dispose()
  })
})

describe('E1: batch normalisation by hand', () => {
  const scale = [1.5, 0.5]
  const shift = [0.1, -0.2]
  const runningMean = [0.3, -0.4]
  const runningVariance = [2, 0.5]
  const cases = [
    { name: 'of features', shape: [2], extent: 1 },
    { name: 'of channels', shape: [2, 2, 3], extent: 6 },
  ]
  it.each(cases)('$name: biased statistics of the batch in training, running ones in evaluation', ({ shape, extent }) => {
    const g = graph('Norm', { training: { batchSize: 4 } })
    g.batchNorm(g.input('x', shape))
    const x = numbers([4, ...shape], -2, 3, 7).data
    const named = { scale, shift, runningMean, runningVariance }
    const given = { x, ...Object.fromEntries(Object.entries(named).map(([name, values]) => [`bn1.${name}`, values])) }
    const channelOf = (index: number) => Math.floor(index / extent) % 2
    const own = [0, 1].map((channel) => x.filter((_, index) => channelOf(index) === channel))
    const mean = own.map((values) => values.reduce((sum, value) => sum + value, 0) / values.length)
    const variance = own.map((values, k) => values.reduce((sum, value) => sum + (value - (mean[k] ?? 0)) ** 2, 0) / values.length)
    const normalised = (m: readonly number[], v: readonly number[]) =>
      x.map((value, index) => {
        const k = channelOf(index)
        return ((scale[k] ?? 0) * (value - (m[k] ?? 0))) / Math.sqrt((v[k] ?? 0) + 1e-5) + (shift[k] ?? 0)
      })
    const document = g.document()
    expectAllClose(outputsOf(document, given, { training: true })('bn1'), normalised(mean, variance), 1e-12, 'training')
    expectAllClose(outputsOf(document, given)('bn1'), normalised(runningMean, runningVariance), 1e-12, 'evaluation')
    const { program } = unwrap(lower(document, { training: true, gradients: 'none' }))
    const values = evaluate(program, given)
    for (const [name, batch, before] of [
      ['runningMean', mean, runningMean],
      ['runningVariance', variance, runningVariance],
    ] as const) {
      const slot = program.state.find((known) => known.name === `bn1.${name}`)
      const next = before.map((value, k) => 0.9 * value + 0.1 * (batch[k] ?? 0))
      expectAllClose([...(values.get(slot?.update ?? -1) ?? [])], next, 1e-12, name)
    }
  })
})

it('E1: the receptive field of every node of LeNet, by r = r′ + (k − 1) · ∏ strides before', () => {
  const nodes = inferShapes(templates.get('lenet')?.create({}) as GraphDocument).nodes
  // Window and stride, as the notes give them; what works on each value by itself has a window of one.
  const windows: readonly (readonly [path: string, k: number, stride: number])[] = [
    ['image', 1, 1],
    ['conv1', 5, 1],
    ['sigmoid1', 1, 1],
    ['pool1', 2, 2],
    ['conv2', 5, 1],
    ['sigmoid2', 1, 1],
    ['pool2', 2, 2],
  ]
  let field = 1
  let step = 1
  const expected = windows.map(([path, k, stride]) => {
    field += (k - 1) * step
    step *= stride
    return [path, [field, field]]
  })
  expect(expected.map(([, size]) => size?.[0])).toEqual([1, 5, 5, 6, 14, 14, 16])
  expect(nodes.flatMap(({ path, receptiveField }) => (receptiveField ? [[path, receptiveField]] : []))).toEqual(expected)
})

it('A2: a linear unit hands on what it gets, and its gradient', () => {
  const g = graph('Linear', { training: { batchSize: 3 } })
  g.meanSquaredError(g.linear(g.input('x', [1])), g.label('target', { type: 'number', shape: [1] }))
  const x = [-800, 0, 2.5]
  const found = outputsOf(g.document(), { x, target: [0, 0, 0] }, { training: true, gradients: true })
  expect(found('prediction')).toEqual(x)
  // Of (x₁² + x₂² + x₃²) / 3.
  expectAllClose(
    found('grad:x'),
    x.map((value) => (2 / 3) * value),
    1e-12,
    'slope',
  )
})
