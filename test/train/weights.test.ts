/**
 * @file Penalties on weights, decay, ties, shared weights and noise on weights (C3, C6), against their formulas written out, on every backend.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import type { TrainingSetting } from '../../engine/builder/settings'
import type { NodeOptions } from '../../engine/builder/types'
import { shape } from '../../engine/compile'
import type { DiagnosticCode } from '../../engine/core/diagnostic-catalogue'
import { DiagnosedError } from '../../engine/core/diagnostics'
import type { GraphDocument, TrainingSettings } from '../../engine/document/schema'
import { initializeWeights } from '../../engine/initializers/initialize'
import type { Backend } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { inferShapes } from '../../engine/shapes/infer'
import { Model, runtimeInputs, unwrap, updateOf, weightsOf } from '../../engine/train/model'
import { Trainer } from '../../engine/train/trainer'
import { asked } from '../support/agreement'
import { expectAllClose } from '../support/allclose'
import { availableBackends } from '../support/backends'
import { askPython, describeWithTorch } from '../support/torch'
import { moonsDocument, prepare } from './fixtures'

const BATCH = 4

/** Two hidden layers of the same shape, a class label. */
function network(training: TrainingSetting = {}, first: NodeOptions = {}, second: NodeOptions = {}): GraphDocument {
  const g = graph('weights', { data: 'points2d', training: { optimizer: 'sgd', lr: 0.1, batchSize: BATCH, ...training } })
  const x = g.input('features', [3])
  const one = g.tanh(g.dense(x, { id: 'a', numHiddens: 3, ...first }))
  g.classify(g.tanh(g.dense(one, { id: 'b', numHiddens: 3, ...second })), 2)
  return g.document()
}

const inputs = {
  features: Float32Array.from({ length: BATCH * 3 }, (_, i) => Math.sin(7 * i)),
  label: Int32Array.of(0, 1, 1, 0),
}

/** Loss and gradients of the training pass. */
interface Circumstances {
  readonly weightNoise?: number
  /** Weights in place of fresh ones. */
  readonly given?: Readonly<Record<string, Float32Array>>
}

async function gradientsOf(document: GraphDocument, backend: Backend, { weightNoise = 0, given = {} }: Circumstances = {}) {
  const pass = { training: true, gradients: 'parameters', ...(weightNoise > 0 && { weightNoise }) } as const
  const model = await Model.forPass(document, backend, pass, BATCH)
  await model.load(given)
  const { program, executable } = await model.pass(BATCH, pass)
  executable.run({ ...inputs, ...runtimeInputs(program, 0, 1, 0) })
  const results = await executable.read(program.outputs.map(({ name }) => name))
  const weights = await model.read()
  await model.dispose()
  return { results: results as Record<string, Float32Array>, weights }
}

/** The weights after one step of the document's own training, with the same inputs for all. */
async function stepOf(document: GraphDocument, backend: Backend, lr: number) {
  const pass = updateOf(document)
  const model = await Model.forPass(document, backend, pass, BATCH)
  const before = await model.read()
  const { program, executable } = await model.pass(BATCH, pass)
  executable.run({ ...inputs, ...runtimeInputs(program, 0, 1, lr) })
  const after = await model.read()
  await model.dispose()
  return { before, after }
}

const values = (tensor: Float32Array | undefined): number[] => [...(tensor ?? [])]
const squares = (tensor: Float32Array | undefined): number => values(tensor).reduce((sum, w) => sum + w * w, 0)
const lengths = (tensor: Float32Array | undefined): number => values(tensor).reduce((sum, w) => sum + Math.abs(w), 0)

