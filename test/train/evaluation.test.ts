/**
 * @file Measuring in batches gives what one batch of everything would give, whatever masks and weights say; and where batches continue one another,
 * what recurrent layers carry goes from batch to batch, as in training (F1–F5).
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { Random } from '../../engine/core/random'
import type { TensorData } from '../../engine/core/tensor'
import { bindFields } from '../../engine/datasets/bind'
import type { Dataset, Field } from '../../engine/datasets/dataset'
import { prepareData, type Samples } from '../../engine/datasets/prepare'
import type { GraphDocument } from '../../engine/document/schema'
import type { Backend } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { inferShapes } from '../../engine/shapes/infer'
import { evaluateModel, evaluationOf } from '../../engine/train/evaluate'
import type { Measured } from '../../engine/train/metrics'
import { Model } from '../../engine/train/model'
import { Trainer } from '../../engine/train/trainer'
import { templates } from '../../templates/registry'
import { availableBackends } from '../support/backends'

let backends: readonly Backend[] = []
beforeAll(async () => {
  backends = await availableBackends()
})
afterAll(async () => {
  for (const backend of backends) await backend.dispose()
})

const STEPS = 4
const CLASSES = 3
const COUNT = 11
const inputField = (name: string, shape: readonly number[]): Field => ({ name, dtype: 'f32', shape, role: 'input', display: 'table' })

/** Sequences of which the first ones count for nothing, the others for more and more of their steps. */
function sequences(): Samples {
  const random = Random.seeded(3)
  const row = (length: number, value: (i: number) => number) => Array.from({ length }, (_, i) => value(i))
  const table: Readonly<Record<string, readonly number[][]>> = {
    x: row(COUNT, () => 0).map(() => row(STEPS * 2, () => random.uniform(-2, 2))),
    mask: row(COUNT, (sample) => sample).map((sample) => row(STEPS, (step) => Number(step < sample - 5))),
    weight: row(COUNT, (sample) => sample).map((sample) => [0.5 + sample]),
    targets: row(COUNT, () => 0).map(() => row(STEPS, () => random.below(CLASSES))),
    target: row(COUNT, () => 0).map(() => row(STEPS * 2, () => random.uniform(-1, 1))),
  }
  const dataset: Dataset = {
    fields: [
      inputField('x', [STEPS, 2]),
      inputField('mask', [STEPS]),
      inputField('weight', []),
      { name: 'targets', dtype: 'i32', shape: [STEPS], role: 'target', classes: CLASSES, display: 'text' },
      { name: 'target', dtype: 'f32', shape: [STEPS, 2], role: 'target', display: 'table' },
    ],
    length: COUNT,
    read: (indices, out: Readonly<Record<string, TensorData>>) => {
      for (const [name, rows] of Object.entries(table))
        indices.forEach((index, i) => {
          const values = rows[index] ?? []
          out[name]?.set(values, i * values.length)
        })
    },
  }
  return { dataset, indices: Uint32Array.from({ length: COUNT }, (_, i) => i) }
}

/** A masked and weighted loss with metrics, one that sums over each sample, one without a mask, and a masked penalty. */
function several(): GraphDocument {
  const g = graph('Several', { training: { batchSize: 4 } })
  const x = g.input('x', [STEPS, 2])
  const mask = g.input('mask', [STEPS])
  const weight = g.input('weight', [])
  const hidden = g.activityPenalty(g.tanh(g.dense(x, { numHiddens: 5 })), { mask, strength: 0.3 })
  g.softmaxCrossEntropy(g.dense(hidden, { numHiddens: CLASSES }), g.label('targets', { shape: [STEPS], classes: CLASSES }), {
    mask,
    weight,
  })
  const target = g.label('target', { type: 'number', shape: [STEPS, 2] })
  const prediction = g.dense(hidden, { numHiddens: 2 })
  g.meanSquaredError(prediction, target, { mask, lossWeight: 0.25 })
  g.binaryCrossEntropy(prediction, target, { reduction: 'sum', mask, lossWeight: 2 })
  g.meanAbsoluteError(prediction, target)
  return g.document()
}

function one(): GraphDocument {
  const g = graph('One', { training: { batchSize: 4 } })
  const scores = g.dense(g.input('x', [STEPS, 2]), { numHiddens: CLASSES })
  g.softmaxCrossEntropy(scores, g.label('targets', { shape: [STEPS], classes: CLASSES }), { mask: g.input('mask', [STEPS]) })
  return g.document()
}

async function measuredIn(document: GraphDocument, samples: Samples, backend: Backend, batchSize: number): Promise<Measured> {
  const model = await Model.forPass(document, backend, evaluationOf(samples), Math.min(batchSize, samples.indices.length))
  const { bindings, diagnostics } = bindFields(inferShapes(document), samples.dataset.fields)
  expect(diagnostics).toEqual([])
  const measured = (await evaluateModel(model, samples, bindings, { batchSize })) as Measured
  await model.dispose()
  return measured
}

