/**
 * @file Any combination of training settings trains, or is refused with a diagnostic: it never fails in another way. Whatever trains can go on from its
 * checkpoint to the same bits.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { DiagnosedError } from '../../engine/core/diagnostics'
import { prepareData } from '../../engine/datasets/prepare'
import type { ChoiceOf, GraphDocument, TrainingSettings } from '../../engine/document/schema'
import { methods, solvers } from '../../engine/optimizers/registry'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { schedules } from '../../engine/schedules/registry'
import { decodeCheckpoint, encodeCheckpoint } from '../../engine/train/checkpoint'
import { Trainer } from '../../engine/train/trainer'
import { templates } from '../../templates/registry'

const STEPS = 5

const language = () => templates.get('rnn-lm')?.create({ numHiddens: 2, numSteps: 300, batchSize: 2 }) as GraphDocument

const points = (target: string) => ({ kind: 'points2d', params: { pattern: 'moons', samples: 30, target } })
const networks: readonly (() => GraphDocument)[] = [
  () => {
    const g = graph('classifier', { data: points('class'), training: { batchSize: 8 } })
    g.classify(g.dropout(g.batchNorm(g.dense(g.input('features', [2]), { numHiddens: 3 })), { p: 0.2 }), 2)
    return g.document()
  },
  () => {
    const g = graph('line', { data: points('number'), training: { batchSize: 8 } })
    g.meanSquaredError(g.dense(g.input('features', [2]), { numHiddens: 1 }), g.label('target', { type: 'number', shape: [1] }))
    return g.document()
  },
  () => {
    const g = graph('perceptron', { data: points('number'), training: { batchSize: 8 } })
    const unit = g.step(g.dense(g.input('features', [2]), { numHiddens: 1 }))
    g.meanSquaredError(unit, g.label('target', { type: 'number', shape: [1] }))
    return g.document()
  },
  language,
]

/** Each of them off, or on with some value. */
const perhaps = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined, freq: 2 })
const choice = (kinds: Iterable<string>): fc.Arbitrary<ChoiceOf> => fc.constantFrom(...kinds).map((kind) => ({ kind, params: {} }))

const settings: fc.Arbitrary<Partial<TrainingSettings>> = fc.record({
  optimizer: choice(methods.keys()),
  schedule: perhaps(choice(schedules.keys())),
  warmup: perhaps(fc.constantFrom(1, 2)),
  clipNorm: perhaps(fc.constantFrom(0.01, 1)),
  averaging: perhaps(fc.constantFrom(0, 0.9)),
  l1: perhaps(fc.constant(0.01)),
  l2: perhaps(fc.constant(0.01)),
  decay: perhaps(fc.boolean()),
  penalizeBiases: perhaps(fc.boolean()),
  weightNoise: perhaps(fc.constant(0.1)),
  adversarial: perhaps(fc.constant({ epsilon: 0.1 })),
  ensemble: perhaps(fc.record({ replicas: fc.constantFrom(2, 3), bootstrap: fc.boolean() })),
  earlyStopping: perhaps(fc.record({ patience: fc.constantFrom(1, 3), restoreBest: fc.boolean() })),
  replacement: perhaps(fc.boolean()),
  shuffle: fc.boolean(),
  validationSplit: fc.constantFrom(0, 0.3),
  watchCurvature: perhaps(fc.boolean()),
})

it('any combination of settings trains, or says why it cannot', { timeout: 120_000 }, async () => {
  const counts = { trained: 0, refused: 0 }
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...networks), settings, fc.boolean(), async (network, given, isWatched) => {
      // Hundreds of columns of a Hessian through hundreds of steps would take minutes.
      fc.pre(network !== language || !solvers.has(given.optimizer?.kind ?? ''))
      const document = network()
      const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
      const asked = { ...document, training: { ...document.training, ...known, epochs: 2 } }
      const through = async (maxSteps: number, more: object = {}) => {
        const data = await prepareData(asked, () => undefined)
        const watching = isWatched ? { watchGradients: true, gradientNormsEvery: 2 } : {}
        const trainer = await Trainer.create({ data, backend: createReferenceBackend(), maxSteps, ...watching, ...more })
        try {
          await trainer.run()
          return await trainer.checkpoint()
        } finally {
          await trainer.dispose()
        }
      }
      try {
        const straight = await through(STEPS)
        // Weights that were put back are no place to go on from.
        if (given.earlyStopping === undefined) {
          const half = decodeCheckpoint(encodeCheckpoint(await through(2)), 'memory')
          expect((await through(STEPS, { checkpoint: half })).state).toEqual(straight.state)
        }
        counts.trained++
      } catch (error) {
        if (!(error instanceof DiagnosedError)) throw error
        expect(error.diagnostics.length).toBeGreaterThan(0)
        counts.refused++
      }
    }),
    { numRuns: 150, seed: 9 },
  )
  // Both happen often enough for this to say something.
  expect(counts.trained).toBeGreaterThan(15)
  expect(counts.refused).toBeGreaterThan(5)
})
