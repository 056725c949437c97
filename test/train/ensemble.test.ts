/** @file Bagging (C8): copies learn as if each were alone on its own bootstrap sample; what they predict is averaged; files, commands, wrong use. */
import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import type { GraphDocument, TrainingSettings } from '../../engine/document/schema'
import { exportTypeScript } from '../../engine/export/typescript'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { inReplica } from '../../engine/shapes/replicas'
import { bootstrap, seedOf } from '../../engine/train/bootstrap'
import { decodeCheckpoint, encodeCheckpoint } from '../../engine/train/checkpoint'
import { Feeder } from '../../engine/train/feeder'
import { Model, runtimeInputs, updateOf } from '../../engine/train/model'
import { type StepReport, Trainer } from '../../engine/train/trainer'
import { templates } from '../../templates/registry'
import { netloom, scratch } from '../cli/run'
import { asked } from '../support/agreement'
import { expectAllClose } from '../support/allclose'
import { availableBackends } from '../support/backends'
import { type MoonsOptions, moonsDocument, prepare } from './fixtures'

const REPLICAS = 3
const settings = (more: MoonsOptions = {}): MoonsOptions => ({
  optimizer: 'momentum',
  lr: 0.1,
  epochs: 2,
  ...more,
  training: { l2: 0.01, ensemble: { replicas: REPLICAS }, ...more.training },
})

describe('a bootstrap sample (C8)', () => {
  it('is as large as the data, with about 63 % of it, another for every copy', () => {
    const indices = Uint32Array.from({ length: 2000 }, (_, i) => 3 * i)
    const first = bootstrap(indices, 1, 1)
    expect(first).toHaveLength(2000)
    expect([...first].every((index) => index % 3 === 0)).toBe(true)
    expect(new Set(first).size / 2000).toBeCloseTo(1 - Math.exp(-1), 1)
    expect(bootstrap(indices, 1, 1)).toEqual(first)
    expect(bootstrap(indices, 1, 2)).not.toEqual(first)
  })
})

