/** @file The training loop: it learns, obeys, reports, and goes on from a checkpoint as if nothing had happened. */
import { describe, expect, it } from 'vitest'
import { DiagnosedError, type Diagnostic } from '../../engine/core/diagnostics'
import type { MetricsFrame, ValidationPoint } from '../../engine/protocol/messages'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../engine/train/checkpoint'
import { type StepReport, Trainer, type TrainerOptions } from '../../engine/train/trainer'
import { type MoonsOptions, moonsDocument, prepare } from './fixtures'

async function trainerFor(options: MoonsOptions = {}, more: Partial<TrainerOptions> = {}): Promise<Trainer> {
  return Trainer.create({ data: await prepare(moonsDocument(options)), backend: createReferenceBackend(), ...more })
}

describe('a run', () => {
  it('lowers the loss, validates every epoch and keeps the best weights', async () => {
    const steps: StepReport[] = []
    const epochs: ValidationPoint[] = []
    const frames: MetricsFrame[] = []
    const trainer = await trainerFor(
      { epochs: 30, lr: 0.1 },
      {
        onStep: (step, validation) => {
          steps.push(step)
          if (validation) epochs.push(validation)
        },
        onFrame: (frame) => frames.push(frame),
      },
    )
    expect(trainer.stepsPerEpoch).toBe(5)
    expect(await trainer.run()).toBe('finished')
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: 150 }, (_, i) => i + 1))
    expect(epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    expect(steps.at(-1)?.loss).toBeLessThan(0.6 * (steps[0] as StepReport).loss)
    expect(epochs.at(-1)?.metrics.accuracy).toBeGreaterThan(0.8)
    const best = epochs.filter(({ isBest }) => isBest).at(-1) as ValidationPoint
    expect(best.metrics.accuracy).toBe(Math.max(...epochs.map(({ metrics }) => metrics.accuracy as number)))
    expect(Object.keys(trainer.bestWeights ?? {})).toEqual(['dense1.kernel', 'dense1.bias', 'dense2.kernel', 'dense2.bias'])
    expect(frames[0]?.phase).toBe('running')
    expect(frames.at(-1)).toMatchObject({ phase: 'finished', step: 150, totalSteps: 150, epochs: 30 })
    expect(frames.flatMap((frame) => frame.validation)).toEqual(epochs)
    expect(frames.at(-1)?.samplesPerSecond).toBeGreaterThan(0)
    await trainer.dispose()
  })

  it('sends no more than 30 frames a second, phases and epochs aside', async () => {
    const frames: MetricsFrame[] = []
    const trainer = await trainerFor({ epochs: 40, validationSplit: 0 }, { onFrame: (frame) => frames.push(frame) })
    const started = performance.now()
    await trainer.run()
    const seconds = (performance.now() - started) / 1000
    expect(frames.length).toBeLessThanOrEqual(Math.ceil(30 * seconds) + 3)
    const points = frames.flatMap((frame) => frame.training)
    expect(points.at(-1)?.step).toBe(240)
    await trainer.dispose()
  })

  it('shrinks the batch to a set smaller than it', async () => {
    const trainer = await trainerFor({ samples: 10, batchSize: 64, epochs: 2, validationSplit: 0 })
    expect([trainer.batchSize, trainer.stepsPerEpoch]).toEqual([10, 1])
    expect(await trainer.run()).toBe('finished')
    await trainer.dispose()
  })

  it('gives the same weights for the same seed', async () => {
    const weights = async () => {
      const trainer = await trainerFor({ epochs: 2, dropout: 0.3 })
      await trainer.run()
      const read = await trainer.model.read()
      await trainer.dispose()
      return read
    }
    expect(await weights()).toEqual(await weights())
  })
})

describe('orders', () => {
  it('pauses, steps once, resumes and stops', async () => {
    const phases: string[] = []
    let trainer: Trainer | undefined
    const kept: Checkpoint[] = []
    trainer = await trainerFor(
      { epochs: 1000 },
      {
        onFrame: ({ phase }) => phases.at(-1) !== phase && phases.push(phase),
        onCheckpoint: (checkpoint) => void kept.push(checkpoint),
        onStep: ({ step }) => void (step === 50 && trainer?.stop()),
      },
    )
    const ended = trainer.run({ paused: true })
    await until(() => trainer?.phase === 'paused')
    expect(trainer.stepsDone).toBe(0)
    trainer.stepOnce()
    await until(() => trainer?.stepsDone === 1)
    await until(() => trainer?.phase === 'paused')
    trainer.stepOnce()
    await until(() => trainer?.stepsDone === 2)
    trainer.resume()
    expect(await ended).toBe('stopped')
    expect(trainer.stepsDone).toBe(50)
    expect(phases).toEqual(['running', 'paused', 'running', 'stopped'])
    expect(kept.at(-1)?.step).toBe(50)
    await trainer.dispose()
  })

  it('lets other work through while it trains', async () => {
    const trainer = await trainerFor({ epochs: 100000 })
    const ended = trainer.run()
    let longest = 0
    for (let i = 0, last = performance.now(); i < 10; i++) {
      await new Promise((resolve) => setTimeout(resolve, 0))
      longest = Math.max(longest, performance.now() - last)
      last = performance.now()
    }
    await trainer.stop()
    expect(await ended).toBe('stopped')
    expect(longest).toBeLessThan(500)
    await trainer.dispose()
  })
})

