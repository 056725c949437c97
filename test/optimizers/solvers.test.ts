/**
 * @file Methods that own their step, on every backend: Newton's method (D3) beside its formula, the normal equations (A5) beside PyTorch's
 * least squares, the perceptron rule (A3) beside its formula, settling on separable data and never on XOR; and which graphs each refuses.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TrainingSetting } from '../../engine/builder/settings'
import { DiagnosedError, type Diagnostic } from '../../engine/core/diagnostics'
import { choleskyOf, shortestSolution, solveLinear } from '../../engine/core/linear-algebra'
import { Random } from '../../engine/core/random'
import type { GraphDocument } from '../../engine/document/schema'
import type { Backend } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { type StepReport, Trainer, type TrainerOptions } from '../../engine/train/trainer'
import { expectAllClose } from '../support/allclose'
import { availableBackends } from '../support/backends'
import { network, type Table, tableData } from '../support/table'
import { askPython, describeWithTorch } from '../support/torch'

const linear = (features: number, training: TrainingSetting, half = true) =>
  network(features, training, (g, x) => g.dense(x, { numHiddens: 1 }), half)

async function run(document: GraphDocument, table: Table, options: Partial<TrainerOptions> = {}) {
  const steps: StepReport[] = []
  const warnings: Diagnostic[] = []
  const trainer = await Trainer.create({
    data: tableData(document, table),
    backend: createReferenceBackend(),
    onStep: (step) => steps.push(step),
    onWarning: (warning) => warnings.push(warning),
    ...options,
  })
  const before = await trainer.model.read()
  await trainer.run()
  const weights = await trainer.model.read()
  await trainer.dispose()
  return { before, weights, steps, warnings }
}

async function refusal(document: GraphDocument, table: Table): Promise<readonly Diagnostic[]> {
  try {
    const trainer = await Trainer.create({ data: tableData(document, table), backend: createReferenceBackend() })
    await trainer.dispose()
  } catch (error) {
    if (error instanceof DiagnosedError) return error.diagnostics
    throw error
  }
  return []
}

const random = Random.seeded(7)
const regression: Table = (() => {
  const x = Array.from({ length: 40 }, () => Array.from({ length: 3 }, () => random.uniform(-2, 2)))
  return { x, y: x.map(([a = 0, b = 0, c = 0]) => 2 * a - 3 * b + 0.5 * c + 1.25 + random.uniform(-0.1, 0.1)) }
})()
const square = (length: number) => Array.from({ length }, () => [random.uniform(-1, 1), random.uniform(-1, 1)])
/** A line parts them, with room to spare. */
const separable: Table = (() => {
  const x = square(120).filter(([a = 0, b = 0]) => Math.abs(a + 0.5 * b - 0.2) > 0.15)
  return { x, y: x.map(([a = 0, b = 0]) => Number(a + 0.5 * b > 0.2)) }
})()
const corners: Table = {
  x: [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ],
  y: [0, 1, 1, 0],
}

let backends: readonly Backend[] = []
beforeAll(async () => {
  backends = await availableBackends()
})
afterAll(async () => {
  for (const backend of backends) await backend.dispose()
})

describe('linear algebra', () => {
  it('solves, and says where there is no solution', () => {
    const x = solveLinear(Float64Array.of(0, 2, 1, 3, 1, -1, 1, 0, 4), Float64Array.of(7, 2, 13))
    expect([...(x ?? [])].map((value) => Math.round(value * 1e9) / 1e9)).toEqual([1, 2, 3])
    expect(solveLinear(Float64Array.of(1, 2, 2, 4), Float64Array.of(1, 1))).toBeUndefined()
  })
  it('takes the shortest of many solutions', () => {
    // x + y = 2 twice over: (1, 1) is the shortest.
    const factor = choleskyOf(Float64Array.of(2, 2, 2, 2), 2, 1e-12)
    expect(factor.rank).toBe(1)
    const [x, y] = shortestSolution(factor, Float64Array.of(4, 4))
    expect(x).toBeCloseTo(1, 12)
    expect(y).toBeCloseTo(1, 12)
  })
})