describe('an ensemble (C8)', () => {
  it.each<[string, Partial<TrainingSettings>]>([
    ['as it is', {}],
    ['with its gradient clipped', { clipNorm: 0.1 }],
  ])('trains every copy as if it were alone, %s, on every backend', async (_what, training) => {
    const document = moonsDocument(settings({ training }))
    const single = moonsDocument(settings({ training: { ...training, ensemble: undefined } }))
    const data = await prepare(document)
    for (const backend of await availableBackends()) {
      const told: StepReport[] = []
      const trainer = await Trainer.create({ data, backend, maxSteps: 4, onStep: (report) => told.push(report) })
      const toldAlone: Record<string, number>[] = []
      const start = await trainer.model.read()
      await trainer.run()
      const together = await trainer.model.read()
      expect(Object.keys(together)).toHaveLength(4 * REPLICAS)
      for (let replica = 1; replica <= REPLICAS; replica++) {
        const pass = updateOf(single)
        const model = await Model.forPass(single, backend, pass, 16)
        const own = (weights: Readonly<Record<string, Float32Array>>) =>
          Object.fromEntries(
            ['dense1.kernel', 'dense1.bias', 'dense2.kernel', 'dense2.bias'].map((name) => [
              name,
              weights[inReplica(replica, name)] as Float32Array,
            ]),
          )
        await model.load(own(start))
        const samples = { dataset: data.training.dataset, indices: bootstrap(data.training.indices, 0, replica) }
        const feeder = new Feeder(samples, trainer.bindings, { batchSize: 16, seed: seedOf(0, replica), shuffle: true })
        const { program, executable } = await model.pass(16, pass)
        const measured = program.outputs
          .map(({ name }) => name)
          .filter((name) => name === 'loss' || name.startsWith('metric:') || name === '$gradientNorm')
        for (let step = 1; step <= 4; step++) {
          executable.run({ ...(await feeder.inputsOf(step)), ...runtimeInputs(program, 0, step, 0.1) })
          const outputs = await executable.read(measured)
          const sums = toldAlone[step - 1] ?? {}
          for (const name of measured) sums[name] = (sums[name] ?? 0) + (outputs[name]?.[0] as number) / REPLICAS
          toldAlone[step - 1] = sums
        }
        const alone = await model.read()
        for (const [name, expected] of Object.entries(own(together)))
          expectAllClose([...(alone[name] ?? [])], [...expected], asked.gradient, `copy ${replica} ${name} ${backend.info.label.en}`)
        await model.dispose()
      }
      // What is told of the ensemble in training is the mean of what each copy would tell.
      expect(toldAlone).toHaveLength(4)
      for (const [i, { loss, metrics, gradientNorm }] of told.entries()) {
        const { loss: meanLoss, 'metric:accuracy': accuracy, 'metric:penalty': penalty, $gradientNorm: norm } = toldAlone[i] ?? {}
        expect(loss).toBeCloseTo(meanLoss as number, 4)
        expect(metrics.accuracy).toBeCloseTo(accuracy as number, 6)
        expect(metrics.penalty).toBeCloseTo(penalty as number, 4)
        if (training.clipNorm === undefined) expect(gradientNorm).toBeUndefined()
        else expect(gradientNorm).toBeCloseTo(norm as number, 4)
      }
      expect(start['$2/dense1.kernel']).not.toEqual(start['dense1.kernel'])
      await trainer.dispose()
      await backend.dispose()
    }
  })

  it('predicts the average of the probabilities, and measures itself by it', async () => {
    const document = moonsDocument(settings())
    const forward = { training: false, gradients: 'none' } as const
    const inputs = { features: Float32Array.from({ length: 10 }, (_, i) => Math.sin(3 * i)), label: Int32Array.of(0, 1, 1, 0, 1) }
    for (const backend of await availableBackends()) {
      const model = await Model.forPass(document, backend, forward, 5)
      const weights = await model.read()
      const run = async (of: Model) => {
        const { executable, outputs } = await of.pass(5, forward)
        expect(outputs).toEqual(['logits', 'loss'])
        executable.run(inputs)
        return (await executable.read(['logits', 'loss', 'metric:accuracy'])) as Record<string, Float32Array>
      }
      const together = await run(model)
      const mean = new Array<number>(10).fill(0)
      const plain = moonsDocument({ ...settings(), training: {} })
      for (let replica = 1; replica <= REPLICAS; replica++) {
        const single = await Model.forPass(plain, backend, forward, 5)
        await single.load(Object.fromEntries(single.weights.map(({ name }) => [name, weights[inReplica(replica, name)] as Float32Array])))
        const { logits } = await run(single)
        for (let row = 0; row < 5; row++) {
          const [a, c] = [Math.exp(logits?.[2 * row] as number), Math.exp(logits?.[2 * row + 1] as number)]
          mean[2 * row] = (mean[2 * row] as number) + a / (a + c) / REPLICAS
          mean[2 * row + 1] = (mean[2 * row + 1] as number) + c / (a + c) / REPLICAS
        }
        await single.dispose()
      }
      expectAllClose([...(together.logits ?? [])].map(Math.exp), mean, asked.forward)
      const loss = [...inputs.label].reduce((sum, label, row) => sum - Math.log(mean[2 * row + label] as number) / 5, 0)
      expect(together.loss?.[0]).toBeCloseTo(loss, 4)
      await model.dispose()
      await backend.dispose()
    }
  })

  it('tells the mean loss of its copies, and goes on from a checkpoint bit for bit', async () => {
    const data = await prepare(moonsDocument(settings()))
    const through = async (options: object) => {
      const trainer = await Trainer.create({ data, backend: createReferenceBackend(), ...options })
      await trainer.run()
      const checkpoint = await trainer.checkpoint()
      await trainer.dispose()
      return checkpoint
    }
    const straight = await through({ maxSteps: 8 })
    const half = decodeCheckpoint(encodeCheckpoint(await through({ maxSteps: 5 })), 'memory')
    expect((await through({ maxSteps: 8, checkpoint: half })).state).toEqual(straight.state)
    // Two classes that nobody knows anything about yet: ln 2, not three times that.
    expect(straight.training[0]?.loss).toBeLessThan(1.5)
    expect(Object.keys(straight.training[0]?.metrics ?? {})).toEqual(['accuracy', 'penalty'])
  })

  it('averages numbers where there are no probabilities', async () => {
    const g = graph('numbers', { data: 'points2d', training: { batchSize: 2, ensemble: { replicas: 2 } } })
    g.meanSquaredError(g.dense(g.input('features', [2]), { numHiddens: 1 }), g.label('target', { type: 'number', shape: [1] }))
    const forward = { training: false, gradients: 'none' } as const
    const model = await Model.forPass(g.document(), createReferenceBackend(), forward, 2)
    await model.load({
      'dense1.kernel': Float32Array.of(1, 0),
      'dense1.bias': Float32Array.of(0),
      '$2/dense1.kernel': Float32Array.of(0, 1),
      '$2/dense1.bias': Float32Array.of(4),
    })
    const { executable } = await model.pass(2, forward)
    executable.run({ features: Float32Array.of(1, 2, 3, 5), target: new Float32Array(2) })
    expect([...((await executable.read(['prediction'])).prediction ?? [])]).toEqual([(1 + 6) / 2, (3 + 9) / 2])
    await model.dispose()
  })

  const at = scratch()
  it('is trained, evaluated and asked on the command line', async () => {
    const [graphFile, weights] = [at('moons.ts'), at('ensemble.safetensors')]
    await writeFile(graphFile, exportTypeScript(moonsDocument({ epochs: 6 })))
    const backend = ['--backend', 'reference']
    const ran = await netloom('train', graphFile, ...backend, '--ensemble', '3', '--out', weights, '--json')
    expect(ran.code, ran.err).toBe(0)
    // The document itself says nothing of an ensemble: the file does.
    const measured = await netloom('evaluate', graphFile, ...backend, '--weights', weights, '--json')
    expect(measured.code, measured.err).toBe(0)
    expect(JSON.parse(measured.out).accuracy).toBe(JSON.parse(ran.out).validationAccuracy)
    const predicted = await netloom('predict', graphFile, ...backend, '--weights', weights)
    const [line] = predicted.out.split('\n').map((text) => text && JSON.parse(text))
    // Logarithms of averaged probabilities add up to one.
    expect(line.logits.reduce((sum: number, z: number) => sum + Math.exp(z), 0)).toBeCloseTo(1, 5)
  })

  it('names the node, not the copy, that a loss which is no number came from', async () => {
    const data = await prepare(moonsDocument(settings({ optimizer: 'sgd', lr: 1e36, training: { l2: 0 } })))
    const trainer = await Trainer.create({ data, backend: createReferenceBackend(), maxSteps: 20 })
    // Only the second copy goes wrong.
    await trainer.model.load({ '$2/dense2.kernel': new Float32Array(24).fill(1e38) })
    await expect(trainer.run()).rejects.toMatchObject({
      diagnostics: [{ code: 'train.weights-not-finite', nodeId: expect.stringMatching(/^[a-z]+\d$/) }],
    })
    await trainer.dispose()
  })

  it('batches that continue one another are told that they cannot be drawn', async () => {
    const document = templates.get('rnn-lm')?.create({ numHiddens: 4, batchSize: 4 }) as GraphDocument
    const data = await prepare({ ...document, training: { ...document.training, ensemble: {} } })
    const refused = Trainer.create({ data, backend: createReferenceBackend() })
    await expect(refused).rejects.toMatchObject({ diagnostics: [{ code: 'train.ensemble.sequential' }] })
  })

  it.each([
    ['one copy', { replicas: 1 }, 'adam', 'param.invalid'],
    ['a method that solves for one network', { replicas: 2 }, 'newton', 'train.ensemble.method'],
  ])('%s is told', async (_what, ensemble, optimizer, code) => {
    const document = moonsDocument({ training: { ensemble, optimizer: { kind: optimizer, params: {} } } })
    const refused = Trainer.create({ data: await prepare(document), backend: createReferenceBackend() })
    await expect(refused).rejects.toMatchObject({ diagnostics: [{ code }] })
  })
})
