/**
 * @file Whole models beside PyTorch: the same weights and inputs through both; logits, loss, every gradient and the new running
 * statistics, on every backend, in training and evaluation. models.py is written by hand and computes in double precision; of several
 * batches it takes the first that keeps its distance from every kink, so that single precision can be held to the tolerances of CLI.md.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { lower, stateSpecs } from '../../engine/compile'
import { Random } from '../../engine/core/random'
import { type DType, type Shape, sizeOf, type TensorData } from '../../engine/core/tensor'
import { initializeWeights } from '../../engine/initializers/initialize'
import type { Backend, BackendId } from '../../engine/runtime/backend'
import { decodeSafetensors, encodeSafetensors } from '../../engine/train/safetensors'
import { valuesOf } from '../../engine/train/tensor-values'
import { templates } from '../../templates/registry'
import { expectAllClose } from '../support/allclose'
import { availableBackends } from '../support/backends'
import { largestMagnitude } from '../support/difference'
import { askPython, describeWithTorch } from '../support/torch'

/** What CLI.md asks of single precision; the reference computes in double and only rounds its results. */
const tolerances: Record<BackendId, { readonly forward: number; readonly gradient: number }> = {
  reference: { forward: 1e-6, gradient: 1e-6 },
  wasm: { forward: 1e-4, gradient: 1e-3 },
  webgpu: { forward: 1e-4, gradient: 1e-3 },
}

interface Model {
  readonly id: string
  readonly params: Readonly<Record<string, number>>
  readonly parameterCount: number
}
/** With the vocabulary that models.py has. */
const text = { batchSize: 3, numSteps: 6, vocabularySize: 11 }
const [UNITS, SCORES] = [256, 257 * 11]
const languageModels: readonly Model[] = [
  { id: 'rnn-lm', params: text, parameterCount: UNITS * (11 + UNITS + 1) + SCORES },
  { id: 'gru-lm', params: text, parameterCount: 3 * UNITS * (11 + UNITS + 1) + SCORES },
  { id: 'lstm-lm', params: text, parameterCount: 4 * UNITS * (11 + UNITS + 1) + SCORES },
  { id: 'deep-rnn-lm', params: text, parameterCount: UNITS * (11 + 3 * UNITS + 2) + SCORES },
]
const models: readonly Model[] = [
  { id: 'softmax-regression', params: { batchSize: 5 }, parameterCount: 7850 },
  { id: 'mlp', params: { batchSize: 5 }, parameterCount: 203530 },
  { id: 'lenet', params: { batchSize: 4 }, parameterCount: 44426 },
  { id: 'resnet18', params: { batchSize: 3, imageSize: 40 }, parameterCount: 11178378 },
  { id: 'googlenet', params: { batchSize: 2, imageSize: 48 }, parameterCount: 5977530 },
  ...languageModels,
]

/** Batches to choose from. */
const CANDIDATES = 24
/** Distance from the nearest kink, relative to the deviation of the values around it: more than single precision loses. */
const MARGIN = 5e-6

interface Given {
  readonly dtype: DType
  readonly shape: Shape
  readonly data: TensorData
}

/** Fresh kernels; what would start at 0 or 1 gets other numbers, so that nothing hides behind them. */
function weightFor(name: string, fresh: Float32Array): Float32Array {
  const random = Random.seeded(1, name)
  if (name.endsWith('ernel')) return fresh
  const positive = name.endsWith('.scale') || name.endsWith('.runningVariance')
  return fresh.map(() => (positive ? random.uniform(0.5, 1.5) : random.uniform(-0.3, 0.3)))
}

function inputFor(name: string, shape: Shape, dtype: DType): TensorData {
  const random = Random.seeded(2, name)
  const each = { length: sizeOf(shape) }
  return dtype === 'i32' ? Int32Array.from(each, () => random.below(10)) : Float32Array.from(each, () => random.normal())
}

/** The model's program and what both sides are fed. */
function prepare({ id, params }: Model, training: boolean) {
  const template = templates.get(id)
  if (!template) throw new Error(`there is no template ${id}`)
  const outcome = lower(template.create(params), { training, gradients: 'all' })
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics))
  const { program, weights, shaped } = outcome.value
  const fed = program.values.flatMap(({ op, shape, dtype }) =>
    op.op === 'input' && op.role === 'data' ? [{ name: op.name, shape, dtype }] : [],
  )
  const answers = shaped.nodes.find(({ layer }) => layer.role?.type === 'label')?.path
  const [input] = fed.filter(({ name }) => name !== answers) as [(typeof fed)[number]]
  const [target] = fed.filter(({ name }) => name === answers) as [(typeof fed)[number]]
  const many = [CANDIDATES, ...input.shape]
  const candidates: Given = { dtype: input.dtype, shape: many, data: inputFor(input.name, many, input.dtype) }
  const label: Given & { readonly name: string } = { ...target, data: inputFor('label', target.shape, 'i32') }
  const fresh = initializeWeights(shaped, 0)
  const state = new Map(
    stateSpecs(program).map(({ name, shape }): [string, Given] => {
      return [name, { dtype: 'f32', shape, data: weightFor(name, fresh.get(name) as Float32Array) }]
    }),
  )
  const parameterCount = shaped.nodes.reduce((sum, node) => sum + node.parameterCount, 0)
  return { program, weights, input, candidates, label, state, parameterCount }
}
type Prepared = ReturnType<typeof prepare>