describe('penalties on weights (C3)', () => {
  let backends: readonly Backend[]
  beforeAll(async () => {
    backends = await availableBackends()
  })
  afterAll(() => Promise.all(backends.map((backend) => backend.dispose())))

  const onEach = async (check: (backend: Backend) => Promise<void>) => {
    for (const backend of backends) await check(backend)
  }

  it('L2 adds λ/2 Σw² to the loss and λw to the gradient; L1 adds λ Σ|w| and λ sign(w); biases are spared', () =>
    onEach(async (backend) => {
      const plain = await gradientsOf(network(), backend)
      const [l2, l1] = [0.3, 0.07]
      const { results, weights } = await gradientsOf(network({ l2, l1 }), backend)
      let added = 0
      for (const name of ['a.kernel', 'b.kernel', 'dense1.kernel']) {
        added += (l2 / 2) * squares(weights[name]) + l1 * lengths(weights[name])
        const expected = values(weights[name]).map((w, i) => (plain.results[`grad:${name}`]?.[i] as number) + l2 * w + l1 * Math.sign(w))
        expectAllClose(values(results[`grad:${name}`]), expected, asked.gradient)
        expectAllClose(values(results['grad:a.bias']), values(plain.results['grad:a.bias']), asked.gradient)
      }
      expect(results.loss?.[0]).toBeCloseTo((plain.results.loss?.[0] as number) + added, 4)
      expect(results['metric:penalty']?.[0]).toBeCloseTo(added, 4)
    }))

  it('a layer’s own λ stands in place of the document’s, 0 too; a frozen layer pays nothing', async () => {
    const backend = createReferenceBackend()
    const { results, weights } = await gradientsOf(
      network({ l2: 0.5, l1: 0.1 }, { l2Penalty: 0.2, l1Penalty: 0 }, { frozen: true }),
      backend,
    )
    const expected = 0.1 * squares(weights['a.kernel']) + 0.25 * squares(weights['dense1.kernel']) + 0.1 * lengths(weights['dense1.kernel'])
    expect(results['metric:penalty']?.[0]).toBeCloseTo(expected, 5)
  })

  it('takes biases where it is told to', async () => {
    const backend = createReferenceBackend()
    const ones = { 'a.bias': Float32Array.of(1, -2, 3) }
    const penaltyOf = async (training: TrainingSetting) =>
      (await gradientsOf(network({ l2: 1, ...training }), backend, { given: ones })).results['metric:penalty']?.[0] as number
    expect(await penaltyOf({ penalizeBiases: true })).toBeCloseTo((await penaltyOf({})) + (1 + 4 + 9) / 2, 5)
  })

  it('stands in no evaluation, so that validation losses can be compared', async () => {
    const forward = { training: false, gradients: 'none' } as const
    const lossOf = async (document: GraphDocument) => {
      const model = await Model.forPass(document, createReferenceBackend(), forward, BATCH)
      const { executable } = await model.pass(BATCH, forward)
      executable.run(inputs)
      return (await executable.read(['loss'])).loss?.[0]
    }
    expect(await lossOf(network({ l2: 5 }))).toBe(await lossOf(network()))
  })

  it.each(['sgd', 'adam', 'momentum'])('as decay shrinks w by (1 − εα) beside the step of %s', (optimizer) =>
    onEach(async (backend) => {
      const [lr, alpha] = [0.05, 0.4]
      const plain = await stepOf(network({ optimizer }), backend, lr)
      const decayed = await stepOf(network({ optimizer, l2: alpha, decay: true }, { rateMultiplier: 2 }), backend, lr)
      const unscaled = await stepOf(network({ optimizer }, { rateMultiplier: 2 }), backend, lr)
      for (const name of ['b.kernel', 'dense1.kernel'])
        expectAllClose(
          values(decayed.after[name]),
          values(plain.before[name]).map((w, i) => (1 - lr * alpha) * w + ((plain.after[name]?.[i] as number) - w)),
          asked.gradient,
        )
      // A layer that learns twice as fast decays twice as fast.
      expectAllClose(
        values(decayed.after['a.kernel']),
        values(unscaled.before['a.kernel']).map((w, i) => (1 - 2 * lr * alpha) * w + ((unscaled.after['a.kernel']?.[i] as number) - w)),
        asked.gradient,
      )
      expectAllClose(values(decayed.after['b.bias']), values(plain.after['b.bias']), asked.gradient)
    }),
  )

  it('a tie adds s‖w − w′‖² and pulls both', () =>
    onEach(async (backend) => {
      const plain = await gradientsOf(network(), backend)
      const { results, weights } = await gradientsOf(network({}, {}, { tiedTo: 'a', tieStrength: 0.4 }), backend)
      const apart = values(weights['b.kernel']).map((w, i) => w - (weights['a.kernel']?.[i] as number))
      expect(results['metric:penalty']?.[0]).toBeCloseTo(0.4 * apart.reduce((sum, d) => sum + d * d, 0), 4)
      for (const [name, sign] of [
        ['a', -1],
        ['b', 1],
      ] as const)
        expectAllClose(
          values(results[`grad:${name}.kernel`]),
          apart.map((d, i) => (plain.results[`grad:${name}.kernel`]?.[i] as number) + sign * 0.8 * d),
          asked.gradient,
        )
    }))
})

