/** @file Early stopping (C5): when it stops, what it keeps, that a resumed run stops where an uninterrupted one does, and wrong use. */
import { describe, expect, it } from 'vitest'
import type { TrainingSettings } from '../../engine/document/schema'
import type { MetricsFrame, ValidationPoint } from '../../engine/protocol/messages'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../engine/train/checkpoint'
import { EarlyStopping } from '../../engine/train/early-stopping'
import { evaluateModel } from '../../engine/train/evaluate'
import { Trainer, type TrainerOptions } from '../../engine/train/trainer'
import { type MoonsOptions, moonsDocument, prepare } from './fixtures'

/** Large steps: the validation loss goes up and down. */
const restless = (earlyStopping: TrainingSettings['earlyStopping']): MoonsOptions => ({
  optimizer: 'sgd',
  lr: 2,
  epochs: 60,
  training: { earlyStopping },
})

async function trained(options: MoonsOptions, more: Partial<TrainerOptions> = {}) {
  const data = await prepare(moonsDocument(options))
  const points: ValidationPoint[] = []
  const frames: MetricsFrame[] = []
  const kept: Checkpoint[] = []
  const trainer = await Trainer.create({
    data,
    backend: createReferenceBackend(),
    onStep: (_, validation) => validation && points.push(validation),
    onFrame: (frame) => frames.push(frame),
    onCheckpoint: (checkpoint) => void kept.push(checkpoint),
    ...more,
  })
  const phase = await trainer.run()
  return { trainer, phase, points, frames, kept, data }
}

const point = (epoch: number, loss: number, accuracy = 0): ValidationPoint => ({
  step: epoch,
  epoch,
  loss,
  metrics: { accuracy },
  isBest: false,
})
const ruleOf = (earlyStopping: TrainingSettings['earlyStopping']) =>
  EarlyStopping.of(moonsDocument({ training: { earlyStopping } }).training, true, () => ['accuracy']) as EarlyStopping

describe('early stopping (C5)', () => {
  it('waits for so many epochs without a gain, counting from the best', () => {
    const rule = ruleOf({ patience: 2 })
    const losses = [1, 0.5, 0.6, 0.4, 0.45, 0.41]
    const due = losses.map((_, i) => rule.isDue(losses.slice(0, i + 1).map((loss, epoch) => point(epoch, loss))))
    expect(due).toEqual([false, false, false, false, false, true])
  })

  it('takes any number for better than none', () => {
    const losses = [Number.NaN, 3, 2, Number.NaN, 1, 0.5].map((loss, epoch) => point(epoch, loss))
    for (const [i] of losses.entries()) expect(ruleOf({ patience: 2 }).isDue(losses.slice(0, i + 1))).toBe(false)
    expect(ruleOf({ patience: 2 }).isDue([...losses, point(7, Number.NaN), point(8, Number.NaN)])).toBe(true)
  })

  it('does not count gains that are too small, however they add up below the threshold', () => {
    const points = [1, 0.96, 0.92, 0.85].map((loss, epoch) => point(epoch, loss))
    expect(ruleOf({ patience: 2, minDelta: 0.1 }).isDue(points.slice(0, 3))).toBe(true)
    // The third is better than the first by more than 0.1.
    expect(ruleOf({ patience: 3, minDelta: 0.1 }).isDue(points)).toBe(false)
  })

  it('knows that more accuracy is better', () => {
    const rule = ruleOf({ patience: 1, metric: 'accuracy' })
    expect(rule.isDue([point(1, 1, 0.5), point(2, 2, 0.6)])).toBe(false)
    expect(rule.isDue([point(1, 1, 0.5), point(2, 0.1, 0.5)])).toBe(true)
  })

  it('ends the run, says so, and puts the best weights back', async () => {
    const { trainer, phase, points, frames, kept, data } = await trained(restless({ patience: 3 }))
    expect(phase).toBe('finished')
    expect(points.length).toBeLessThan(60)
    const best = points.reduce((a, b) => (b.loss < a.loss ? b : a))
    expect(points.length).toBe(best.epoch + 3)
    expect(points.filter(({ isBest }) => isBest).at(-1)).toEqual(best)
    expect(frames.at(-1)?.earlyStop).toEqual({ metric: 'loss', bestEpoch: best.epoch, restored: true })
    const again = await evaluateModel(trainer.model, data.validation as NonNullable<typeof data.validation>, trainer.bindings, {
      batchSize: 16,
    })
    expect(again?.loss).toBe(best.loss)
    expect(kept.at(-1)?.state.find(({ name }) => name === 'dense1.kernel')?.data).toEqual(trainer.bestWeights?.['dense1.kernel'])
    await trainer.dispose()
  })

  it('leaves the last weights where it is told to', async () => {
    const { trainer, frames } = await trained(restless({ patience: 3, restoreBest: false }))
    expect(frames.at(-1)?.earlyStop?.restored).toBe(false)
    expect((await trainer.model.read())['dense1.kernel']).not.toEqual(trainer.bestWeights?.['dense1.kernel'])
    await trainer.dispose()
  })

  it('stops a resumed run where an uninterrupted one stops', async () => {
    const straight = await trained(restless({ patience: 3 }))
    const steps = straight.trainer.stepsDone
    const weights = await straight.trainer.model.read()
    await straight.trainer.dispose()
    // In the last epoch but one, while it already waits.
    const first = await trained(restless({ patience: 3, restoreBest: false }), { maxSteps: steps - straight.trainer.stepsPerEpoch - 2 })
    await first.trainer.dispose()
    const saved = decodeCheckpoint(encodeCheckpoint(first.kept.at(-1) as Checkpoint), 'memory')
    const { trainer } = await trained(restless({ patience: 3 }), { checkpoint: saved })
    expect(trainer.stepsDone).toBe(steps)
    expect(await trainer.model.read()).toEqual(weights)
    await trainer.dispose()
  })

  const wrong: readonly [string, MoonsOptions, string][] = [
    ['no validation data', { ...restless({}), validationSplit: 0 }, 'train.early-stopping.validation'],
    ['a measure that there is not', restless({ metric: 'perplexity' }), 'train.early-stopping.metric'],
    ['no patience', restless({ patience: 0 }), 'param.invalid'],
    ['a negative gain', restless({ minDelta: -1 }), 'param.invalid'],
  ]
  it.each(wrong)('%s is told', async (_what, options, code) => {
    const refused = Trainer.create({ data: await prepare(moonsDocument(options)), backend: createReferenceBackend() })
    await expect(refused).rejects.toMatchObject({ diagnostics: [{ code }] })
  })
})
