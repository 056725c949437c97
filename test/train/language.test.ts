/**
 * @file What recurrent layers carry from run to run: text written step by step is what whole sequences give, training that goes on from a
 * checkpoint is the same bit for bit, and an epoch begins anew (F1–F5).
 */
import { describe, expect, it, test } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { Random } from '../../engine/core/random'
import { prepareData } from '../../engine/datasets/prepare'
import { textFields } from '../../engine/datasets/text/stretches'
import type { GraphDocument } from '../../engine/document/schema'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../engine/train/checkpoint'
import { draw, generate } from '../../engine/train/generate'
import { Model } from '../../engine/train/model'
import { Trainer, type TrainerOptions } from '../../engine/train/trainer'
import { templates } from '../../templates/registry'

const backend = createReferenceBackend()
const kinds = ['rnn-lm', 'gru-lm', 'lstm-lm', 'deep-rnn-lm']

const documentOf = (id: string, values: Record<string, number> = {}): GraphDocument =>
  templates.get(id)?.create({ numHiddens: 6, numSteps: 7, batchSize: 5, ...values }) as GraphDocument

const names = ['<unk>', ...'abcdefgh']
const fields = textFields(names, 'char', 7)
const weightsOf = async (document: GraphDocument): Promise<Record<string, Float32Array>> => {
  const model = await Model.forPass(document, backend, { training: false, gradients: 'none' }, 1)
  // Weights large enough for the state to matter.
  return Object.fromEntries(
    Object.entries(await model.read()).map(([name, values]) => {
      const random = Random.seeded(4, name)
      return [name, values.map(() => (name.includes('bias') ? 0 : random.uniform(-3, 3)))]
    }),
  )
}
const codesOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(String, (error) => error.diagnostics.map(({ code }: { code: string }) => code))

describe('text written step by step', () => {
  /** The best next token after a whole sequence, read in one go from an empty state. */
  async function bestAfter(id: string, weights: Record<string, Float32Array>, tokens: readonly number[]): Promise<number> {
    const document = documentOf(id, { numSteps: tokens.length, vocabularySize: names.length })
    const model = await Model.forPass(document, backend, { training: false, gradients: 'none' }, 1)
    await model.load(weights)
    const { executable } = await model.pass(1, { training: false, gradients: 'none' })
    executable.run({ tokens: Int32Array.from(tokens), targets: new Int32Array(tokens.length) })
    const { logits = new Float32Array() } = await executable.read(['logits'])
    return draw(logits.slice(-names.length), 0, Random.seeded(0))
  }

  it.each(kinds)('%s: each token is the one that the whole text before it gives', async (id) => {
    const document = documentOf(id, { vocabularySize: names.length })
    const weights = await weightsOf(document)
    const text = await generate({ document, backend, weights, fields, prefix: 'fade', length: 12, temperature: 0, seed: 0 })
    const tokens = [...'fade'].map((letter) => names.indexOf(letter))
    let expected = ''
    for (let i = 0; i < 12; i++) {
      const best = await bestAfter(id, weights, tokens)
      expected += names[best]
      tokens.push(best)
    }
    expect(text).toBe(expected)
    expect(new Set(text).size).toBeGreaterThan(1)
  })

  it('refuses networks that do not score the vocabulary', async () => {
    const g = graph('No scores', {})
    const tokens = g.input('tokens', { shape: [7], dtype: 'i32', classes: 9 })
    const { y } = g.rnn(g.oneHotEncoding(tokens, { classes: 9 }), { numHiddens: 4 })
    g.softmaxCrossEntropy(g.dense(y, { numHiddens: 5 }), g.label('targets', { shape: [7], classes: 5 }))
    const document = g.document()
    const wish = { prefix: 'a', length: 1, temperature: 1, seed: 0 }
    const other = fields.map((field) => (field.role === 'target' ? { ...field, classes: 5 } : field))
    expect(await codesOf(generate({ document, backend, weights: {}, fields: other, ...wish }))).toEqual(['generate.no-scores'])
    expect(await codesOf(generate({ document, backend, weights: {}, fields: [], ...wish }))).toEqual(['generate.no-text'])
  })

  it.each(['rnn', 'gru', 'lstm'] as const)('refuses a %s that reads backwards too, by its node', async (kind) => {
    const g = graph('Both ways', {})
    const tokens = g.input('tokens', { shape: [7], dtype: 'i32', classes: 9 })
    const { y } = g[kind](g.oneHotEncoding(tokens, { classes: 9 }), { numHiddens: 4, bidirectional: true })
    g.softmaxCrossEntropy(g.dense(y, { numHiddens: 9 }), g.label('targets', { shape: [7], classes: 9 }))
    const wish = { prefix: 'a', length: 1, temperature: 1, seed: 0 }
    const refused = generate({ document: g.document(), backend, weights: {}, fields, ...wish })
    await expect(refused).rejects.toMatchObject({ diagnostics: [{ code: 'generate.backwards', nodeId: `${kind}1` }] })
  })

  it('draws by the softmax of the scores, sharper when colder, and never what is unknown', () => {
    const scores = [9, Math.log(1), Math.log(2), Math.log(5)]
    const shares = (temperature: number): number[] => {
      const random = Random.seeded(7)
      const counts = [0, 0, 0, 0]
      for (let i = 0; i < 8000; i++) {
        const index = draw(scores, temperature, random)
        counts[index] = (counts[index] ?? 0) + 1
      }
      return counts.map((count) => count / 8000)
    }
    const near = (found: readonly number[], expected: readonly number[]) =>
      expected.forEach((share, i) => {
        expect(Math.abs((found[i] ?? 0) - share)).toBeLessThan(0.02)
      })
    near(shares(1), [0, 1 / 8, 2 / 8, 5 / 8])
    near(shares(0.5), [0, 1 / 30, 4 / 30, 25 / 30])
    expect(shares(0)).toEqual([0, 0, 0, 1])
  })
})