const pytorch = `
import json, sys, torch
import torch.nn.functional as F
ask = json.load(sys.stdin)
w = {name: torch.tensor(v, dtype=torch.float64).reshape(ask['shapes'][name]).requires_grad_() for name, v in ask['weights'].items()}
x = torch.tensor(ask['features'], dtype=torch.float64).reshape(-1, 3)
y = torch.tensor(ask['label'])
decay = dict(weight_decay=ask['lambda'])
groups = [dict(params=[v for n, v in w.items() if n.endswith('kernel')], **decay),
          dict(params=[v for n, v in w.items() if n.endswith('bias')], weight_decay=0)]
optimizer = getattr(torch.optim, ask['optimizer'])(groups, lr=ask['lr'])
for _ in range(ask['steps']):
    optimizer.zero_grad()
    h = torch.tanh(x @ w['a.kernel'] + w['a.bias'])
    h = torch.tanh(h @ w['b.kernel'] + w['b.bias'])
    loss = F.cross_entropy(h @ w['dense1.kernel'] + w['dense1.bias'], y)
    loss = loss + ask['l1'] * sum(v.abs().sum() for n, v in w.items() if n.endswith('kernel'))
    loss.backward()
    optimizer.step()
json.dump({n: v.flatten().tolist() for n, v in w.items()}, sys.stdout)
`

describeWithTorch('ten steps with penalties (C3) beside PyTorch', () => {
  it.each([
    ['sgd', 'SGD', { l2: 0.2, l1: 0.01 }],
    ['adam', 'Adam', { l2: 0.2 }],
    ['adam', 'AdamW', { l2: 0.2, decay: true }],
  ] as const)('%s as %s with %o', async (optimizer, name, penalties) => {
    const lr = 0.05
    const document = network({ optimizer, ...penalties })
    const pass = updateOf(document)
    const model = await Model.forPass(document, createReferenceBackend(), pass, BATCH)
    const start = await model.read()
    const { program, executable } = await model.pass(BATCH, pass)
    for (let step = 1; step <= 10; step++) executable.run({ ...inputs, ...runtimeInputs(program, 0, step, lr) })
    const expected = askPython<Record<string, number[]>>(
      { code: pytorch },
      {
        weights: Object.fromEntries(Object.entries(start).map(([weight, data]) => [weight, [...data]])),
        shapes: Object.fromEntries(model.weights.map(({ name: weight, shape: extents }) => [weight, extents])),
        features: [...inputs.features],
        label: [...inputs.label],
        optimizer: name,
        lambda: penalties.l2,
        l1: 'l1' in penalties ? penalties.l1 : 0,
        lr,
        steps: 10,
      },
    )
    for (const [weight, data] of Object.entries(await model.read())) expectAllClose([...data], expected[weight] ?? [], 1e-4, weight)
    await model.dispose()
  })
})

