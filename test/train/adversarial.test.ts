/** @file Adversarial training (C9): one step against the formula, from gradients of two separate passes, on every backend; and wrong use. */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import type { TrainingSetting } from '../../engine/builder/settings'
import { lower } from '../../engine/compile'
import type { GraphDocument } from '../../engine/document/schema'
import { movableInputs } from '../../engine/ir/adversarial'
import type { Backend } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { inferShapes } from '../../engine/shapes/infer'
import { Model, runtimeInputs, unwrap, updateOf } from '../../engine/train/model'
import { Trainer } from '../../engine/train/trainer'
import { asked } from '../support/agreement'
import { expectAllClose } from '../support/allclose'
import { availableBackends } from '../support/backends'
import { moonsDocument, prepare } from './fixtures'

const BATCH = 6
const SIDE = 5

function network(training: TrainingSetting = {}, withMask = false): GraphDocument {
  const g = graph('adversarial', { data: 'points2d', training: { optimizer: 'sgd', batchSize: BATCH, ...training } })
  const x = g.batchNorm(g.tanh(g.conv2d(g.input('image', [1, SIDE, SIDE]), { numChannels: 3, kernelSize: 3 })))
  const logits = g.dense(g.flatten(x), { numHiddens: 4 })
  const label = g.label('label', 4)
  if (withMask) g.softmaxCrossEntropy(logits, label, { mask: g.input('mask', []) })
  else g.softmaxCrossEntropy(logits, label)
  return g.document()
}

const inputs = {
  image: Float32Array.from({ length: BATCH * SIDE * SIDE }, (_, i) => Math.sin(11 * i)),
  label: Int32Array.of(0, 1, 2, 3, 1, 0),
}

/** Loss and gradients, of the inputs too. */
async function gradientsAt(backend: Backend, image: Float32Array) {
  const pass = { training: true, gradients: 'all' } as const
  const model = await Model.forPass(network(), backend, pass, BATCH)
  const { program, executable } = await model.pass(BATCH, pass)
  executable.run({ ...inputs, image, ...runtimeInputs(program, 0, 1, 0) })
  const results = (await executable.read(program.outputs.map(({ name }) => name))) as Record<string, Float32Array>
  await model.dispose()
  return results
}

describe('adversarial training (C9)', () => {
  it('learns from (1 − a) of the loss and a of the loss at x + ε sign(∂L/∂x)', async () => {
    const [epsilon, weight, lr] = [0.2, 0.3, 0.5]
    for (const backend of await availableBackends()) {
      const plain = await gradientsAt(backend, inputs.image)
      const moved = inputs.image.map((x, i) => x + epsilon * Math.sign(plain['grad:image']?.[i] as number))
      const attacked = await gradientsAt(backend, moved)
      expect(attacked.loss?.[0]).toBeGreaterThan(plain.loss?.[0] as number)

      const document = network({ adversarial: { epsilon, weight } })
      const pass = updateOf(document)
      const model = await Model.forPass(document, backend, pass, BATCH)
      const before = await model.read()
      const { program, executable } = await model.pass(BATCH, pass)
      executable.run({ ...inputs, ...runtimeInputs(program, 0, 1, lr) })
      const told = (await executable.read(['loss', 'metric:adversarialLoss', 'metric:accuracy'])) as Record<string, Float32Array>
      const after = await model.read()
      const on = backend.info.label.en
      expect(told['metric:adversarialLoss']?.[0], on).toBeCloseTo(attacked.loss?.[0] as number, 4)
      expect(told.loss?.[0], on).toBeCloseTo((1 - weight) * (plain.loss?.[0] as number) + weight * (attacked.loss?.[0] as number), 4)
      for (const name of ['conv1.kernel', 'bn1.scale', 'dense1.kernel', 'dense1.bias']) {
        const slope = (i: number) =>
          (1 - weight) * (plain[`grad:${name}`]?.[i] as number) + weight * (attacked[`grad:${name}`]?.[i] as number)
        const expected = [...(before[name] ?? [])].map((w, i) => w - lr * slope(i))
        expectAllClose([...(after[name] ?? [])], expected, asked.gradient, `${name} ${on}`)
      }
      await model.dispose()

      // Running statistics are those of the data, not of the moved inputs.
      const only = { training: true, gradients: 'none' } as const
      const other = await Model.forPass(network(), backend, only, BATCH)
      const forward = await other.pass(BATCH, only)
      forward.executable.run({ ...inputs })
      expectAllClose([...(after['bn1.runningMean'] ?? [])], [...((await other.read())['bn1.runningMean'] ?? [])], 1e-5)
      await other.dispose()
      await backend.dispose()
    }
  })

  it('leaves masks where they are, and evaluation as it was', () => {
    const evaluation = { training: false, gradients: 'none' } as const
    const [plain, adversarial] = [network({}, true), network({ adversarial: {} }, true)].map(
      (document) => unwrap(lower(document, evaluation)).program,
    )
    expect(adversarial).toEqual(plain)
    expect(movableInputs(inferShapes(network({}, true)).nodes)).toEqual(['image'])
  })

  it('trains a network, and tells the loss on the moved inputs', async () => {
    const trainer = await Trainer.create({
      data: await prepare(moonsDocument({ training: { adversarial: { epsilon: 0.1 } }, epochs: 8 })),
      backend: createReferenceBackend(),
    })
    await trainer.run()
    const { training, validation } = await trainer.checkpoint()
    expect(training.at(-1)?.metrics.adversarialLoss).toBeLessThan(training[0]?.metrics.adversarialLoss as number)
    expect(validation.at(-1)?.metrics.adversarialLoss).toBeUndefined()
    await trainer.dispose()
  })

  it.each([{ epsilon: 0 }, { epsilon: -0.1 }, { weight: 1.5 }, { weight: -0.1 }])('%o is told', async (adversarial) => {
    const refused = Trainer.create({ data: await prepare(moonsDocument({ training: { adversarial } })), backend: createReferenceBackend() })
    await expect(refused).rejects.toMatchObject({ diagnostics: [{ code: 'param.invalid', param: Object.keys(adversarial)[0] }] })
  })

  it('a network of tokens is told that they cannot be moved', () => {
    const g = graph('tokens', { data: 'points2d', training: { adversarial: {} } })
    const x = g.embedding(g.input('tokens', { shape: [4], dtype: 'i32', classes: 9 }), { numTokens: 9, numHiddens: 3 })
    g.classify(g.flatten(x), 2)
    const document = g.document()
    expect(lower(document, updateOf(document))).toMatchObject({ ok: false, diagnostics: [{ code: 'train.adversarial.inputs' }] })
  })
})
