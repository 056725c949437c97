/**
 * @file Training with activations stored as halves, on an adapter that has them: it learns what f32 learns, takes less memory, and an overflow
 * changes nothing. Software adapters often have no halves: there is nothing that could be run or skipped there, so these exist only where
 * there are some.
 */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { lower, realize, stateSpecs } from '../../engine/compile'
import { sizeOf, type TensorData } from '../../engine/core/tensor'
import { prepareData } from '../../engine/datasets/prepare'
import type { GraphDocument } from '../../engine/document/schema'
import type { Backend } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'
import type { LossScaleRule } from '../../engine/train/loss-scale'
import { dataInputsOf, Model, unwrap, updateOf } from '../../engine/train/model'
import { type StepReport, Trainer } from '../../engine/train/trainer'
import { templates } from '../../templates/registry'
import { numbers } from '../support/numbers'
import { sharedWebgpu } from '../support/webgpu'

function documentOf(template: string, precision: 'f32' | 'f16', params: Record<string, number> = {}): GraphDocument {
  const document = templates.get(template)?.create(params)
  if (!document) throw new Error(`no template ${template}`)
  return { ...document, training: { ...document.training, precision } }
}

/** Convolutions, batch normalisation, a shortcut and pools. */
function residual(): GraphDocument {
  const g = graph('residual', { training: { batchSize: 12, precision: 'f16' } })
  const x = g.relu(g.batchNorm(g.conv2d(g.input('image', [3, 16, 16]), { numChannels: 12, kernelSize: 3, padding: 1 })))
  const pooled = g.maxPool2d(x, { kernelSize: 2, stride: 2 })
  const y = g.batchNorm(g.conv2d(pooled, { numChannels: 12, kernelSize: 3, padding: 1 }))
  g.classify(g.globalAvgPool2d(g.relu(g.add([y, pooled]))), 5)
  return g.document()
}

async function losses(backend: Backend, document: GraphDocument, maxSteps: number, scaleRule?: Partial<LossScaleRule>) {
  const reports: StepReport[] = []
  const data = await prepareData(document, () => undefined)
  const trainer = await Trainer.create({ data, backend, maxSteps, scaleRule, onStep: (report) => reports.push(report) })
  await trainer.run()
  await trainer.dispose()
  data.dispose()
  return reports
}