describe('Newton’s method (D3)', () => {
  it('solves a quadratic loss in one step, on every backend', async () => {
    const exact = await run(linear(3, { optimizer: 'normalEquations' }), regression)
    for (const backend of backends) {
      const { weights } = await run(linear(3, { optimizer: { kind: 'newton', params: { damping: 0 } } }), regression, { backend })
      for (const [name, data] of Object.entries(weights))
        expectAllClose(data, exact.weights[name] ?? [], 1e-4, `${backend.info.label.en} ${name}`)
    }
  })

  it('takes the steps of θ − (H + λI)⁻¹g on a logistic loss', async () => {
    const document = network(2, { optimizer: { kind: 'newton', params: { damping: 0.01 } }, lr: 0.5, epochs: 10 }, (g, x) => {
      return g.sigmoid(g.dense(x, { numHiddens: 1 }))
    })
    const { before, steps, weights } = await run(document, separable)
    // Half the mean of (σ(z) − y)²: with s = σ(z), the slope is (s − y) s', the bend s'² + (s − y) s''.
    let theta = [...(before['dense1.kernel'] ?? []), ...(before['dense1.bias'] ?? [])]
    for (let step = 0; step < 10; step++) {
      const g = new Float64Array(3)
      const h = new Float64Array(9)
      separable.x.forEach((row, n) => {
        const v = [...row, 1]
        const s = 1 / (1 + Math.exp(-v.reduce((sum, x, i) => sum + x * (theta[i] as number), 0)))
        const [first, second] = [s * (1 - s), s * (1 - s) * (1 - 2 * s)]
        const error = s - (separable.y[n] as number)
        for (let i = 0; i < 3; i++) {
          g[i] = (g[i] as number) + (error * first * (v[i] as number)) / separable.x.length
          for (let j = 0; j < 3; j++)
            h[3 * i + j] =
              (h[3 * i + j] as number) + ((first * first + error * second) * (v[i] as number) * (v[j] as number)) / separable.x.length
        }
      })
      for (let i = 0; i < 3; i++) h[4 * i] = (h[4 * i] as number) + 0.01
      const d = solveLinear(h, g) ?? new Float64Array(3)
      theta = theta.map((x, i) => x - 0.5 * (d[i] as number))
    }
    expect(steps).toHaveLength(10)
    expectAllClose([...(weights['dense1.kernel'] ?? []), ...(weights['dense1.bias'] ?? [])], theta, 1e-5, 'after ten steps')
  })

  it('descends the very loss that training has: penalties, moved inputs and noise on the weights', async () => {
    const documentWith = (training: TrainingSetting) =>
      network(2, { epochs: 1, l2: 0.1, weightNoise: 0.2, adversarial: { epsilon: 0.3, weight: 0.7 }, ...training }, (g, x) =>
        g.sigmoid(g.dense(x, { numHiddens: 1 })),
      )
    // Damped so much that nothing is left of the Hessian, and as fast as that is slow, it is plain descent.
    const slow = await run(documentWith({ optimizer: { kind: 'newton', params: { lr: 1e4, damping: 1e4 } } }), separable)
    const plain = await run(documentWith({ optimizer: 'sgd', lr: 1 }), separable)
    for (const name of Object.keys(plain.weights)) {
      const change = (of: typeof plain) => [...(of.weights[name] ?? [])].map((x, i) => x - (of.before[name]?.[i] as number))
      expect(Math.max(...change(plain).map(Math.abs))).toBeGreaterThan(0.01)
      expectAllClose(change(slow), change(plain), 1e-3, name)
    }
  })

  it('learns XOR with a hidden layer', async () => {
    const document = network(2, { optimizer: { kind: 'newton', params: { damping: 0.05 } }, epochs: 60, seed: 1 }, (g, x) =>
      g.dense(g.tanh(g.dense(x, { numHiddens: 4 })), { numHiddens: 1 }),
    )
    const { steps } = await run(document, corners)
    expect(steps.at(-1)?.loss).toBeLessThan(1e-3)
  })

  it('refuses a million parameters, with their number and what to use instead', async () => {
    const document = network(100, { optimizer: 'newton' }, (g, x) => g.dense(g.relu(g.dense(x, { numHiddens: 10_000 })), { numHiddens: 1 }))
    expect(await refusal(document, { x: [new Array(100).fill(0)], y: [0] })).toMatchObject([
      { code: 'train.newton.parameters', values: { got: 1_020_001, expected: 2000 } },
    ])
  })

  it('says so where the Hessian has no inverse', async () => {
    // Two features that are always the same.
    const table: Table = { x: [1, 2, 3].map((a) => [a, a]), y: [1, 2, 3] }
    await expect(run(linear(2, { optimizer: { kind: 'newton', params: { damping: 0 } } }), table)).rejects.toMatchObject({
      diagnostics: [{ code: 'train.newton.singular' }],
    })
  })
})

