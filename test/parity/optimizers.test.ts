/**
 * @file Ten steps of every training method, on every executor, beside PyTorch's own optimisers where the definitions agree, otherwise beside the
 * formula of SYSTEMS.md written out in optimizers.py (D1–D3, A3, A5). A method without a row fails.
 */
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { gradients } from '../../engine/autodiff/gradients'
import { stateSpecs } from '../../engine/compile'
import { Random } from '../../engine/core/random'
import type { GraphDocument } from '../../engine/document/schema'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Tensor } from '../../engine/ir/emit'
import { completeParams } from '../../engine/layers/kit/validate'
import { methods, optimizers } from '../../engine/optimizers/registry'
import type { Backend } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { TrainingStep } from '../../engine/train/training-step'
import { asked } from '../support/agreement'
import { expectAllClose } from '../support/allclose'
import { availableBackends } from '../support/backends'
import { network, type Table, tableData } from '../support/table'
import { askPython, describeWithTorch } from '../support/torch'

const STEPS = 10
const START = [0.5, -1.25, 2, 0.125]
/** Σ cos(3x) + k x² has a gradient of its own for every element and every step. */
const WEIGHTS = [1, 0.5, 0.25, 3]

interface Row {
  readonly kind: string
  readonly name: string
  /** Beside the steps: what optimizers.py reads. */
  readonly question: Readonly<Record<string, unknown>>
  /** Weights after each step. */
  path(backend: Backend): Promise<readonly (readonly number[])[]>
  /** What the reference may be off by: state is rounded to single precision after each step. */
  readonly tolerance: number
}

type Settings = Readonly<Record<string, number | string>>

/** An update rule by itself. */
function rule(kind: string, name: string, params: Settings, lr: number, question: Row['question']): Row {
  const path = async (backend: Backend) => {
    const definition = optimizers.get(kind)
    if (!definition) throw new Error(`no optimiser ${kind}`)
    const b = new ProgramBuilder(kind)
    const x = b.state('x', [START.length])
    const k = b.input('k', [START.length])
    const loss = b.sum(b.add(b.cos(b.mul(x, 3)), b.mul(k, b.mul(x, x))))
    const [gradient] = gradients(b, loss, [x]) as [Tensor]
    const held = Object.fromEntries(definition.state.map((slot) => [slot, b.state(`x:${slot}`, [START.length])]))
    const context = { lr: b.input('$lr', []), step: b.input('$step', []) }
    const next = definition.update(b, x, gradient, held, completeParams(definition.params, params).params, context)
    b.update('x', b.sub(x, next.change))
    for (const slot of definition.state) b.update(`x:${slot}`, next.state[slot] as Tensor)
    const program = b.finish()
    const state = backend.createState(stateSpecs(program))
    await state.write('x', Float32Array.from(START))
    const executable = await backend.compile(program, state)
    const reached: number[][] = []
    for (let step = 1; step <= STEPS; step++) {
      executable.run({ k: Float32Array.from(WEIGHTS), $lr: Float32Array.of(lr), $step: Float32Array.of(step) })
      reached.push([...((await state.read(['x'])).x ?? [])])
    }
    executable.dispose()
    state.dispose()
    return reached
  }
  return { kind, name, question: { start: START, weights: WEIGHTS, ...question }, path, tolerance: 1e-6 }
}

const beside = (
  kind: string,
  name: string,
  params: Settings,
  torch: string,
  options: { readonly lr: number } & Readonly<Record<string, unknown>>,
): Row => rule(kind, name, params, options.lr, { by: 'torch', torch, options })

const random = Random.seeded(7)
const table: Table = (() => {
  const x = Array.from({ length: 40 }, () => [random.uniform(-1, 1), random.uniform(-1, 1)])
  return { x, y: x.map(([a = 0, c = 0]) => Number(a + 0.5 * c + random.uniform(-0.2, 0.2) > 0.2)) }
})()

/** A method that looks at the whole model, in a run of its own; the weights and then the bias of its one unit. */
function run(name: string, document: GraphDocument, question: Row['question']): Row {
  const theta = [0.25, -0.5, 0.125]
  const { kind } = document.training.optimizer
  const path = async (backend: Backend) => {
    const training = await TrainingStep.prepare(tableData(document, table), backend)
    const { model } = training
    await model.load({ 'dense1.kernel': Float32Array.from(theta.slice(0, 2)), 'dense1.bias': Float32Array.from(theta.slice(2)) })
    const { executable } = await training.compiled()
    const reached: number[][] = []
    // A method that is done sooner has no more steps to compare.
    for (let step = 1; step <= training.stepsFor(STEPS); step++) {
      executable.run(await training.inputsOf(step, training.rateOf(step, [])))
      const weights = await model.read()
      reached.push([...(weights['dense1.kernel'] ?? []), ...(weights['dense1.bias'] ?? [])])
    }
    await training.dispose()
    return reached
  }
  return { kind, name, question: { by: kind, theta, ...table, ...question }, path, tolerance: 1e-5 }
}