describe('weights that nodes share (C3)', () => {
  it('are one state: counted, drawn and saved once, and their gradient is the sum over both places', async () => {
    const shared = network({}, {}, { sharesWith: 'a' })
    const shaped = unwrap(shape(shared))
    expect(weightsOf(shaped).map(({ name }) => name)).toEqual(['a.kernel', 'a.bias', 'dense1.kernel', 'dense1.bias'])
    expect([...initializeWeights(shaped, 0).keys()]).toEqual(weightsOf(shaped).map(({ name }) => name))
    expect(shaped.nodes.find(({ path }) => path === 'b')).toMatchObject({ sharesWith: 'a', parameterCount: 0 })
    for (const backend of await availableBackends()) {
      const { results, weights } = await gradientsOf(shared, backend)
      // The same network with two layers that happen to be equal.
      const twice = network()
      const pass = { training: true, gradients: 'parameters' } as const
      const model = await Model.forPass(twice, backend, pass, BATCH)
      await model.load({ ...weights, 'b.kernel': weights['a.kernel'] as Float32Array, 'b.bias': weights['a.bias'] as Float32Array })
      const { program, executable } = await model.pass(BATCH, pass)
      executable.run(inputs)
      const apart = (await executable.read(program.outputs.map(({ name }) => name))) as Record<string, Float32Array>
      for (const weight of ['kernel', 'bias'])
        expectAllClose(
          values(results[`grad:a.${weight}`]),
          values(apart[`grad:a.${weight}`]).map((g, i) => g + (apart[`grad:b.${weight}`]?.[i] as number)),
          asked.gradient,
        )
      expect(results['grad:b.kernel']).toBeUndefined()
      await model.dispose()
      await backend.dispose()
    }
  })

  it('may be owned by a node that comes later, through another that shares, and are frozen with their owner', () => {
    const later = inferShapes(network({}, { sharesWith: 'b' }, { frozen: true }))
    expect(weightsOf(later).slice(0, 2)).toMatchObject([
      { name: 'b.kernel', trainable: false },
      { name: 'b.bias', trainable: false },
    ])
    const g = graph('chain', { data: 'points2d' })
    const x = g.input('features', [3])
    for (const [id, sharesWith] of [
      ['p', 'q'],
      ['q', 'r'],
      ['r', undefined],
    ] as const)
      g.dense(x, { id, numHiddens: 2, ...(sharesWith && { sharesWith }) })
    expect(weightsOf(inferShapes(g.document())).map(({ name }) => name)).toEqual(['r.kernel', 'r.bias'])
  })

  it('running statistics that two layers share go on from one another', async () => {
    const g = graph('statistics', { data: 'points2d', training: { batchSize: BATCH } })
    const x = g.input('features', [3])
    g.batchNorm(x, { id: 'one', momentum: 0.5 })
    g.batchNorm(g.scale(x, { factor: 3 }), { id: 'two', momentum: 0.5, sharesWith: 'one' })
    const pass = { training: true, gradients: 'none' } as const
    const model = await Model.forPass(g.document(), createReferenceBackend(), pass, BATCH)
    const start = values((await model.read())['one.runningMean'])
    const { executable } = await model.pass(BATCH, pass)
    executable.run({ features: inputs.features })
    const mean = [0, 1, 2].map((i) => [0, 1, 2, 3].reduce((sum, row) => sum + (inputs.features[3 * row + i] as number), 0) / BATCH)
    const step = (held: number, now: number) => 0.5 * held + 0.5 * now
    const expected = mean.map((m, i) => step(step(start[i] as number, m), 3 * m))
    expectAllClose(values((await model.read())['one.runningMean']), expected, 1e-5)
    await model.dispose()
  })

  const wrong: readonly [string, NodeOptions, NodeOptions, DiagnosticCode, string][] = [
    ['a node that is not there', {}, { sharesWith: 'nobody' }, 'share.missing', 'b'],
    ['a node without weights', {}, { sharesWith: 'tanh1' }, 'share.none', 'b'],
    ['other shapes', {}, { sharesWith: 'dense1' }, 'share.shape', 'b'],
    ['a circle', { sharesWith: 'b' }, { sharesWith: 'a' }, 'share.circle', 'a'],
    ['itself', { sharesWith: 'a' }, {}, 'share.circle', 'a'],
    ['a tie to a node that is not there', {}, { tiedTo: 'nobody' }, 'share.missing', 'b'],
    ['a tie of a negative strength', {}, { tiedTo: 'a', tieStrength: -1 }, 'param.invalid', 'b'],
    ['a negative λ', { l2Penalty: -0.1 }, {}, 'param.invalid', 'a'],
  ]
  it.each(wrong)('%s is told', (_what, first, second, code, nodeId) => {
    const errors = inferShapes(network({}, first, second)).diagnostics.filter(({ severity }) => severity === 'error')
    expect(errors[0]).toMatchObject({ code, nodeId })
  })
})

