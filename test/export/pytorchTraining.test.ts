/**
 * @file The `train` function of exported files beside the engine: five steps of every optimiser and schedule, warm-up, clipping, penalties, decay, ties,
 * frozen layers and layers with rates of their own. And what of the settings is told to be left out.
 */
import { beforeAll, expect, it } from 'vitest'
import { block } from '../../engine/builder/block'
import { graph } from '../../engine/builder/graph'
import type { GraphBuilder } from '../../engine/builder/graph-builder'
import type { TrainingSetting } from '../../engine/builder/settings'
import type { Handle } from '../../engine/builder/types'
import { messageOf } from '../../engine/core/diagnostic-message'
import { Random } from '../../engine/core/random'
import { prepareData } from '../../engine/datasets/prepare'
import type { GraphDocument } from '../../engine/document/schema'
import { exportPyTorch, pytorchWeights } from '../../engine/export/pytorch/pytorch'
import { optimizers } from '../../engine/optimizers/registry'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { schedules } from '../../engine/schedules/registry'
import { TrainingStep } from '../../engine/train/training-step'
import { templates } from '../../templates/registry'
import { expectAllClose } from '../support/allclose'
import type { GivenTensor } from '../support/numbers'
import { type ExportedAnswer, type ExportedRow, runExported } from '../support/pytorchExport'
import { network, type Table, tableData } from '../support/table'
import { describeWithTorch } from '../support/torch'

const STEPS = 5
/** The engine keeps weights in single precision from step to step. */
const TOLERANCE = 1e-5

const random = Random.seeded(11)
const table: Table = (() => {
  const x = Array.from({ length: 12 }, () => [Math.fround(random.uniform(-1, 1)), Math.fround(random.uniform(-1, 1))])
  return { x, y: x.map(([a = 0, b = 0]) => Math.fround(a * b)) }
})()

const usual = (g: GraphBuilder, x: Handle): Handle => g.dense(g.tanh(g.dense(x, { numHiddens: 3 })), { numHiddens: 1 })

const part = block('part', {}, (g, x) => g.tanh(g.dense(x, { numHiddens: 2 })))
const special = (g: GraphBuilder, x: Handle): Handle => {
  const first = g.tanh(g.dense(x, { id: 'first', numHiddens: 2, rateMultiplier: 3, l2Penalty: 0.3 }))
  const second = g.tanh(g.dense(first, { id: 'second', numHiddens: 2, tiedTo: 'first', tieStrength: 0.2, l1Penalty: 0.05 }))
  const third = g.use(part, g.dense(second, { id: 'third', numHiddens: 2, sharesWith: 'second' }), { id: 'inner', rateMultiplier: 0.5 })
  return g.dense(g.dense(third, { id: 'kept', numHiddens: 2, frozen: true }), { id: 'last', numHiddens: 1 })
}

interface Trained {
  readonly title: string
  readonly document: GraphDocument
}

const settings = (title: string, training: TrainingSetting, build = usual): Trained => ({
  title,
  document: network(2, { shuffle: false, epochs: STEPS, lr: 0.1, ...training }, build),
})

