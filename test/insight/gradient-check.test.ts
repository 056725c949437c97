/** B3: computed gradients against central differences: right ones agree, a wrong one is named, a kink is not called a fault. */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { lower } from '../../engine/compile'
import { DiagnosedError } from '../../engine/core/diagnostics'
import type { TensorData } from '../../engine/core/tensor'
import { prepareData } from '../../engine/datasets/prepare'
import type { GraphDocument } from '../../engine/document/schema'
import { initializeWeights } from '../../engine/initializers/initialize'
import { firstBatch } from '../../engine/insight/first-batch'
import { checkGradients, compareGradients, faultsOf } from '../../engine/insight/gradient-check'
import type { Program } from '../../engine/ir/program'
import { unwrap } from '../../engine/train/model'
import { templates } from '../../templates/registry'

async function prepared(document: GraphDocument, count = 4) {
  const data = await prepareData(document, () => undefined)
  const batch = await firstBatch(data, count)
  data.dispose()
  return { document: data.document, ...batch }
}

const created = (id: string, params = {}): GraphDocument => {
  const template = templates.get(id)
  if (!template) throw new Error(`there is no template ${id}`)
  return template.create(params)
}

describe('B3: the gradient check', () => {
  it('agrees on every parameter tensor of LeNet, on a sample of the large ones', async () => {
    const report = await checkGradients({ ...(await prepared(created('lenet'), 2)), samples: 3 })
    expect(report?.tensors.map(({ name }) => name)).toEqual([
      ...['conv1.kernel', 'conv1.bias', 'conv2.kernel', 'conv2.bias', 'dense1.kernel', 'dense1.bias', 'dense2.kernel', 'dense2.bias'],
      ...['dense3.kernel', 'dense3.bias'],
    ])
    for (const { name, verdict, error, checked, elements } of report?.tensors ?? []) {
      expect([name, verdict, checked], name).toEqual([name, 'agrees', Math.min(3, elements)])
      expect(error, name).toBeLessThan(1e-6)
    }
  })

  it('keeps the masks of dropout, and measures training with batch statistics', async () => {
    const g = graph('noisy', {
      data: { kind: 'points2d', params: { pattern: 'moons' } },
      training: { optimizer: 'sgd', lr: 0.1, batchSize: 8, epochs: 1 },
    })
    const hidden = g.batchNorm(g.dense(g.input('features', [2]), { numHiddens: 5 }))
    g.classify(g.dropout(g.tanh(hidden), { p: 0.5 }), 2)
    const report = await checkGradients({ ...(await prepared(g.document(), 8)) })
    expect(report?.tensors.map(({ verdict }) => verdict)).toEqual(report?.tensors.map(() => 'agrees'))
    // A bias before batch normalisation has no influence: its gradient is nothing but rounding, and rounding is no fault.
    expect(report?.tensors.find(({ name }) => name === 'dense1.bias')?.largestGradient).toBeLessThan(1e-12)
  })

  it('gives the same report for the same seed, another choice of elements for another', async () => {
    const given = await prepared(created('mlp', { numHiddens: 4 }), 2)
    const report = (seed: number) => checkGradients({ ...given, seed, samples: 2 })
    expect(await report(1)).toEqual(await report(1))
    const chosen = async (seed: number) => (await report(seed))?.tensors.map(({ worst }) => worst.index)
    expect(await chosen(1)).not.toEqual(await chosen(2))
  })

  it('tells how far it is, and ends when asked to', async () => {
    const given = await prepared(created('xor-mlp'))
    const seen: number[] = []
    await checkGradients({ ...given, onProgress: ({ done, total }) => seen.push(done / total) })
    expect(seen).toEqual(Array.from({ length: 10 }, (_, i) => i / 9))
    expect(await checkGradients({ ...given, pause: () => true })).toBeUndefined()
  })
})

