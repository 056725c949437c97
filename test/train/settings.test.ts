/** @file Training settings at work: schedules, warm-up, clipping, averages of weights, rates of layers, sampling, curvature; and wrong use. */
import { describe, expect, it } from 'vitest'
import { DiagnosedError, type Diagnostic } from '../../engine/core/diagnostics'
import type { ChoiceOf, GraphDocument, TrainingSettings } from '../../engine/document/schema'
import type { MetricsFrame } from '../../engine/protocol/messages'
import type { Backend } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../engine/train/checkpoint'
import { curvatureAt } from '../../engine/train/curvature'
import { type StepReport, Trainer, type TrainerOptions } from '../../engine/train/trainer'
import { asked } from '../support/agreement'
import { expectAllClose } from '../support/allclose'
import { availableBackends } from '../support/backends'
import { type MoonsOptions, moonsDocument, prepare } from './fixtures'

const trainerOf = async (document: GraphDocument, more: Partial<TrainerOptions> = {}): Promise<Trainer> =>
  Trainer.create({ data: await prepare(document), backend: createReferenceBackend(), ...more })

async function trained(options: MoonsOptions, more: Partial<TrainerOptions> = {}) {
  const steps: StepReport[] = []
  const frames: MetricsFrame[] = []
  const trainer = await trainerOf(moonsDocument(options), {
    onStep: (step) => steps.push(step),
    onFrame: (frame) => frames.push(frame),
    ...more,
  })
  await trainer.run()
  const checkpoint = await trainer.checkpoint()
  const weights = await trainer.model.read()
  await trainer.dispose()
  return { steps, frames, checkpoint, weights }
}

const withMultiplier = (options: MoonsOptions, rateMultiplier: number): GraphDocument => {
  const document = moonsDocument(options)
  return { ...document, nodes: document.nodes.map((node) => (node.id === 'dense1' ? { ...node, rateMultiplier } : node)) }
}

const stateOf = ({ state }: Checkpoint, name: string): number[] => [...(state.find((tensor) => tensor.name === name)?.data ?? [])]

describe('a schedule (D4)', () => {
  it('decides the rate of every step, and the frames tell it', async () => {
    const schedule = { kind: 'linear', params: { tau: 10, final: 0.01 } }
    const { steps, frames } = await trained({ optimizer: 'sgd', lr: 0.1, epochs: 3, training: { schedule, warmup: 2 } })
    expect(steps).toHaveLength(15)
    const expected = steps.map(({ step: k }) => (k <= 10 ? 0.1 * (1 - (k - 1) / 10) + 0.01 * ((k - 1) / 10) : 0.01))
    expected[0] = (expected[0] as number) / 2
    steps.forEach(({ rate }, i) => {
      expect(rate).toBeCloseTo(expected[i] as number, 10)
    })
    expect(frames.at(-1)?.rate).toBeCloseTo(0.01, 10)
  })

  it('moves the weights by its rate', async () => {
    const slow = await trained({ optimizer: 'sgd', lr: 0.05 }, { maxSteps: 1 })
    const warm = await trained({ optimizer: 'sgd', lr: 0.1, training: { warmup: 2 } }, { maxSteps: 1 })
    expect(warm.weights).toEqual(slow.weights)
  })

  it.each<ChoiceOf>([
    { kind: 'cosine', params: { tau: 12 } },
    { kind: 'plateau', params: { patience: 1, factor: 0.5 } },
  ])('$kind goes on from a checkpoint as if nothing had happened', async (schedule) => {
    // A rate as large as this makes the validation loss worse now and then, so that the plateau has something to see.
    const options: MoonsOptions = {
      optimizer: 'momentum',
      lr: 0.9,
      epochs: 100,
      training: { schedule, warmup: 3, averaging: 0.9, clipNorm: 0.5 },
    }
    const straight = await trained(options, { maxSteps: 40 })
    const kept: Checkpoint[] = []
    await trained(options, { maxSteps: 22, onCheckpoint: (checkpoint) => void kept.push(checkpoint) })
    const saved = decodeCheckpoint(encodeCheckpoint(kept.at(-1) as Checkpoint), 'memory')
    const resumed = await trainerOf(saved.document, { checkpoint: saved, maxSteps: 40 })
    const rates: number[] = []
    await resumed.run()
    const checkpoint = await resumed.checkpoint()
    await resumed.dispose()
    expect(checkpoint.state).toEqual(straight.checkpoint.state)
    rates.push(...straight.steps.map(({ rate }) => rate))
    expect(Math.min(...rates)).toBeLessThan(0.45)
  })
})