const leastSquares = `
import json, sys, torch
ask = json.load(sys.stdin)
torch.set_default_dtype(torch.float64)
x = torch.tensor(ask['x'], dtype=torch.float32).double()
y = torch.tensor(ask['y'], dtype=torch.float32).double().unsqueeze(1)
x = torch.cat([x, torch.ones(len(x), 1)], 1)
w = torch.linalg.pinv(x) @ y
json.dump(w.flatten().tolist(), sys.stdout)
`

describeWithTorch('the normal equations (A5) beside PyTorch', () => {
  const collinear: Table = {
    x: regression.x.map(([a = 0, b = 0]) => [a, b, Math.fround(Math.fround(a) + Math.fround(b))]),
    y: regression.x.map(([a = 0, b = 0]) => 2 * a - 3 * b + 1.25),
  }
  it.each([
    ['plain', regression, 0],
    ['columns that depend on one another', collinear, 1],
  ] as const)('%s', async (_, table, warned) => {
    const expected = askPython<number[]>({ code: leastSquares }, table)
    for (const backend of backends) {
      for (const half of [true, false]) {
        const { weights, warnings, steps } = await run(linear(3, { optimizer: 'normalEquations', batchSize: 16 }, half), table, { backend })
        expectAllClose([...(weights['dense1.kernel'] ?? []), ...(weights['dense1.bias'] ?? [])], expected, 1e-5, backend.info.label.en)
        expect(warnings.map(({ code, nodeId }) => ({ code, nodeId }))).toEqual(warned ? [{ code: 'train.rank', nodeId: 'dense1' }] : [])
        // One step solves, the second measures.
        expect(steps.map(({ step, epoch }) => [step, epoch])).toEqual([
          [1, 1],
          [2, 2],
        ])
        expect(steps[1]?.loss).toBeLessThan((steps[0]?.loss ?? 0) / 100)
      }
    }
  })
})

