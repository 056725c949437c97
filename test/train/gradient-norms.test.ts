/** B5: lengths of gradients by layer while training, what is said of them, and where a NaN came from. */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { lower } from '../../engine/compile'
import { DiagnosedError, type Diagnostic } from '../../engine/core/diagnostics'
import { prepareData } from '../../engine/datasets/prepare'
import type { GraphDocument, TrainingSettings } from '../../engine/document/schema'
import { firstBatch } from '../../engine/insight/first-batch'
import type { MetricsFrame } from '../../engine/protocol/messages'
import { createReferenceBackend } from '../../engine/runtime/reference'
import type { Checkpoint } from '../../engine/train/checkpoint'
import { Alarms, GradientWatch, gradientNormsAt } from '../../engine/train/gradient-norms'
import { Model, runtimeInputs, unwrap } from '../../engine/train/model'
import { type StepReport, Trainer } from '../../engine/train/trainer'
import { templates } from '../../templates/registry'

const backend = createReferenceBackend()
const moons = { kind: 'points2d', params: { pattern: 'moons' } } as const

/** Sigmoids all the way: each hands back at most a quarter. */
function deep(layers: number, training: { optimizer: string; lr: number } = { optimizer: 'sgd', lr: 0.1 }): GraphDocument {
  const g = graph('deep', { data: moons, training: { ...training, batchSize: 32, epochs: 1 } })
  let x = g.input('features', [2])
  for (let i = 0; i < layers; i++) x = g.sigmoid(g.dense(x, { numHiddens: 4 }))
  g.classify(x, 2)
  return g.document()
}

const none: readonly Diagnostic[] = []
const named = (alarms: readonly Diagnostic[]) => alarms.map(({ code, nodeId }) => [code, nodeId])

describe('B5: lengths of gradients', () => {
  it('are those of the gradients of each node as one vector', async () => {
    const template = templates.get('sigmoid-231')
    const data = await prepareData(template?.create() as GraphDocument, () => undefined)
    const { inputs, batchSize } = await firstBatch(data, 4)
    const pass = { training: true, gradients: 'parameters' } as const
    const model = await Model.forPass(data.document, backend, pass, batchSize)
    const norms = await gradientNormsAt(model, batchSize, inputs, 1, 0.1)
    const { program, executable } = await model.pass(batchSize, pass)
    executable.run({ ...inputs, ...runtimeInputs(program, 0, 1, 0) })
    for (const node of ['dense1', 'dense2']) {
      const gradients = await executable.read([`grad:${node}.kernel`, `grad:${node}.bias`])
      expect(norms[node]).toBeCloseTo(Math.hypot(...Object.values(gradients).flatMap((gradient) => [...gradient])), 6)
    }
    expect(Object.keys(norms)).toEqual(['dense1', 'dense2'])
    await model.dispose()
    data.dispose()
  })

  it('change nothing: neither running statistics nor the bits of the run', async () => {
    const g = graph('normalised', { data: moons, training: { optimizer: 'sgd', lr: 0.1, batchSize: 16, epochs: 1 } })
    g.classify(g.batchNorm(g.dense(g.input('features', [2]), { numHiddens: 3 })), 2)
    const { program } = unwrap(lower(g.document(), { training: true, gradients: 'norms' }))
    expect(program.state.filter(({ update }) => update !== undefined)).toEqual([])

    const weightsAfter = async (watchGradients: boolean) => {
      const data = await prepareData(g.document(), () => undefined)
      const trainer = await Trainer.create({ data, backend, maxSteps: 12, watchGradients })
      await trainer.run()
      const weights = await trainer.model.read()
      await trainer.dispose()
      return weights
    }
    expect(await weightsAfter(true)).toEqual(await weightsAfter(false))
  })

  it('come with the frames of a run that somebody watches', async () => {
    const frames: MetricsFrame[] = []
    const document = deep(2)
    const data = await prepareData({ ...document, training: { ...document.training, epochs: 100 } }, () => undefined)
    const trainer = await Trainer.create({ data, backend, watchGradients: true, onFrame: (frame) => void frames.push(frame) })
    const run = trainer.run()
    const deadline = Date.now() + 20_000
    while (!frames.some(({ gradients, curvature }) => gradients && curvature) && Date.now() < deadline)
      await new Promise((r) => setTimeout(r, 20))
    await trainer.stop()
    await run
    const seen = frames.find(({ gradients }) => gradients)?.gradients
    expect(Object.keys(seen?.norms ?? {})).toEqual(['dense1', 'dense2', 'dense3'])
    for (const norm of Object.values(seen?.norms ?? {})) expect(norm).toBeGreaterThan(0)
    // The network is small, so the curvature is looked at too.
    expect(frames.at(-1)?.curvature?.slope).toBeGreaterThan(0)
    await trainer.dispose()
  })

  const language = templates.get('rnn-lm')?.create({ numHiddens: 5, numSteps: 100, batchSize: 4 }) as GraphDocument
  it.each<[string, GraphDocument, Partial<TrainingSettings>]>([
    ['of a network that carries its state', language, {}],
    ['of a plain one', deep(2), {}],
    ['of one that learns with noise on its weights, from moved inputs too', deep(2), { weightNoise: 0.3, adversarial: { epsilon: 0.2 } }],
  ])('are those of whole steps where they are asked for, %s', async (_what, document, more) => {
    // A limit that is never reached tells how long the gradient of the very step was.
    const settings = { ...document.training, optimizer: { kind: 'sgd', params: { lr: 0.1 } }, clipNorm: 1e6, ...more }
    const data = await prepareData({ ...document, training: settings }, () => undefined)
    const reports: StepReport[] = []
    const onStep = (report: StepReport) => void reports.push(report)
    const trainer = await Trainer.create({ data, backend, maxSteps: 8, gradientNormsEvery: 3, onStep })
    await trainer.run()
    expect(reports.map(({ gradientNorms }) => gradientNorms !== undefined)).toEqual([true, false, false, true, false, false, true, false])
    for (const { gradientNorm, gradientNorms } of reports)
      if (gradientNorms) expect(Math.hypot(...Object.values(gradientNorms))).toBeCloseTo(gradientNorm as number, 5)
    const plain = await Trainer.create({ data, backend, maxSteps: 8 })
    await plain.run()
    expect((await trainer.checkpoint()).state).toEqual((await plain.checkpoint()).state)
    await trainer.dispose()
    await plain.dispose()
  })

  it('are looked at seldom enough to cost little', async () => {
    const data = await prepareData(deep(1), () => undefined)
    const { inputs, batchSize } = await firstBatch(data, 32)
    const model = await Model.forPass(data.document, backend, { training: true, gradients: 'parameters' }, batchSize)
    let time = 0
    const watch = new GradientWatch(
      model,
      batchSize,
      () => {},
      300,
      () => time,
    )
    const looks: number[] = []
    for (let step = 1; step <= 50; step++) {
      time += 10
      await watch.look(inputs, step, 0.1)
      if (watch.latest && looks.at(-1) !== watch.latest.step) looks.push(watch.latest.step)
    }
    expect(looks).toEqual([31, 35, 39, 43, 47])
    await model.dispose()
    data.dispose()
  })
})