describe('a checkpoint', () => {
  it.each(['sgd', 'momentum', 'adam'])('continues bit for bit with %s', async (optimizer) => {
    const options = { optimizer, dropout: 0.2, batchSize: 12, epochs: 100, lr: 0.01 }
    const straight = await trainerFor(options, { maxSteps: 10 })
    await straight.run()
    const kept: Checkpoint[] = []
    const first = await trainerFor(options, { maxSteps: 5, onCheckpoint: (checkpoint) => void kept.push(checkpoint) })
    await first.run()
    const saved = decodeCheckpoint(encodeCheckpoint(kept.at(-1) as Checkpoint), 'memory')
    expect(saved.step).toBe(5)
    const second = await Trainer.create({
      data: await prepare(saved.document),
      backend: createReferenceBackend(),
      checkpoint: saved,
      maxSteps: 10,
    })
    await second.run()
    expect((await second.checkpoint()).state).toEqual((await straight.checkpoint()).state)
    expect(second.stepsDone).toBe(10)
    for (const trainer of [straight, first, second]) await trainer.dispose()
  })

  it('carries the best weights and the curves', async () => {
    const trainer = await trainerFor({ epochs: 3 })
    await trainer.run()
    const checkpoint = await trainer.checkpoint()
    const back = decodeCheckpoint(encodeCheckpoint(checkpoint), 'memory')
    expect(back.best?.weights).toEqual(checkpoint.best?.weights)
    expect(back.validation).toEqual(checkpoint.validation)
    expect(back.training.length).toBeGreaterThan(0)
    await trainer.dispose()
  })

  it('of another network is refused', async () => {
    const trainer = await trainerFor()
    const checkpoint = await trainer.checkpoint()
    const other = { ...checkpoint, state: checkpoint.state.slice(1) }
    await expect(trainerFor({}, { checkpoint: other })).rejects.toMatchObject({ diagnostics: [{ code: 'checkpoint.other-graph' }] })
    await trainer.dispose()
  })

  it('that is damaged or cut short is refused', async () => {
    const trainer = await trainerFor()
    const file = encodeCheckpoint(await trainer.checkpoint())
    await trainer.dispose()
    const flipped = file.slice()
    flipped[file.length - 3] = (flipped[file.length - 3] as number) ^ 1
    for (const bad of [file.subarray(0, file.length - 4), file.subarray(0, 5), flipped, new Uint8Array(0)])
      expect(diagnosisOf(() => decodeCheckpoint(bad, 'x'))).toMatchObject({
        code: 'checkpoint.corrupt',
        values: { detail: { en: expect.stringMatching(/[a-z]/), zh: expect.stringMatching(/\p{Script=Han}/u) } },
      })
  })
})

describe('what goes wrong', () => {
  it('names the first node whose output is not finite', async () => {
    const trainer = await trainerFor({ optimizer: 'sgd', epochs: 50, lr: 3e38 })
    const failure = await trainer.run().then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).toBeInstanceOf(DiagnosedError)
    const [diagnostic] = (failure as DiagnosedError).diagnostics
    expect(diagnostic?.code).toBe('train.not-finite')
    expect(diagnostic?.nodeId).toBeDefined()
    expect(trainer.phase).toBe('failed')
    const weights = await trainer.model.read()
    for (const data of Object.values(weights)) expect(data.every(Number.isFinite)).toBe(true)
    await trainer.dispose()
  })

  it('knows its optimisers', async () => {
    await expect(trainerFor({ optimizer: 'magic' })).rejects.toMatchObject({ diagnostics: [{ code: 'train.optimizer' }] })
  })
})

function diagnosisOf(call: () => unknown): Diagnostic | undefined {
  try {
    call()
  } catch (error) {
    if (error instanceof DiagnosedError) return error.diagnostics[0]
    throw error
  }
  return undefined
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 1))
  expect(condition()).toBe(true)
}