describe('noise on weights (C6)', () => {
  it('has the deviation asked for, is another at every step, spares biases and evaluation', async () => {
    const g = graph('noise', { data: 'points2d', training: { batchSize: 1 } })
    g.dense(g.input('features', [1]), { numHiddens: 4000, initializer: 'zeros' })
    const document = g.document()
    const outputs = async (training: boolean, step: number) => {
      const pass = { training, gradients: 'none', weightNoise: 0.5 } as const
      const model = await Model.forPass(document, createReferenceBackend(), pass, 1)
      const { program, executable } = await model.pass(1, pass)
      executable.run({ features: Float32Array.of(1), ...runtimeInputs(program, 3, step, 0) })
      const { dense1 } = await executable.read(['dense1'])
      await model.dispose()
      return values(dense1 as Float32Array)
    }
    const noisy = await outputs(true, 1)
    expect(Math.sqrt(noisy.reduce((sum, x) => sum + x * x, 0) / 4000)).toBeCloseTo(0.5, 1)
    expect(await outputs(true, 1)).toEqual(noisy)
    expect(await outputs(true, 2)).not.toEqual(noisy)
    expect(Math.max(...(await outputs(false, 1)).map(Math.abs))).toBe(0)
  })

  it('the same number of it on every backend, and the gradient is taken where the noise has put the weights', async () => {
    const expected = await gradientsOf(network(), createReferenceBackend(), { weightNoise: 0.3 })
    const plain = await gradientsOf(network(), createReferenceBackend())
    expect(values(expected.results['grad:a.kernel'])).not.toEqual(values(plain.results['grad:a.kernel']))
    for (const backend of await availableBackends()) {
      const { results } = await gradientsOf(network(), backend, { weightNoise: 0.3 })
      for (const name of ['grad:a.kernel', 'grad:b.kernel'])
        expectAllClose(values(results[name]), values(expected.results[name]), asked.gradient)
      await backend.dispose()
    }
  })
})

describe('wrong use is told', () => {
  const wrong: readonly [string, Partial<TrainingSettings>, DiagnosticCode, string?][] = [
    ['a negative λ', { l2: -0.1 }, 'param.invalid', 'l2'],
    ['a negative L1', { l1: -1 }, 'param.invalid', 'l1'],
    ['a negative deviation', { weightNoise: -1 }, 'param.invalid', 'weightNoise'],
  ]
  it.each(wrong)('%s', async (_what, training, code, param) => {
    const refused = Trainer.create({ data: await prepare(moonsDocument({ training })), backend: createReferenceBackend() })
    await expect(refused).rejects.toMatchObject({ diagnostics: expect.arrayContaining([expect.objectContaining({ code, param })]) })
  })

  it('penalties with a method that does not descend the loss', async () => {
    const g = graph('linear', {
      data: { kind: 'points2d', params: { samples: 40 } },
      training: { optimizer: 'normalEquations', l2: 0.1, epochs: 1 },
    })
    const prediction = g.dense(g.input('features', [2]), { numHiddens: 1 })
    g.meanSquaredError(prediction, g.label('target', { type: 'number', shape: [1] }))
    const refused = Trainer.create({ data: await prepare(g.document()), backend: createReferenceBackend() })
    await expect(refused).rejects.toBeInstanceOf(DiagnosedError)
    await expect(refused).rejects.toMatchObject({ diagnostics: [{ code: 'train.penalty.unused' }] })
  })
})