describe('B5: what is said of gradients', () => {
  it('that fade on their way back: the first layer is named, after some time, once', () => {
    const alarms = new Alarms()
    const fading = { dense1: 1e-7, dense2: 1e-4, dense3: 0.1 }
    for (let look = 1; look <= 4; look++) expect(alarms.take(fading, look).present).toEqual([])
    const fifth = alarms.take(fading, 5)
    expect(named(fifth.fresh)).toEqual([['train.vanishing', 'dense1']])
    expect(fifth.present[0]?.values).toMatchObject({ node: 'dense3', step: 5 })
    expect(alarms.take(fading, 6)).toMatchObject({ present: [{ code: 'train.vanishing' }], fresh: [] })
    expect(alarms.take({ dense1: 0.01, dense2: 0.1, dense3: 0.1 }, 7)).toEqual({ present: none, fresh: none })
  })

  it('that explode: the layer that grew most is named', () => {
    const alarms = new Alarms()
    for (let look = 1; look <= 10; look++) alarms.take({ dense1: 1, dense2: 2, dense3: 1 }, look)
    expect(named(alarms.take({ dense1: 900, dense2: 5e5, dense3: 4e4 }, 11).fresh)).toEqual([['train.exploding', 'dense2']])
    expect(named(alarms.take({ dense1: 1, dense2: Number.NaN, dense3: 1 }, 12).present)).toEqual([['train.exploding', 'dense2']])
  })

  it('says nothing of ordinary ones, nor of a single layer', () => {
    const alarms = new Alarms()
    for (let look = 1; look <= 50; look++) expect(alarms.take({ dense1: 0.01 * look, dense2: 2 / look }, look).present).toEqual([])
    for (let look = 1; look <= 50; look++) expect(new Alarms().take({ dense1: 1e-9 }, look).present).toEqual([])
  })

  it('a deep stack of sigmoids is found to fade', async () => {
    const data = await prepareData(deep(9), () => undefined)
    const { inputs, batchSize } = await firstBatch(data, 32)
    const model = await Model.forPass(data.document, backend, { training: true, gradients: 'parameters' }, batchSize)
    const norms = await gradientNormsAt(model, batchSize, inputs, 1, 0.1)
    const alarms = new Alarms()
    for (let look = 1; look < 5; look++) alarms.take(norms, look)
    expect(named(alarms.take(norms, 5).present)).toEqual([['train.vanishing', 'dense1']])
    await model.dispose()
    data.dispose()
  })
})