const gpu = sharedWebgpu
if (gpu?.info.halves)
  describe('training with halves', () => {
    it.each([
      ['mlp', { batchSize: 64 }],
      ['lenet', { batchSize: 32 }],
    ] as const)('%s follows the losses of f32, step by step', { timeout: 300_000 }, async (template, params) => {
      const single = await losses(gpu, documentOf(template, 'f32', params), 40)
      // A scale at which no step is skipped: a skipped one would put the two out of step.
      const half = await losses(gpu, documentOf(template, 'f16', params), 40, { initial: 2 ** 10 })
      expect(half.at(-1)?.scaling).toEqual({ scale: 2 ** 10, skipped: 0 })
      for (const [i, { loss }] of single.entries())
        expect(Math.abs((half[i] as StepReport).loss - loss), `step ${i + 1}`).toBeLessThan(0.01 * loss)
    })

    it('finds a scale by itself', { timeout: 300_000 }, async () => {
      const reports = await losses(gpu, documentOf('mlp', 'f16', { batchSize: 64 }), 60, { initial: 2 ** 24 })
      const { scale = 0, skipped = 0 } = reports.at(-1)?.scaling ?? {}
      expect(skipped).toBeGreaterThan(0)
      expect(scale).toBeLessThan(2 ** 24)
      expect(reports.at(-1)?.loss).toBeLessThan(0.7 * (reports[0] as StepReport).loss)
    })

    it.each([
      ['lenet', () => documentOf('lenet', 'f16', { batchSize: 16 })],
      ['a residual network', residual],
    ] as const)('%s has nearly the gradients of f32, in less memory', { timeout: 300_000 }, async (_, create) => {
      const document = create()
      const pass = { training: true, gradients: 'parameters' } as const
      const lowered = unwrap(lower(document, pass))
      const { program } = lowered
      const inputs = Object.fromEntries(
        dataInputsOf(program).map(({ name, shape, dtype }, i): [string, TensorData] => [
          name,
          dtype === 'i32'
            ? Int32Array.from({ length: sizeOf(shape) }, (_, at) => at % 3)
            : Float32Array.from(numbers(shape, 0, 1, i + 1).data),
        ]),
      )
      const weights = await freshWeights(document)
      const gradients = async (storage: 'f32' | 'f16') => {
        const { executable, state } = unwrap(await realize(lowered, gpu, undefined, { storage }))
        for (const { name } of stateSpecs(program)) await state.write(name, weights[name] as Float32Array)
        executable.run(inputs)
        const outputs = await executable.read(program.outputs.map(({ name }) => name))
        const { memory } = executable
        executable.dispose()
        state.dispose()
        return { outputs, memory }
      }
      const [single, half] = [await gradients('f32'), await gradients('f16')]
      expect(half.memory.scratchBytes).toBeLessThan(0.8 * single.memory.scratchBytes)
      expect(half.memory.stateBytes).toBe(single.memory.stateBytes)
      const largest = Math.max(...Object.entries(single.outputs).flatMap(([name, data]) => (name.startsWith('grad:') ? [peak(data)] : [])))
      for (const [name, exact] of Object.entries(single.outputs)) {
        if (exact instanceof Int32Array) continue
        // Gradients that nearly cancel are compared with the largest of the model, as for every backend.
        const scale = peak(exact) + (name.startsWith('grad:') ? largest / 20 : 0)
        const actual = half.outputs[name] as Float32Array
        for (let i = 0; i < exact.length; i++)
          expect(Math.abs((actual[i] as number) - (exact[i] as number)), `${name}[${i}]`).toBeLessThanOrEqual(0.03 * scale)
      }
    })

    it('says so when activations are too large for halves, whatever the scale', { timeout: 300_000 }, async () => {
      const document = documentOf('mlp', 'f16', { batchSize: 64 })
      const weights = await freshWeights(document)
      const huge = Object.fromEntries(Object.entries(weights).map(([name, data]) => [name, data.map((x) => 2000 * x)]))
      const data = await prepareData(document, () => undefined)
      const trainer = await Trainer.create({ data, backend: gpu, maxSteps: 3, weights: huge })
      await expect(trainer.run()).rejects.toMatchObject({ diagnostics: [{ code: 'train.half-range' }] })
      expect(await trainer.model.read()).toEqual(huge)
      await trainer.dispose()
      data.dispose()
    })

    it('sees that the gradients overflow, and leaves every parameter as it is', { timeout: 300_000 }, async () => {
      const document = documentOf('lenet', 'f16', { batchSize: 8 })
      const pass = updateOf(document)
      const model = await Model.forPass(document, gpu, pass, 8)
      const { program, executable } = await model.pass(8, pass)
      const names = model.state.specs.map(({ name }) => name)
      const run = async (scale: number) => {
        const inputs = dataInputsOf(program).map(({ name, shape, dtype }, i): [string, TensorData] => [
          name,
          dtype === 'i32' ? new Int32Array(sizeOf(shape)) : Float32Array.from(numbers(shape, 0, 1, i + 1).data),
        ])
        executable.run({
          ...Object.fromEntries(inputs),
          $lr: Float32Array.of(0.1),
          $step: Float32Array.of(1),
          $lossScale: Float32Array.of(scale),
        })
        return (await executable.read(['$finite'])).$finite?.[0]
      }
      const before = await model.state.read(names)
      // Within the range of f32, beyond that of a half.
      expect(await run(2 ** 30)).toBe(0)
      expect(await model.state.read(names)).toEqual(before)
      expect(await run(2 ** 8)).toBe(1)
      expect(await model.state.read(names)).not.toEqual(before)
      await model.dispose()
    })
  })

const peak = (data: ArrayLike<number>): number => {
  let most = 0
  for (let i = 0; i < data.length; i++) most = Math.max(most, Math.abs(data[i] as number))
  return most
}

async function freshWeights(document: GraphDocument): Promise<Record<string, Float32Array>> {
  const reference = createReferenceBackend()
  const model = await Model.forPass(document, reference, { training: true, gradients: 'parameters' }, document.training.batchSize)
  const weights = await model.read()
  await model.dispose()
  await reference.dispose()
  return weights
}

describe('a pass that asks for halves', () => {
  it('is refused where there are none', async () => {
    const backend = createReferenceBackend()
    const lowered = unwrap(lower(documentOf('mlp', 'f16'), { training: false, gradients: 'none' }))
    expect(await realize(lowered, backend, undefined, { storage: 'f16' })).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'backend.halves', severity: 'error' }],
    })
    await backend.dispose()
  })
})