function askPyTorch(folder: string, { id }: Model, training: boolean, { weights, input, candidates, label, state }: Prepared) {
  const given = join(folder, 'given.safetensors')
  const answer = join(folder, 'answer.safetensors')
  const tensors = [['candidates', candidates] as const, ['label', label] as const, ...state].map(([name, { dtype, shape, data }]) => ({
    name,
    dtype,
    shape,
    data,
  }))
  writeFileSync(given, encodeSafetensors(tensors))
  const { parameterCount, chosen } = askPython<{ parameterCount: number; chosen: number }>(
    fileURLToPath(new URL('models.py', import.meta.url)),
    {
      model: id,
      training,
      margin: MARGIN,
      given,
      answer,
      input: input.name,
      parameters: weights.map(({ name }) => name),
      trainable: weights.filter(({ trainable }) => trainable).map(({ name }) => name),
    },
  )
  const { tensors: stored } = decodeSafetensors(readFileSync(answer))
  const values = new Map([...stored].map(([name, tensor]) => [name, valuesOf(name, tensor, 'f32')]))
  const size = sizeOf(input.shape)
  const batch = candidates.data.slice(chosen * size, (chosen + 1) * size)
  return { values, parameterCount, inputs: { [input.name]: batch, [label.name]: label.data } }
}

/** Every output, and each running statistic as `next:<name>`. */
async function runOn(
  backend: Backend,
  { program, state }: Prepared,
  inputs: Readonly<Record<string, TensorData>>,
): Promise<Map<string, TensorData>> {
  const store = backend.createState(stateSpecs(program))
  for (const [name, { data }] of state) await store.write(name, data)
  const executable = await backend.compile(program, store)
  executable.run(inputs)
  const outputs = await executable.read(program.outputs.map(({ name }) => name))
  const renewed = program.state.filter(({ update }) => update !== undefined).map(({ name }) => name)
  const statistics = await store.read(renewed)
  executable.dispose()
  store.dispose()
  return new Map([
    ...Object.entries(outputs),
    ...Object.entries(statistics).map(([name, data]): [string, TensorData] => [`next:${name}`, data]),
  ])
}

/** Also where other work shares the machine. */
const TIMEOUT = 240_000

describeWithTorch('whole models beside PyTorch', () => {
  let folder = ''
  let backends: readonly Backend[] = []
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'netloom-parity-'))
    backends = await availableBackends()
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    for (const backend of backends) await backend.dispose()
  })

  it.each(
    models.flatMap((model) =>
      [true, false].map((training) => ({ id: model.id, mode: training ? 'training' : 'evaluation', model, training })),
    ),
  )(
    '$id, $mode',
    async ({ model, training }) => {
      const prepared = prepare(model, training)
      const expected = askPyTorch(folder, model, training, prepared)
      expect(prepared.parameterCount).toBe(model.parameterCount)
      expect(expected.parameterCount).toBe(model.parameterCount)
      const gradientsOf = (values: ReadonlyMap<string, TensorData>) => [...values].filter(([name]) => name.startsWith('grad:'))
      const largestGradient = Math.max(...gradientsOf(expected.values).map(([, values]) => largestMagnitude(values)))
      for (const backend of backends) {
        const actual = await runOn(backend, prepared, expected.inputs)
        const { forward, gradient } = tolerances[backend.info.id]
        const compared = [...actual.keys()].filter((name) => !name.startsWith('metric:'))
        expect(compared.sort()).toEqual([...expected.values.keys()].sort())
        for (const [name, values] of expected.values) {
          const label = `${backend.info.id}: ${name}`
          const isGradient = name.startsWith('grad:')
          const scale = largestMagnitude(values) + (isGradient ? largestGradient / 20 : 0)
          expectAllClose(actual.get(name) ?? [], values, isGradient ? gradient : forward, label, scale)
        }
      }
    },
    TIMEOUT,
  )
})
