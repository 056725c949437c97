/** @file A run on a device that works on its own: several steps are under way at once, and the device may go away at any moment. */
import { afterEach, expect, it } from 'vitest'
import { backendsOf } from '../../engine/host/browser/backends'
import type { Backend } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'
import type { Checkpoint } from '../../engine/train/checkpoint'
import { type StepReport, Trainer } from '../../engine/train/trainer'
import { expectAllClose } from '../support/allclose'
import { describeWithWebgpu, openWebgpu } from '../support/webgpu'
import { moonsDocument, prepare } from './fixtures'

const backends: Backend[] = []
async function open(): Promise<Backend> {
  if (!openWebgpu) throw new Error('there is no adapter')
  const backend = await openWebgpu()
  backends.push(backend)
  return backend
}
afterEach(async () => {
  await Promise.all(backends.splice(0).map((backend) => backend.dispose()))
})

async function trained(backend: Backend) {
  const reports: StepReport[] = []
  const trainer = await Trainer.create({ data: await prepare(moonsDocument()), backend, onStep: (report) => reports.push(report) })
  await trainer.run()
  const weights = await trainer.model.read()
  await trainer.dispose()
  return { reports, weights }
}

describeWithWebgpu('a run on the GPU', () => {
  it('reports every step in order, and learns what the interpreter learns', async () => {
    const expected = await trained(createReferenceBackend())
    const actual = await trained(await open())
    expect(actual.reports.map(({ step, epoch }) => [step, epoch])).toEqual(expected.reports.map(({ step, epoch }) => [step, epoch]))
    actual.reports.forEach(({ loss }, i) => {
      expect(loss).toBeCloseTo(expected.reports[i]?.loss ?? Number.NaN, 4)
    })
    for (const [name, values] of Object.entries(expected.weights)) expectAllClose(actual.weights[name] ?? [], values, 1e-3, name)
  })

  it('keeps checkpoints of the very step that they name', async () => {
    const kept: Checkpoint[] = []
    const data = await prepare(moonsDocument({ optimizer: 'sgd', dropout: 0.3 }))
    const trainer = await Trainer.create({
      data,
      backend: await open(),
      isCheckpointDue: () => true,
      onCheckpoint: (one) => void kept.push(one),
    })
    await trainer.run()
    await trainer.dispose()
    const [early, last] = [kept[2] as Checkpoint, kept.at(-1) as Checkpoint]
    expect(early.step).toBe(3)
    const again = await Trainer.create({ data, backend: await open(), checkpoint: early })
    await again.run()
    const weights = await again.model.read()
    for (const { name, data: values } of last.state) expect(weights[name] ?? values).toEqual(values)
    await again.dispose()
  })

  it('ends with a diagnosis and its last checkpoint when the device is lost, and the device is opened anew for the next', async () => {
    const backend = await open()
    const { device } = backend as unknown as { device: { gpu: GPUDevice } }
    const kept: Checkpoint[] = []
    const trainer = await Trainer.create({
      data: await prepare(moonsDocument({ epochs: 1000 })),
      backend,
      isCheckpointDue: () => kept.length === 0,
      onCheckpoint: (one) => void kept.push(one),
      onStep: ({ step }) => step === 20 && device.gpu.destroy(),
    })
    await expect(trainer.run()).rejects.toMatchObject({ diagnostics: [{ code: 'backend.gpu-lost' }] })
    expect(trainer.phase).toBe('failed')
    expect(kept.length).toBe(1)
    await trainer.dispose()

    const held = backendsOf([backend], [], { webgpu: open })
    const fresh = await held.get('webgpu')
    expect(fresh).not.toBe(backend)
    expect(await held.get('webgpu')).toBe(fresh)
    // What is lost on one executor goes on on another.
    const onCpu = await Trainer.create({
      data: await prepare(moonsDocument({ epochs: 2 })),
      backend: createReferenceBackend(),
      checkpoint: kept[0],
    })
    expect(onCpu.stepsDone).toBe(kept[0]?.step)
    await onCpu.run()
    await onCpu.dispose()
  })
})