describe('training in sequence', () => {
  const run = async (document: GraphDocument, options: Partial<TrainerOptions> = {}) => {
    const data = await prepareData(document, () => undefined)
    const trainer = await Trainer.create({ data, backend, ...options })
    await trainer.run()
    const checkpoint = await trainer.checkpoint()
    await trainer.dispose()
    return checkpoint
  }
  const stateOf = (checkpoint: Checkpoint) => Object.fromEntries(checkpoint.state.map(({ name, data }) => [name, data]))
  const lstm = documentOf('lstm-lm', { numSteps: 150 })

  test('the state is kept beside the weights, and not among them', async () => {
    const checkpoint = await run(lstm, { maxSteps: 2 })
    const { 'lstm1:state': state, 'lstm1:cell': cell } = stateOf(checkpoint)
    for (const held of [state, cell]) {
      expect(held).toHaveLength(5 * 6)
      expect(held?.some((value) => Math.abs(value) > 0.01)).toBe(true)
    }
    const data = await prepareData(lstm, () => undefined)
    const trainer = await Trainer.create({ data, backend, checkpoint })
    expect(Object.keys(await trainer.model.read()).filter((name) => name.includes(':'))).toEqual([])
    await trainer.dispose()
  })

  test('a run that goes on from its checkpoint in the middle of an epoch gives the same bits', async () => {
    const whole = await run(lstm, { maxSteps: 6 })
    const half = decodeCheckpoint(encodeCheckpoint(await run(lstm, { maxSteps: 3 })), 'memory')
    expect(stateOf(await run(lstm, { maxSteps: 6, checkpoint: half }))).toEqual(stateOf(whole))
  })

  test('with another batch size what was carried is left behind, and the weights are not', async () => {
    const before = await run(lstm, { maxSteps: 3 })
    const other = { ...lstm, training: { ...lstm.training, batchSize: 4 } }
    const after = await run(other, { maxSteps: 3, checkpoint: before })
    expect(stateOf(after)['lstm1.bias']).toEqual(stateOf(before)['lstm1.bias'])
    expect([...(stateOf(after)['lstm1:state'] ?? [1])].every((value) => value === 0)).toBe(true)
  })

  test('looking at the curvature does not move what is carried', async () => {
    const watched = { ...lstm, training: { ...lstm.training, watchCurvature: true } }
    const [plain, looked] = [await run(lstm, { maxSteps: 3 }), await run(watched, { maxSteps: 3 })]
    expect(stateOf(looked)).toEqual(stateOf(plain))
  })

  test('drawing with replacement and reading in sequence exclude one another', async () => {
    const document = { ...lstm, training: { ...lstm.training, replacement: true } }
    expect(await codesOf(run(document, { maxSteps: 1 }))).toEqual(['train.sequential'])
    const random = { ...document, data: { ...document.data, source: { kind: 'story', params: { numSteps: 150, sampling: 'random' } } } }
    expect((await run(random, { maxSteps: 1 })).state.map(({ name }) => name)).not.toContain('lstm1:state')
  })
})