describe('gradient clipping (D5)', () => {
  it('shortens the step to θ, and tells how long the gradient was', async () => {
    const free = await trained({ optimizer: 'sgd', lr: 1, training: { clipNorm: 1e6 } }, { maxSteps: 1 })
    const before = await trained({ optimizer: 'sgd', lr: 0 }, { maxSteps: 1 })
    const clipped = await trained({ optimizer: 'sgd', lr: 1, training: { clipNorm: 0.01 } }, { maxSteps: 1 })
    const moved = (run: typeof free) =>
      Math.hypot(
        ...Object.keys(before.weights).flatMap((name) =>
          stateOf(run.checkpoint, name).map((x, i) => x - (stateOf(before.checkpoint, name)[i] as number)),
        ),
      )
    const norm = free.steps[0]?.gradientNorm as number
    expect(norm).toBeGreaterThan(0.01)
    expect(clipped.steps[0]?.gradientNorm).toBe(norm)
    expect(moved(free)).toBeCloseTo(norm, 5)
    expect(moved(clipped)).toBeCloseTo(0.01, 6)
    expect(clipped.frames.at(-1)?.gradientNorm).toBe(norm)
  })
})

describe('averages of the weights (A10)', () => {
  it('follow y ← γy + (1 − γ)x from the first weights, and are what is evaluated', async () => {
    const gamma = 0.8
    const raw: Checkpoint[] = []
    const trainer = await trainerOf(moonsDocument({ optimizer: 'sgd', lr: 0.5, training: { averaging: gamma } }), { maxSteps: 6 })
    let expected = [...((await trainer.model.read())['dense1.kernel'] ?? [])]
    void trainer.run({ paused: true })
    for (let step = 1; step <= 5; step++) {
      await until(() => trainer.phase === 'paused' && trainer.stepsDone === step - 1)
      trainer.stepOnce()
      await until(() => trainer.stepsDone === step && trainer.phase === 'paused')
      const checkpoint = await trainer.checkpoint()
      raw.push(checkpoint)
      expected = stateOf(checkpoint, 'dense1.kernel').map((x, i) => gamma * (expected[i] as number) + (1 - gamma) * x)
      const averaged = [...((await trainer.model.read())['dense1.kernel'] ?? [])]
      averaged.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i] as number, 5)
      })
    }
    expect(stateOf(raw.at(-1) as Checkpoint, 'dense1.kernel')).not.toEqual([...((await trainer.model.read())['dense1.kernel'] ?? [])])
    await trainer.stop()
    await trainer.dispose()
  })

  it('give another validation loss than the raw weights, whose loss in training is the same', async () => {
    const options: MoonsOptions = { optimizer: 'sgd', lr: 0.5, epochs: 2 }
    const plain = await trained(options)
    const averaged = await trained({ ...options, training: { averaging: 0.9 } })
    expect(averaged.steps.map(({ loss }) => loss)).toEqual(plain.steps.map(({ loss }) => loss))
    expect(averaged.checkpoint.validation[0]?.loss).not.toBe(plain.checkpoint.validation[0]?.loss)
  })
})