const methods = [...optimizers.values()].filter(({ pytorch }) => pytorch).map(({ kind }) => kind)
const rates = [...schedules.values()].filter(({ pytorch }) => pytorch).map(({ kind }) => kind)
const scheduleParams: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  cosine: { tau: 4, final: 0.01 },
  linear: { tau: 3, final: 0.02 },
  inverse: { tau: 2 },
  step: { every: 2, factor: 0.3 },
}
const rows: readonly Trained[] = [
  ...methods.map((kind) => settings(kind, { optimizer: kind, ...(kind === 'adadelta' && { lr: undefined }) })),
  ...rates.map((kind) => settings(`momentum, ${kind}`, { optimizer: 'momentum', schedule: { kind, params: { ...scheduleParams[kind] } } })),
  settings('warm-up', { optimizer: 'adam', warmup: 3 }),
  settings('warm-up to a cosine', { optimizer: 'nesterov', warmup: 3, schedule: { kind: 'cosine', params: { tau: 9 } } }),
  settings('clipped', { optimizer: 'sgd', clipNorm: 0.05 }),
  settings('penalties', { optimizer: 'sgd', l2: 0.1, l1: 0.02 }),
  settings('penalties on biases too', { optimizer: 'sgd', l2: 0.1, penalizeBiases: true }),
  settings('decay', { optimizer: 'adam', l2: 0.2, decay: true, schedule: { kind: 'linear', params: { tau: 4 } } }),
  settings('layers of their own', { optimizer: 'momentum', l2: 0.01 }, special),
  settings('running statistics', { optimizer: 'sgd' }, (g, x) => g.dense(g.batchNorm(g.dense(x, { numHiddens: 3 })), { numHiddens: 1 })),
  settings('running statistics of images', { optimizer: 'sgd' }, (g, x) =>
    g.dense(g.flatten(g.batchNorm(g.conv2d(g.reshape(x, { shape: [1, 2, 1] }), { numChannels: 3, kernelSize: 1 }))), { numHiddens: 1 }),
  ),
  settings('landmarks that do not learn', { optimizer: 'sgd' }, (g, x) =>
    g.dense(g.rbfKernel(x, { numLandmarks: 4, learned: false }), { numHiddens: 1 }),
  ),
  settings('layers of their own, decay', { optimizer: 'rmsprop', l2: 0.1, decay: true, warmup: 2 }, special),
]

/** Weights at first and after the steps. */
async function trained({ document }: Trained): Promise<readonly [before: ExportedRow['weights'], after: ExportedRow['weights']]> {
  const training = await TrainingStep.prepare(tableData(document, table), createReferenceBackend())
  try {
    const before = await training.model.read()
    const { executable } = await training.compiled()
    for (let step = 1; step <= STEPS; step++) executable.run(await training.inputsOf(step, training.rateOf(step, [])))
    return [before, await training.model.read()]
  } finally {
    await training.dispose()
  }
}

describeWithTorch('train functions of exports for PyTorch', () => {
  let answers: readonly ExportedAnswer[] = []
  let weights: readonly (readonly [before: ExportedRow['weights'], after: ExportedRow['weights']])[] = []
  beforeAll(async () => {
    weights = await Promise.all(rows.map(trained))
    const inputs = {
      features: { shape: [table.x.length, 2], data: table.x.flat() },
      target: { shape: [table.y.length, 1], data: table.y },
    }
    answers = runExported(
      rows.map(({ document }, i) => ({ document, weights: weights[i]?.[0] ?? {}, inputs, training: true, epochs: STEPS })),
    )
  })

  it.each(rows.map((row, i) => ({ title: row.title, row, i })))('$title (D1, D2, D4, D5, C3)', ({ row: { document }, i }) => {
    const { error, state = {} } = answers[i] as ExportedAnswer
    expect(error).toBeUndefined()
    const [before = {}, after = {}] = weights[i] ?? []
    expect(after).not.toEqual(before)
    for (const { name, data } of pytorchWeights(document, after)) expectAllClose(state[name] ?? [], data, TOLERANCE, name, 1)
  })
})

/** Three batches of a text, twice. */
const LENGTH = 3
const small = { numHiddens: 4, numSteps: 5, batchSize: 2 }
const bothWays = (() => {
  const g = graph('Both ways', {
    data: { kind: 'story', params: { numSteps: 5 } },
    training: { optimizer: 'sgd', lr: 0.5, batchSize: 2 },
  })
  const tokens = g.input('tokens', { shape: [5], dtype: 'i32', classes: 54 })
  const targets = g.label('targets', { shape: [5], classes: 54 })
  const x = g.embedding(tokens, { numTokens: 54, numHiddens: 3 })
  const read = g.lstm(x, { numHiddens: 3, numLayers: 2, bidirectional: true }).y
  g.softmaxCrossEntropy(g.dense(g.gru(read, { numHiddens: 4 }).y, { numHiddens: 54 }), targets)
  return g.document()
})()
const texts = [
  ...['rnn-lm', 'gru-lm', 'lstm-lm', 'deep-rnn-lm'].map((id) => ({
    title: id,
    document: templates.get(id)?.create(small) as GraphDocument,
  })),
  { title: 'ngram', document: templates.get('ngram')?.create({ numSteps: 5, batchSize: 2 }) as GraphDocument },
  { title: 'in both directions', document: bothWays },
]