describe('B5: where a NaN came from', () => {
  const failureOf = async (document: GraphDocument): Promise<readonly Diagnostic[]> => {
    const data = await prepareData(document, () => undefined)
    const trainer = await Trainer.create({ data, backend })
    const error = await trainer.run().catch((reason: unknown) => reason)
    await trainer.dispose()
    return error instanceof DiagnosedError ? error.diagnostics : []
  }

  it('a gradient that spoils the weights is named with its layer, not the layer that reads them', async () => {
    // |x|^0.5 has the value 0 and no finite slope at 0, where the first unit stands for the first sample.
    const g = graph('bad slope', {
      data: { kind: 'points2d', params: { pattern: 'xor', target: 'number', noise: 0 } },
      training: { optimizer: 'sgd', lr: 0.1, batchSize: 4, epochs: 1, shuffle: false },
    })
    const first = g.dense(g.input('features', [2]), { numHiddens: 2 })
    const root = g.power(g.absolute(first), { exponent: 0.5 })
    g.meanSquaredError(g.dense(root, { numHiddens: 1 }), g.label('target', { type: 'number', shape: [1] }))
    expect(await failureOf(g.document())).toMatchObject([{ code: 'train.gradient-not-finite', nodeId: 'dense1', values: { step: 1 } }])
  })

  it('weights that a finite gradient threw beyond all numbers are named where their output first shows it', async () => {
    const g = graph('too fast', {
      data: { kind: 'points2d', params: { pattern: 'moons', target: 'number' } },
      training: { optimizer: 'sgd', lr: 1e38, batchSize: 32, epochs: 1 },
    })
    const hidden = g.dense(g.input('features', [2]), { numHiddens: 4 })
    g.meanSquaredError(g.dense(hidden, { numHiddens: 1 }), g.label('target', { type: 'number', shape: [1] }))
    const [failure] = await failureOf(g.document())
    expect([failure?.code, failure?.nodeId]).toEqual(['train.not-finite', 'dense2'])
  })

  /** One step of gradient descent from fresh weights, as the last of the run: the loss it tells is that before the step. */
  const oneStep = (lr: number): GraphDocument => {
    const g = graph('one step', {
      data: { kind: 'points2d', params: { pattern: 'moons', target: 'number', samples: 32 } },
      training: { optimizer: 'sgd', lr, batchSize: 32, epochs: 1, validationSplit: 0 },
    })
    const hidden = g.tanh(g.dense(g.input('features', [2]), { numHiddens: 4 }))
    g.meanSquaredError(g.dense(hidden, { numHiddens: 1 }), g.label('target', { type: 'number', shape: [1] }))
    return g.document()
  }

  it('a last step beyond all numbers is told of its layer; neither checkpoint nor weights take it over', async () => {
    const data = await prepareData(oneStep(1e300), () => undefined)
    const kept: Checkpoint[] = []
    const trainer = await Trainer.create({ data, backend, onCheckpoint: (checkpoint) => void kept.push(checkpoint) })
    expect(trainer.totalSteps).toBe(1)
    const before = await trainer.model.read()
    await expect(trainer.run()).rejects.toMatchObject({
      diagnostics: [{ code: 'train.weights-not-finite', nodeId: 'dense1', values: { step: 1 } }],
    })
    expect([trainer.phase, kept, await trainer.model.read()]).toEqual(['failed', [], before])
    await trainer.dispose()
  })

  it('the first step that spoilt the weights is found, though the loss shows it one step later', async () => {
    const failed = oneStep(1e300)
    const [failure] = await failureOf({ ...failed, training: { ...failed.training, epochs: 3 } })
    expect(failure).toMatchObject({ code: 'train.weights-not-finite', nodeId: 'dense1', values: { step: 1 } })
  })

  it('a long step whose weights are still numbers is one', async () => {
    expect(await failureOf(oneStep(1e20))).toEqual([])
  })
})