describe('the rate of a layer (C11)', () => {
  it.each(['sgd', 'momentum', 'adagrad', 'rmsprop', 'adadelta', 'adam', 'nesterov'])('multiplies its steps with %s', async (optimizer) => {
    const options: MoonsOptions = { optimizer, lr: 0.001 }
    const changesAfter = async (document: GraphDocument, maxSteps: number) => {
      const trainer = await trainerOf(document, { maxSteps })
      const before = await trainer.model.read()
      await trainer.run()
      const now = await trainer.model.read()
      await trainer.dispose()
      return (name: string) => [...(now[name] ?? [])].map((x, i) => x - (before[name]?.[i] as number))
    }
    const plain = await changesAfter(moonsDocument(options), 1)
    const fast = await changesAfter(withMultiplier(options, 1000), 1)
    fast('dense1.kernel').forEach((change, i) => {
      // Weights are rounded to single precision after the step.
      expect(Math.abs(change - 1000 * (plain('dense1.kernel')[i] as number))).toBeLessThan(2e-4 + 1e-3 * Math.abs(change))
    })
    expect(fast('dense2.kernel')).toEqual(plain('dense2.kernel'))
  })
})

describe('the curvature along the gradient (B5)', () => {
  it('equals what the loss does along the step', async () => {
    const trainer = await trainerOf(moonsDocument({ optimizer: 'sgd', lr: 0.1 }), { maxSteps: 1 })
    const { model, batchSize } = trainer
    const data = await prepare(moonsDocument())
    const inputs = { features: new Float32Array(2 * batchSize), label: new Int32Array(batchSize) }
    await data.training.dataset.read(data.training.indices.subarray(0, batchSize), inputs, 0)
    const { program, executable } = await model.pass(batchSize, { training: true, gradients: 'parameters' })
    const weights = await model.read()
    const evaluate = async () => {
      executable.run(inputs)
      return executable.read(program.outputs.map(({ name }) => name))
    }
    const start = await evaluate()
    const gradient = Object.fromEntries(Object.keys(weights).map((name) => [name, start[`grad:${name}`] as Float32Array]))
    const lossAt = async (t: number) => {
      for (const [name, data] of Object.entries(weights))
        await model.state.write(
          name,
          data.map((x, i) => x - t * (gradient[name]?.[i] as number)),
        )
      return (await evaluate()).loss?.[0] as number
    }
    const rate = 0.3
    const { slope, bend } = await (async () => {
      await model.load(weights)
      return curvatureAt(model, batchSize, inputs, 1, rate)
    })()
    const [plus, minus, zero] = [await lossAt(rate), await lossAt(-rate), await lossAt(0)]
    // Central differences over a step of this length see a little of the higher derivatives too.
    expect(Math.abs(slope - (minus - plus) / 2)).toBeLessThan(0.02 * slope)
    expect(Math.abs(bend - (plus + minus - 2 * zero) / 2)).toBeLessThan(0.05 * Math.abs(bend) + 1e-5)
    await trainer.dispose()
  })

  it('warns when it outgrows the slope, and reports both', async () => {
    const warnings: Diagnostic[] = []
    const { frames } = await trained(
      { optimizer: 'sgd', lr: 60, training: { watchCurvature: true } },
      { maxSteps: 1, onWarning: (warning) => warnings.push(warning) },
    )
    const { slope = 0, bend = 0 } = frames.at(-1)?.curvature ?? {}
    expect(bend).toBeGreaterThan(slope)
    expect(warnings.map(({ code, severity }) => ({ code, severity }))).toEqual([{ code: 'train.curvature', severity: 'warning' }])
    const calm = await trained(
      { optimizer: 'sgd', lr: 0.01, training: { watchCurvature: true } },
      { maxSteps: 1, onWarning: (warning) => warnings.push(warning) },
    )
    expect(calm.frames.at(-1)?.curvature?.slope).toBeGreaterThan(0)
    expect(warnings).toHaveLength(1)
  })
})