const settings = { shuffle: false, epochs: STEPS } as const
const rows: readonly Row[] = [
  beside('sgd', 'plain', {}, 'SGD', { lr: 0.05 }),
  beside('momentum', 'x − v', { gamma: 0.8 }, 'SGD', { lr: 0.02, momentum: 0.8 }),
  beside('momentum', 'θ + v', { gamma: 0.8, form: 'add' }, 'SGD', { lr: 0.02, momentum: 0.8 }),
  beside('nesterov', 'γ 0.8', { gamma: 0.8 }, 'SGD', { lr: 0.02, momentum: 0.8, nesterov: true }),
  beside('adam', 'as the notes have it', {}, 'Adam', { lr: 0.1, betas: [0.9, 0.999], eps: 1e-8 }),
  beside('adam', 'without momentum, a large ε', { beta1: 0, beta2: 0.9, epsilon: 1e-3 }, 'Adam', {
    lr: 0.1,
    betas: [0, 0.9],
    eps: 1e-3,
  }),
  beside('adadelta', 'as the notes have it', {}, 'Adadelta', { lr: 1, rho: 0.9, eps: 1e-5 }),
  rule('adagrad', 'ε under the root', {}, 0.4, { by: 'adagrad', options: { lr: 0.4, eps: 1e-6 } }),
  rule('rmsprop', 'ε under the root', {}, 0.05, { by: 'rmsprop', options: { lr: 0.05, gamma: 0.9, eps: 1e-6 } }),
  rule('rmsprop', 'γ 0.5, a large ε', { gamma: 0.5, epsilon: 0.01 }, 0.05, {
    by: 'rmsprop',
    options: { lr: 0.05, gamma: 0.5, eps: 0.01 },
  }),
  run(
    'ten steps on a logistic unit',
    network(2, { ...settings, optimizer: { kind: 'newton', params: { damping: 0.01 } }, lr: 0.5 }, (g, x) =>
      g.sigmoid(g.dense(x, { numHiddens: 1 })),
    ),
    { lr: 0.5, damping: 0.01 },
  ),
  run(
    'there at once',
    network(2, { ...settings, optimizer: 'normalEquations' }, (g, x) => g.dense(x, { numHiddens: 1 })),
    {},
  ),
  run(
    'ten samples',
    network(2, { ...settings, optimizer: 'perceptron', lr: 0.1, batchSize: 1 }, (g, x) => g.step(g.dense(x, { numHiddens: 1 }))),
    { lr: 0.1 },
  ),
]

const systems: Readonly<Record<string, string>> = {
  sgd: 'D1',
  momentum: 'D1',
  nesterov: 'D1',
  newton: 'D3',
  normalEquations: 'A5',
  perceptron: 'A3',
}

it('every training method has a row', () => {
  expect([...new Set(rows.map(({ kind }) => kind))].sort()).toEqual([...methods.keys()].sort())
})

describeWithTorch('training methods beside PyTorch', () => {
  let answers: readonly (readonly (readonly number[])[])[] = []
  let backends: readonly Backend[] = []
  beforeAll(async () => {
    backends = await availableBackends()
    const file = fileURLToPath(new URL('optimizers.py', import.meta.url))
    answers = askPython(
      file,
      rows.map(({ question }) => ({ steps: STEPS, ...question })),
    )
  })
  afterAll(async () => {
    for (const backend of backends) await backend.dispose()
  })

  it.each(rows.map((row, i) => ({ title: `${row.kind}: ${systems[row.kind] ?? 'D2'}, ${row.name}`, row, i })))(
    '$title',
    async ({ row, i }) => {
      const expected = answers[i] ?? []
      expect(expected).toHaveLength(STEPS)
      for (const backend of [createReferenceBackend(), ...backends]) {
        const path = await row.path(backend)
        expect(path.length).toBeGreaterThan(0)
        for (const [step, weights] of path.entries()) {
          const limit = backend.info.id === 'reference' ? row.tolerance : asked.forward
          expectAllClose(weights, expected[step] ?? [], limit, `${backend.info.label.en}, after step ${step + 1}`)
        }
      }
    },
  )
})