describe('a kink', () => {
  /** ReLU of exactly zero: (0, 0) enters with weights 1 and no bias. */
  const onKink = async () => {
    const g = graph('kink', {
      data: { kind: 'points2d', params: { pattern: 'xor', target: 'number', noise: 0 } },
      training: { optimizer: 'sgd', lr: 0.1, batchSize: 1, epochs: 1, shuffle: false },
    })
    const hidden = g.relu(g.dense(g.input('features', [2]), { numHiddens: 1 }))
    g.meanSquaredError(g.dense(hidden, { numHiddens: 1 }), g.label('target', { type: 'number', shape: [1] }))
    const { document } = await prepared(g.document(), 1)
    return { document, batchSize: 1, inputs: { features: Float32Array.of(0, 0), target: Float32Array.of(1) } }
  }

  it('at the very point is told as one, with its slopes on both sides', async () => {
    const weights = {
      'dense1.kernel': Float32Array.of(1, 1),
      'dense1.bias': Float32Array.of(0),
      'dense2.kernel': Float32Array.of(2),
      'dense2.bias': Float32Array.of(0),
    }
    const report = await checkGradients({ ...(await onKink()), weights })
    const bias = report?.tensors.find(({ name }) => name === 'dense1.bias')
    expect(bias).toMatchObject({ verdict: 'kink', kinks: 1 })
    // L = (2·max(0, b) − 1)², so its slope is 0 below and −4 above.
    expect(bias?.worst.gradient).toBeCloseTo(0, 12)
    expect(bias?.worst.backward).toBeCloseTo(0, 9)
    expect(bias?.worst.forward).toBeCloseTo(-4, 3)
    expect(report?.tensors.filter(({ name }) => name !== 'dense1.bias').map(({ verdict }) => verdict)).toEqual([
      'agrees',
      'agrees',
      'agrees',
    ])
  })

  it('that only lies near is stepped around with a smaller ε', async () => {
    const weights = {
      'dense1.kernel': Float32Array.of(1, 1),
      'dense1.bias': Float32Array.of(3e-6),
      'dense2.kernel': Float32Array.of(2),
      'dense2.bias': Float32Array.of(0),
    }
    const report = await checkGradients({ ...(await onKink()), weights })
    expect(report?.tensors.map(({ verdict }) => verdict)).toEqual(['agrees', 'agrees', 'agrees', 'agrees'])
  })
})

describe('a wrong gradient', () => {
  /** The program with one gradient one per cent too long. */
  function doctored(program: Program, output: string): Program {
    const { value } = program.outputs.find(({ name }) => name === output) ?? { value: 0 }
    const at = program.values[value]
    if (!at) throw new Error(`there is no ${output}`)
    const factor = program.values.length
    return {
      ...program,
      values: [
        ...program.values,
        { op: { op: 'constant', value: 1.01 }, inputs: [], shape: at.shape, dtype: 'f32', origin: at.origin },
        { op: { op: 'binary', name: 'mul' }, inputs: [value, factor], shape: at.shape, dtype: 'f32', origin: at.origin },
      ],
      outputs: program.outputs.map((one) => (one.name === output ? { name: output, value: factor + 1 } : one)),
    }
  }

  it('is found, and its node named', async () => {
    const { document, inputs, batchSize } = await prepared(created('mlp', { numHiddens: 4 }), 2)
    const { program, shaped } = unwrap(lower(document, { training: true, gradients: 'parameters', batchSize }))
    const weights = Object.fromEntries(
      [...initializeWeights(shaped, 0)].map(([name, data]): [string, Float64Array] => [name, Float64Array.from(data)]),
    )
    const parameters = Object.keys(weights)
    const report = await compareGradients({ program: doctored(program, 'grad:dense1.bias'), parameters, inputs, weights, seed: 0 })
    const faults = report?.tensors.filter(({ verdict }) => verdict !== 'agrees')
    expect(faults?.map(({ node, name, verdict }) => [node, name, verdict])).toEqual([['dense1', 'dense1.bias', 'differs']])
    expect(faults?.[0]?.error).toBeCloseTo(0.01 / 1.01, 4)
    expect(faultsOf(report ?? { tensors: [] })).toMatchObject([
      { code: 'check.gradient', nodeId: 'dense1', values: { name: 'dense1.bias' } },
    ])
  })
})

describe('what cannot be checked', () => {
  const failure = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    return error instanceof DiagnosedError ? error.diagnostics.map(({ code, nodeId }) => [code, nodeId]) : error
  }

  it('is named: no loss, or one that is not finite', async () => {
    const g = graph('plain', { data: 'digits', training: { optimizer: 'sgd', lr: 0.1, batchSize: 1, epochs: 1 } })
    g.dense(g.input('features', [2]), { numHiddens: 1 })
    const inputs: Record<string, TensorData> = { features: Float32Array.of(1, 2) }
    expect(await failure(checkGradients({ document: g.document(), inputs, batchSize: 1 }))).toEqual([['train.no-loss', undefined]])

    const given = await prepared(created('xor-mlp'))
    const weights = { 'dense2.bias': Float32Array.of(Number.NaN) }
    expect(await failure(checkGradients({ ...given, weights }))).toEqual([['check.not-finite', 'dense2']])
  })

  it('is named: a layer whose gradient is no derivative', async () => {
    const check = (gradient: 'zero' | 'straightThrough') => {
      const g = graph('rounded', { data: 'digits', training: { batchSize: 2 } })
      const rounded = g.quantize(g.dense(g.input('features', [2]), { numHiddens: 3 }), { id: 'rounded', levels: 4, gradient })
      g.classify(rounded, 3)
      const inputs = { features: Float32Array.of(0.1, -0.4, 0.3, 0.2), label: Int32Array.of(0, 2) }
      return failure(checkGradients({ document: g.document(), inputs, batchSize: 2 }))
    }
    expect(await check('straightThrough')).toEqual([['check.surrogate', 'rounded']])
    expect(await check('zero')).toBeUndefined()
  })
})