/** Weights at first and after two epochs of the same batches, of which each goes on where the one before ended. */
async function readTwice(document: GraphDocument) {
  const training = await TrainingStep.prepare(await prepareData(document, () => undefined), createReferenceBackend())
  try {
    const before = await training.model.read()
    const { executable } = await training.compiled()
    const batches: Record<string, GivenTensor>[] = []
    for (let epoch = 0; epoch < 2; epoch++)
      for (let at = 0; at < LENGTH; at++) {
        const step = epoch * training.stepsPerEpoch + at + 1
        const { tokens, targets, ...rest } = await training.inputsOf(step, training.rateOf(step, []))
        if (epoch === 0) batches.push({ tokens: ofText(tokens), targets: ofText(targets) })
        const { tokens: read, targets: told } = batches[at] ?? {}
        executable.run({ ...rest, tokens: Int32Array.from(read?.data ?? []), targets: Int32Array.from(told?.data ?? []) })
      }
    return { before, after: await training.model.read(), batches }
  } finally {
    await training.dispose()
  }
}
const ofText = (data: ArrayLike<number> | undefined): GivenTensor => ({ shape: [2, 5], dtype: 'i32', data: Array.from(data ?? []) })

describeWithTorch('state that is kept from batch to batch', () => {
  let answers: readonly ExportedAnswer[] = []
  let runs: readonly Awaited<ReturnType<typeof readTwice>>[] = []
  beforeAll(async () => {
    runs = await Promise.all(texts.map(({ document }) => readTwice(document)))
    answers = runExported(
      texts.map(({ document }, i) => {
        const { before = {}, batches = [] } = runs[i] ?? {}
        return { document, weights: before, inputs: batches[0] ?? {}, batches, training: true, epochs: 2 }
      }),
    )
  })

  it.each(texts.map(({ title, document }, i) => ({ title, document, i })))('$title (F1)', ({ document, i }) => {
    const { error, state = {} } = answers[i] as ExportedAnswer
    expect(error).toBeUndefined()
    const { before = {}, after = {} } = runs[i] ?? {}
    expect(after).not.toEqual(before)
    for (const { name, data } of pytorchWeights(document, after)) expectAllClose(state[name] ?? [], data, TOLERANCE, name, 1)
  })
})

it('text that is read at random keeps no state', () => {
  const { source } = exportPyTorch({
    ...bothWays,
    data: { ...bothWays.data, source: { kind: 'story', params: { numSteps: 5, sampling: 'random' } } },
  })
  expect(source).not.toContain('carrying')
  expect(exportPyTorch(bothWays).source).toContain('carrying')
})

it('of an ensemble it is said that one network is exported, and nothing else', () => {
  const { warnings } = exportPyTorch(network(2, { optimizer: 'sgd', ensemble: { replicas: 3 } }, usual))
  expect(warnings.map(({ code }) => code)).toEqual(['export.one-copy'])
  expect(warnings.map((warning) => messageOf(warning))).toEqual([expect.stringMatching(/^The file has one network, not the average of 3:/)])
})

it('rules and settings that PyTorch cannot have are named, and nothing else', () => {
  const warned = (training: TrainingSetting) => exportPyTorch(network(2, training, usual)).warnings
  const told = (training: TrainingSetting) => warned(training).map((warning) => messageOf(warning))
  expect(warned({ optimizer: 'adam', averaging: 0.5 })).toMatchObject([{ code: 'export.left-out', severity: 'warning' }])
  expect(told({ optimizer: 'adam' })).toEqual([])
  expect(told({ optimizer: 'newton' })).toEqual([expect.stringMatching(/no train function.*Newton/)])
  const many = { averaging: 0.9, weightNoise: 0.1, adversarial: {}, schedule: 'plateau', earlyStopping: {} }
  expect(told({ optimizer: 'adam', ...many })).toEqual([
    expect.stringMatching(/Stop early, Adversarial examples, Moving average of the weights, Noise on weights σ, Halve on a plateau\./),
  ])
})

it('a network without a loss has no train function', () => {
  const g = graph('Bare')
  g.relu(g.input('x', [3]))
  const { source, warnings } = exportPyTorch(g.document())
  expect(source).not.toContain('def train')
  expect(warnings).toEqual([])
})
