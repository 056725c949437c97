/**
 * @file Language models trained beside PyTorch: ten steps over more than one epoch of a text that is read in sequence, so that the state goes on from
 * batch to batch and begins anew with the epoch; clipped descent; every loss and every weight, on every backend (SYSTEMS F1–F5).
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { Random } from '../../engine/core/random'
import { prepareData } from '../../engine/datasets/prepare'
import type { GraphDocument } from '../../engine/document/schema'
import { inputNames } from '../../engine/ir/names'
import type { Backend } from '../../engine/runtime/backend'
import { decodeSafetensors, encodeSafetensors } from '../../engine/train/safetensors'
import { valuesOf } from '../../engine/train/tensor-values'
import { TrainingStep } from '../../engine/train/training-step'
import { templates } from '../../templates/registry'
import { memoryFiles } from '../datasets/memory-files'
import { expectAllClose } from '../support/allclose'
import { availableBackends } from '../support/backends'
import { askPython, describeWithTorch } from '../support/torch'

const STEPS = 10
const [BATCH, LENGTH, STEPS_PER_EPOCH] = [3, 6, 4]
/** The reference rounds state to single precision between runs; the others compute in it. */
const tolerance = (backend: Backend): number => (backend.info.id === 'reference' ? 1e-5 : 1e-4)

/** Ten characters and the unknown one: the vocabulary of models.py. */
const corpus = (): string => {
  const random = Random.seeded(5, 'corpus')
  return Array.from({ length: (BATCH * STEPS_PER_EPOCH + 1) * LENGTH }, (_, i) => 'abcdefghij'[i < 10 ? i : random.below(10)]).join('')
}

function documentOf(id: string): GraphDocument {
  const template = templates.get(id)
  if (!template) throw new Error(`there is no template ${id}`)
  const document = template.create({ batchSize: BATCH, numSteps: LENGTH, vocabularySize: 11 })
  return {
    ...document,
    data: { ...document.data, source: { kind: 'textFile', params: { path: 'corpus.txt', numSteps: LENGTH } } },
    training: { ...document.training, validationSplit: 0, optimizer: { kind: 'sgd', params: { lr: 0.5 } }, clipNorm: 0.3 },
  }
}

/** Ten steps from the given weights: what each was fed, its loss, and the weights after the last. */
async function trained(document: GraphDocument, backend: Backend, weights: Readonly<Record<string, Float32Array>> | undefined) {
  const data = await prepareData(document, () => memoryFiles('corpus.txt', { 'corpus.txt': corpus() }))
  const training = await TrainingStep.prepare(data, backend)
  try {
    expect(training.stepsPerEpoch).toBe(STEPS_PER_EPOCH)
    if (weights) await training.model.load(weights)
    const before = await training.model.read()
    const tokens: number[] = []
    const targets: number[] = []
    const continues: boolean[] = []
    const losses: number[] = []
    for (let step = 1; step <= STEPS; step++) {
      const inputs = await training.inputsOf(step, training.rateOf(step, []))
      tokens.push(...(inputs.tokens ?? []))
      targets.push(...(inputs.targets ?? []))
      continues.push(inputs[inputNames.continues]?.[0] === 1)
      const { executable } = await training.compiled()
      executable.run(inputs)
      losses.push((await executable.read(['loss'])).loss?.[0] ?? Number.NaN)
    }
    return { before, tokens, targets, continues, losses, after: await training.model.read(), shapes: training.model.weights }
  } finally {
    await training.dispose()
    data.dispose()
  }
}

describeWithTorch('language models trained in sequence [F1, F2, F3, F4, F5]', () => {
  let folder = ''
  let backends: readonly Backend[] = []
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'netloom-language-'))
    backends = await availableBackends()
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    for (const backend of backends) await backend.dispose()
  })

  it.each(['rnn-lm', 'gru-lm', 'lstm-lm', 'deep-rnn-lm'])(
    'ten steps of %s',
    async (id) => {
      const document = documentOf(id)
      const [reference, ...others] = backends as [Backend, ...Backend[]]
      const first = await trained(document, reference, undefined)
      expect(first.continues).toEqual([0, 1, 1, 1, 0, 1, 1, 1, 0, 1].map(Boolean))
      const [given, answer] = [join(folder, `${id}.given`), join(folder, `${id}.answer`)]
      const shape = [STEPS, BATCH, LENGTH]
      const text = { tokens: first.tokens, targets: first.targets }
      writeFileSync(
        given,
        encodeSafetensors([
          ...first.shapes.map((weight) => ({ name: weight.name, shape: weight.shape, data: first.before[weight.name] as Float32Array })),
          ...Object.entries(text).map(([name, data]) => ({ name, shape, data: Int32Array.from(data) })),
        ]),
      )
      const { losses } = askPython<{ losses: number[] }>(fileURLToPath(new URL('language_models.py', import.meta.url)), {
        model: id,
        lr: 0.5,
        clip: 0.3,
        continues: first.continues,
        parameters: first.shapes.map(({ name }) => name),
        given,
        answer,
      })
      const expected = new Map(
        [...decodeSafetensors(readFileSync(answer)).tensors].map(([name, tensor]) => [name, valuesOf(name, tensor, 'f32')]),
      )
      const check = (backend: Backend, run: Awaited<ReturnType<typeof trained>>): void => {
        const on = backend.info.label.en
        expectAllClose(run.losses, losses, tolerance(backend), `losses on ${on}`)
        for (const [name, values] of expected) expectAllClose(run.after[name] ?? [], values, tolerance(backend), `${name} on ${on}`)
      }
      check(reference, first)
      for (const backend of others) check(backend, await trained(document, backend, first.before))
    },
    240_000,
  )
})