describe('the normal equations', () => {
  it('settle on one half everywhere for XOR (A4)', async () => {
    const { weights } = await run(linear(2, { optimizer: 'normalEquations' }), corners)
    expectAllClose([...(weights['dense1.kernel'] ?? []), ...(weights['dense1.bias'] ?? [])], [0, 0, 0.5], 1e-6, 'weights')
  })

  it('with a ridge are (XᵀX + εI)⁻¹XᵀY', async () => {
    const document = network(1, { optimizer: { kind: 'normalEquations', params: { ridge: 6 } } }, (g, x) =>
      g.dense(x, { numHiddens: 1, useBias: false }),
    )
    const { weights } = await run(document, { x: [[1], [2], [3]], y: [2, 4, 6] })
    // 28 / (14 + 6)
    expectAllClose(weights['dense1.kernel'] ?? [], [1.4], 1e-6, 'kernel')
  })

  it('refuse what is not linear, by node', async () => {
    const settings = { optimizer: 'normalEquations' }
    const deep = network(3, settings, (g, x) => g.dense(g.relu(g.dense(x, { numHiddens: 4 })), { numHiddens: 1 }))
    expect(await refusal(deep, regression)).toMatchObject([{ code: 'train.linear', nodeId: 'dense2' }])
    const bent = network(3, settings, (g, x) => g.sigmoid(g.dense(x, { numHiddens: 1 })))
    expect(await refusal(bent, regression)).toMatchObject([{ code: 'train.linear', nodeId: 'sigmoid1' }])
    expect(await refusal(linear(3, { ...settings, clipNorm: 1 }), regression)).toMatchObject([{ code: 'train.rate.unused' }])
    expect(await refusal(linear(3, { ...settings, averaging: 0.9 }), regression)).toMatchObject([{ code: 'train.rate.unused' }])
    const hasty = linear(3, settings)
    const nodes = hasty.nodes.map((node) => (node.id === 'dense1' ? { ...node, rateMultiplier: 2 } : node))
    expect(await refusal({ ...hasty, nodes }, regression)).toMatchObject([{ code: 'train.rate.unused' }])
    const wide = { x: [new Array(2500).fill(0)], y: [0] }
    expect(await refusal(linear(2500, settings), wide)).toMatchObject([
      { code: 'train.linear.features', nodeId: 'dense1', values: { got: 2501, expected: 2000 } },
    ])
  })
})

const perceptron = (training: TrainingSetting = {}) =>
  network(2, { optimizer: 'perceptron', lr: 0.1, batchSize: 1, epochs: 30, ...training }, (g, x) => g.step(g.dense(x, { numHiddens: 1 })))

describe('the perceptron rule (A3)', () => {
  it('is θ ← θ + α (y − h(x)) x, sample by sample, on every backend', async () => {
    for (const backend of backends) {
      const { before, weights } = await run(perceptron({ shuffle: false }), separable, { backend, maxSteps: 60 })
      const theta = [...(before['dense1.kernel'] ?? []), ...(before['dense1.bias'] ?? [])]
      for (let step = 0; step < 60; step++) {
        const v = [...(separable.x[step % separable.x.length] ?? []), 1].map(Math.fround)
        const h = Number(v.reduce((sum, x, i) => sum + x * (theta[i] as number), 0) >= 0)
        for (let i = 0; i < 3; i++)
          theta[i] = (theta[i] as number) + 0.1 * ((separable.y[step % separable.x.length] as number) - h) * (v[i] as number)
      }
      expectAllClose([...(weights['dense1.kernel'] ?? []), ...(weights['dense1.bias'] ?? [])], theta, 1e-5, backend.info.label.en)
    }
  })

  it('settles on separable data: no error for whole epochs', async () => {
    const { steps } = await run(perceptron(), separable)
    const last = steps.slice(-2 * separable.x.length)
    expect(Math.max(...last.map(({ loss }) => loss))).toBe(0)
  })

  it('never settles on XOR: every epoch has errors, however long it goes on', async () => {
    const { steps, weights, before } = await run(perceptron({ epochs: 300 }), corners)
    for (let epoch = 0; epoch < 300; epoch++) {
      const wrong = steps.slice(4 * epoch, 4 * epoch + 4).filter(({ loss }) => loss > 0)
      expect(wrong.length).toBeGreaterThan(0)
    }
    expect(weights).not.toEqual(before)
  })

  it('refuses other graphs, by node', async () => {
    const settings = { optimizer: 'perceptron', batchSize: 1 }
    expect(await refusal(linear(2, settings), separable)).toMatchObject([{ code: 'train.perceptron', nodeId: 'dense1' }])
    const smooth = network(2, settings, (g, x) => g.sigmoid(g.dense(x, { numHiddens: 1 })))
    expect(await refusal(smooth, separable)).toMatchObject([{ code: 'train.perceptron', nodeId: 'sigmoid1' }])
    const deep = network(2, settings, (g, x) => g.step(g.dense(g.step(g.dense(x, { numHiddens: 3 })), { numHiddens: 1 })))
    expect(await refusal(deep, separable)).toMatchObject([{ code: 'train.linear', nodeId: 'dense2' }])
  })
})