describe('every backend', () => {
  it('clips, averages, watches the curvature and follows a schedule like the reference', async () => {
    const document = withMultiplier(
      {
        optimizer: 'momentum',
        lr: 0.2,
        training: { schedule: { kind: 'inverse', params: { tau: 3 } }, warmup: 2, clipNorm: 0.05, averaging: 0.7, watchCurvature: true },
      },
      3,
    )
    const reached = async (backend: Backend) => {
      const frames: MetricsFrame[] = []
      const trainer = await trainerOf(document, { backend, maxSteps: 8, onFrame: (frame) => frames.push(frame) })
      await trainer.run()
      const { state } = await trainer.checkpoint()
      await trainer.dispose()
      return { state, told: frames.at(-1) as MetricsFrame }
    }
    const expected = await reached(createReferenceBackend())
    expect(expected.told.gradientNorm).toBeGreaterThan(0.05)
    for (const backend of await availableBackends()) {
      const { state, told } = await reached(backend)
      for (const [i, { name, data }] of expected.state.entries())
        expectAllClose(state[i]?.data ?? [], data, asked.forward, `${backend.info.label.en} ${name}`)
      expect(told.rate).toBe(expected.told.rate)
      expect(told.gradientNorm).toBeCloseTo(expected.told.gradientNorm ?? 0, 4)
      expect(told.curvature?.bend).toBeCloseTo(expected.told.curvature?.bend ?? 0, 4)
      await backend.dispose()
    }
  })
})

describe('wrong use is told', () => {
  const refused = async (training: Partial<TrainingSettings>, options: MoonsOptions = {}): Promise<readonly Diagnostic[]> => {
    try {
      await trainerOf(moonsDocument({ ...options, training }))
    } catch (error) {
      if (error instanceof DiagnosedError) return error.diagnostics
      throw error
    }
    return []
  }
  const wrong: readonly [string, Partial<TrainingSettings>, string, string?][] = [
    ['a negative rate', { optimizer: { kind: 'sgd', params: { lr: -0.1 } } }, 'param.invalid', 'lr'],
    ['a decay of one', { optimizer: { kind: 'momentum', params: { gamma: 1 } } }, 'param.invalid', 'gamma'],
    ['τ of zero', { schedule: { kind: 'cosine', params: { tau: 0 } } }, 'param.invalid', 'tau'],
    ['a negative τ', { schedule: { kind: 'inverse', params: { tau: -3 } } }, 'param.invalid', 'tau'],
    ['a limit of zero', { clipNorm: 0 }, 'param.invalid', 'clipNorm'],
    ['a negative limit', { clipNorm: -1 }, 'param.invalid', 'clipNorm'],
    ['an average that never moves', { averaging: 1 }, 'param.invalid', 'averaging'],
    ['a negative warm-up', { warmup: -1 }, 'param.invalid', 'warmup'],
    ['a warm-up longer than the training', { warmup: 1000 }, 'train.warmup'],
    ['a schedule that is none', { schedule: { kind: 'magic', params: {} } }, 'train.schedule'],
    ['a plateau without validation', { schedule: { kind: 'plateau', params: {} }, validationSplit: 0 }, 'train.schedule.validation'],
    [
      'a schedule for AdaDelta',
      { optimizer: { kind: 'adadelta', params: {} }, schedule: { kind: 'cosine', params: {} } },
      'train.rate.unused',
    ],
  ]
  it.each(wrong)('%s', async (_what, training, code, param) => {
    expect(await refused(training)).toMatchObject([{ code, ...(param !== undefined && { param }) }])
  })
  it.each([-1, 1001])('a layer’s rate of %d', async (rateMultiplier) => {
    const document = moonsDocument()
    const nodes = document.nodes.map((node) => (node.id === 'dense1' ? { ...node, rateMultiplier } : node))
    await expect(trainerOf({ ...document, nodes })).rejects.toMatchObject({
      diagnostics: [{ code: 'param.invalid', nodeId: 'dense1', param: 'rateMultiplier' }],
    })
  })
})

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 4000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 1))
  expect(condition()).toBe(true)
}