describe('means over several batches', () => {
  it.each([
    ['a masked loss with its metrics', one],
    ['several losses, masked and not, with a penalty', several],
  ])('of %s are those of one batch of everything, on every backend', async (_what, build) => {
    const document = build()
    const samples = sequences()
    const { loss, metrics } = await measuredIn(document, samples, createReferenceBackend(), COUNT)
    // 1 + 2 + 3 + 4 + 4 steps count, all of them in the last batches.
    expect(metrics.accuracy ?? metrics['loss1.accuracy']).toBeDefined()
    for (const backend of [createReferenceBackend(), ...backends])
      for (const batchSize of [1, 2, 3, 4, COUNT]) {
        const found = await measuredIn(document, samples, backend, batchSize)
        const told = `${backend.info.label.en}, ${batchSize}`
        expect(Object.keys(found.metrics), told).toEqual(Object.keys(metrics))
        expect(found.loss, told).toBeCloseTo(loss, 5)
        for (const [name, value] of Object.entries(metrics)) expect(found.metrics[name], `${told} ${name}`).toBeCloseTo(value, 5)
      }
  })

  it('are 0, not 0 / 0, where nothing counts at all', async () => {
    const { dataset, indices } = sequences()
    const found = await measuredIn(one(), { dataset, indices: indices.subarray(0, 5) }, createReferenceBackend(), 2)
    expect(found).toEqual({ loss: 0, metrics: { accuracy: 0, perplexity: 1 } })
  })
})

describe('measuring a language model in sequence', () => {
  const backend = createReferenceBackend()
  const source = (numSteps: number, sampling: string) => ({ kind: 'story', params: { numSteps, sampling } })
  const documentOf = (numSteps: number, sampling = 'sequential', more: Partial<GraphDocument['training']> = {}): GraphDocument => {
    const document = templates.get('deep-rnn-lm')?.create({ numHiddens: 5, numSteps, batchSize: 4 }) as GraphDocument
    const training = { ...document.training, validationSplit: 0, ...more }
    return { ...document, data: { ...document.data, source: source(numSteps, sampling) }, training }
  }

  /** Losses with the state carried on, and of the same text as one long stretch for each row. */
  async function compared(on: Backend, rows: number, stretches: number) {
    const [short, long] = [6, 6 * stretches]
    const data = await prepareData(documentOf(short), () => undefined)
    const whole = await prepareData(documentOf(long), () => undefined)
    const part = (samples: Samples, count: number): Samples => ({ ...samples, indices: samples.indices.slice(0, count) })
    return {
      carried: await measuredIn(data.document, part(data.training, rows * stretches), on, rows),
      atOnce: await measuredIn(whole.document, part(whole.training, rows), on, rows),
    }
  }

  it.each([
    [1, 5],
    [3, 4],
  ])('%d rows of %d stretches are one text each, on every backend', async (rows, stretches) => {
    for (const on of [backend, ...backends]) {
      const { carried, atOnce } = await compared(on, rows, stretches)
      expect(carried.loss, on.info.label.en).toBeCloseTo(atOnce.loss, 5)
      expect(carried.metrics.perplexity, on.info.label.en).toBeCloseTo(atOnce.metrics.perplexity as number, 3)
    }
  })

  it('every stretch is measured: those that fill no row begin anew', async () => {
    const data = await prepareData(documentOf(6), () => undefined)
    const { dataset, indices } = data.training
    const upTo = (from: number, to: number): Samples => ({ dataset, indices: indices.slice(from, to) })
    const [all, full, rest] = [
      await measuredIn(data.document, upTo(0, 11), backend, 4),
      await measuredIn(data.document, upTo(0, 8), backend, 4),
      await measuredIn(data.document, upTo(8, 11), backend, 4),
    ]
    expect(all.loss).toBeCloseTo((8 * full.loss + 3 * rest.loss) / 11, 6)
    const random = await prepareData(documentOf(6, 'random'), () => undefined)
    const anew = await measuredIn(random.document, { ...random.training, indices: random.training.indices.slice(0, 8) }, backend, 4)
    expect(anew.loss).not.toBeCloseTo(full.loss, 6)
  })

  it('does so when training validates, and leaves what training carries alone', async () => {
    const document = documentOf(150, 'sequential', { validationSplit: 0.3, epochs: 1 })
    const data = await prepareData(document, () => undefined)
    const trainer = await Trainer.create({ data, backend })
    await trainer.run()
    const before = await trainer.model.state.read(['rnn1:state'])
    const { validation } = data
    if (!validation) throw new Error('nothing is held out')
    const measured = await evaluateModel(trainer.model, validation, trainer.bindings, { batchSize: trainer.batchSize })
    expect(measured?.loss).toBe((await trainer.checkpoint()).validation.at(-1)?.loss)
    expect(await trainer.model.state.read(['rnn1:state'])).toEqual(before)
    await trainer.dispose()
  })
})
