/**
 * @file The scale of the loss: by its rule, and in runs on the CPU that take their training step for one with halves, so that overflows can be
 * brought about by the scale alone.
 */
import { afterEach, describe, expect, it } from 'vitest'
import type { Backend } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { createWasmBackend } from '../../engine/runtime/wasm/backend'
import { spawnNode } from '../../engine/runtime/wasm/spawn-node'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../engine/train/checkpoint'
import { LossScale, type LossScaleRule } from '../../engine/train/loss-scale'
import { type StepReport, Trainer, type TrainerOptions } from '../../engine/train/trainer'
import { moonsDocument, prepare } from './fixtures'

const rule = { initial: 64, most: 256, patience: 3 }

/** The scales of so many steps whose results are known `ahead` steps later; those numbered in `overflows` overflow. */
function scalesOf(steps: number, ahead: number, overflows: readonly number[]): number[] {
  const scale = new LossScale(ahead, rule)
  const scales: number[] = []
  for (let step = 1; step <= steps + ahead; step++) {
    if (step <= steps) scales.push(scale.at(step))
    const known = step - ahead
    if (known >= 1) scale.took(known, !overflows.includes(known))
  }
  return scales
}

describe('the scale of the loss', () => {
  it('doubles after enough sound steps, up to a limit, and halves at an overflow', () => {
    expect(scalesOf(12, 0, [])).toEqual([64, 64, 64, 128, 128, 128, 256, 256, 256, 256, 256, 256])
    expect(scalesOf(9, 0, [2, 3, 8])).toEqual([64, 64, 32, 16, 16, 16, 32, 32, 16])
  })

  it('answers a fixed number of steps later where the device works ahead, and once for steps that overflow together', () => {
    expect(scalesOf(9, 2, [1, 2, 3])).toEqual([64, 64, 64, 32, 32, 32, 32, 32, 64])
    // Whether results are looked at as soon as they could be, or all at once when a run is paused, comes to the same.
    const [eager, late] = [new LossScale(2, rule), new LossScale(2, rule)]
    eager.took(1, false)
    late.took(1, false)
    eager.took(2, true)
    expect([2, 3, 4].map((step) => eager.at(step))).toEqual([64, 64, 32])
    late.took(2, true)
    late.took(3, true)
    expect([4, 5].map((step) => late.at(step))).toEqual([32, 32])
  })

  it('counts skipped steps, goes on from what was kept, and says when scaling down no longer helps', () => {
    const scale = new LossScale(0, rule)
    expect([1, 2, 3, 4, 5, 6].map((step) => scale.took(step, false))).toEqual([true, true, true, true, true, true])
    expect(scale.told).toEqual({ scale: 1, skipped: 6 })
    const again = new LossScale(0, rule)
    again.restore(scale.save())
    expect(again.told).toEqual({ scale: 1, skipped: 6 })
    expect(again.took(7, false)).toBe(false)
  })
})

const opened: Backend[] = []
afterEach(async () => {
  await Promise.all(opened.splice(0).map((backend) => backend.dispose()))
})

/** A backend of the CPU that lets itself be asked for halves, and stores f32 all the same. */
function pretending(backend: Backend): Backend {
  opened.push(backend)
  return {
    info: { ...backend.info, halves: true },
    createState: (specs) => backend.createState(specs),
    compile: (program, state) => backend.compile(program, state),
    dispose: () => backend.dispose(),
  }
}

const document = (precision: 'f32' | 'f16') => {
  const plain = moonsDocument({ optimizer: 'momentum' })
  return { ...plain, training: { ...plain.training, precision } }
}

async function trained(backend: Backend, precision: 'f32' | 'f16', options: Partial<TrainerOptions> = {}) {
  const reports: StepReport[] = []
  const kept: Checkpoint[] = []
  const trainer = await Trainer.create({
    data: await prepare(document(precision)),
    backend,
    onStep: (report) => reports.push(report),
    onCheckpoint: (checkpoint) => void kept.push(checkpoint),
    ...options,
  })
  await trainer.run()
  const weights = await trainer.model.read()
  await trainer.dispose()
  return { reports, kept, weights }
}

const scaled = (scaleRule: Partial<LossScaleRule>) => ({ scaleRule })

describe('a run with a scaled loss', () => {
  it.each([
    ['the reference', () => createReferenceBackend()],
    ['wasm', () => createWasmBackend({ threads: 1, spawn: spawnNode })],
  ] as const)('learns to the bit what one without learns, on %s', async (_, open) => {
    const plain = await trained(pretending(await open()), 'f32')
    const halves = await trained(pretending(await open()), 'f16')
    expect(halves.weights).toEqual(plain.weights)
    expect(halves.reports.map(({ loss }) => loss)).toEqual(plain.reports.map(({ loss }) => loss))
    expect(halves.reports.at(-1)?.scaling).toEqual({ scale: 2 ** 16, skipped: 0 })
    expect(plain.reports.at(-1)?.scaling).toBeUndefined()
  })

  it('skips the steps that overflow, says how many, and learns from the rest', async () => {
    // Two sound steps, then the scale doubles beyond f32, where every gradient overflows.
    const options = scaled({ initial: 2 ** 127, most: Number.POSITIVE_INFINITY, patience: 2 })
    const { reports } = await trained(pretending(createReferenceBackend()), 'f16', options)
    const skipped = reports.at(-1)?.scaling?.skipped ?? 0
    expect(skipped).toBeGreaterThan(0)
    expect(skipped).toBeLessThan(reports.length / 2)
    expect(reports.at(-1)?.loss).toBeLessThan((reports[0] as StepReport).loss)
  })

  it('goes on from a checkpoint with its scale, to the bit', async () => {
    const options = scaled({ initial: 2 ** 127, patience: 3 })
    const whole = await trained(pretending(createReferenceBackend()), 'f16', { ...options, isCheckpointDue: () => true })
    const middle = whole.kept.find(({ step }) => step === 7) as Checkpoint
    expect(middle.lossScale?.scale).not.toBe(2 ** 16)
    const checkpoint = decodeCheckpoint(encodeCheckpoint(middle), 'x')
    const rest = await trained(pretending(createReferenceBackend()), 'f16', { ...options, checkpoint })
    expect(rest.weights).toEqual(whole.weights)
    expect(rest.reports.map(({ scaling }) => scaling)).toEqual(whole.reports.slice(7).map(({ scaling }) => scaling))
  })

  it('is refused by a backend without halves, which says what to do', async () => {
    const backend = createReferenceBackend()
    opened.push(backend)
    await expect(trained(backend, 'f16')).rejects.toMatchObject({ diagnostics: [{ code: 'backend.halves' }] })
  })

  it('ends where even the plain loss has gradients that overflow', async () => {
    const options = scaled({ initial: 1 })
    const backend = pretending(createReferenceBackend())
    const overflowing: Backend = {
      ...backend,
      compile: async (program, state) => {
        const executable = await backend.compile(program, state)
        return {
          program: executable.program,
          memory: executable.memory,
          run: (inputs) => executable.run(inputs),
          read: async (names) => ({ ...(await executable.read(names)), ...(names.includes('$finite') && { $finite: Float32Array.of(0) }) }),
          dispose: () => executable.dispose(),
        }
      },
    }
    await expect(trained(overflowing, 'f16', options)).rejects.toMatchObject({ diagnostics: [{ code: 'train.half-range' }] })
  })
})
