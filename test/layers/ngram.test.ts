/** @file The n-gram model by hand (SYSTEMS A13): the three nested formulas on a text of seven letters, and a text it has read. */
import { describe, expect, test } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { prepareData } from '../../engine/datasets/prepare'
import { textFields } from '../../engine/datasets/text/stretches'
import type { GraphDocument } from '../../engine/document/schema'
import ngram from '../../engine/layers/ngram'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { generate } from '../../engine/train/generate'
import { Model } from '../../engine/train/model'
import { train } from '../../engine/train/train'
import { templates } from '../../templates/registry'
import { refused } from '../support/shapeRule'

const [A, B, C] = [1, 2, 3]
const text = [A, B, A, C, A, B, A, B]

function documentOf(steps: number): GraphDocument {
  const g = graph('Seven letters', { training: { batchSize: 1 } })
  const tokens = g.input('tokens', { shape: [steps], dtype: 'i32', classes: 4 })
  const targets = g.label('targets', { shape: [steps], classes: 4 })
  g.softmaxCrossEntropy(g.ngram(tokens, targets, { classes: 4, order: 3, epsilon1: 2, epsilon2: 3, epsilon3: 1 }), targets)
  return g.document()
}

describe('A13: counts of a b a c a b a, each followed by the next', () => {
  const counting = async () => {
    const model = await Model.forPass(documentOf(7), createReferenceBackend(), { training: true, gradients: 'none' }, 1)
    const batch = { tokens: Int32Array.from(text.slice(0, 7)), targets: Int32Array.from(text.slice(1)) }
    const run = async (training: boolean) => {
      const { executable } = await model.pass(1, { training, gradients: 'none' })
      executable.run(batch)
      const { logits = new Float32Array() } = await executable.read(['logits'])
      return (step: number, token: number) => Math.exp(logits[4 * step + token] ?? Number.NaN)
    }
    const fresh = await run(true)
    return { fresh, chance: await run(false), counts: await model.read() }
  }

  test('before it has read anything every token is as likely', async () => {
    const { fresh } = await counting()
    for (let step = 0; step < 7; step++) for (let token = 0; token < 4; token++) expect(fresh(step, token)).toBeCloseTo(1 / 4, 6)
  })

  test('it counts what follows one token and two', async () => {
    const { counts } = await counting()
    expect([...(counts['ngram1.counts1'] ?? [])]).toEqual([0, 3, 3, 1])
    expect([...(counts['ngram1.counts2'] ?? [])]).toEqual([0, 0, 0, 0, 0, 0, 3, 1, 0, 2, 0, 0, 0, 1, 0, 0])
    const three = counts['ngram1.counts3'] ?? []
    const at = (...[x, y, z]: readonly [number, number, number]) => three[16 * x + 4 * y + z]
    expect([at(A, B, A), at(B, A, C), at(B, A, B), at(A, C, A), at(C, A, B)]).toEqual([2, 1, 1, 1, 1])
    // The first letter has none before it, so six of seven are counted.
    expect([...three].reduce((sum, count) => sum + count, 0)).toBe(6)
  })

  test('the formulas, with ε of 2, 3 and 1', async () => {
    const { chance } = await counting()
    // Nothing is known before the first a: P(b) = (3 + 2/4) / 9 = 7/18, P(b|a) = (3 + 3 · 7/18) / 7 = 25/42.
    expect(chance(0, B)).toBeCloseTo(25 / 42, 6)
    // P(a) = 7/18, P(a|b) = (2 + 3 · 7/18) / 5 = 19/30, P(a|a, b) = (2 + 19/30) / 3 = 79/90.
    expect(chance(1, A)).toBeCloseTo(79 / 90, 6)
    // P(c) = (1 + 2/4) / 9 = 1/6, P(c|a) = (1 + 3 · 1/6) / 7 = 3/14, P(c|b, a) = (1 + 3/14) / 3 = 17/42.
    expect(chance(2, C)).toBeCloseTo(17 / 42, 6)
    // P(b|c, a) = (1 + 25/42) / 2 = 67/84.
    expect(chance(4, B)).toBeCloseTo(67 / 84, 6)
    for (let step = 0; step < 7; step++) expect([0, A, B, C].reduce((sum, token) => sum + chance(step, token), 0)).toBeCloseTo(1, 6)
  })

  test('writes what it has read, from one token to the next', async () => {
    const { counts } = await counting()
    const wish = { prefix: 'ca', length: 4, temperature: 0, seed: 0 }
    const fields = textFields(['<unk>', 'a', 'b', 'c'], 'char', 7)
    const written = await generate({ document: documentOf(7), backend: createReferenceBackend(), weights: counts, fields, ...wish })
    // After c a comes b; after a b comes a; after b a come b (3 + …) and c (1 + …) once each, so pairs decide for b.
    expect(written).toBe('baba')
  })
})

test('A13: one reading of the story tells more, the more tokens are counted together', async () => {
  const perplexity = async (order: number) => {
    const document = templates.get('ngram')?.create({ order }) as GraphDocument
    const { validation, document: trained } = await train(document)
    expect((await prepareData(trained, () => undefined)).fields[0]?.classes).toBe(54)
    return validation?.metrics.perplexity ?? Number.NaN
  }
  const [one, two, three] = [await perplexity(1), await perplexity(2), await perplexity(3)]
  expect(one).toBeGreaterThan(two)
  expect(two).toBeGreaterThan(three)
  expect(three).toBeLessThan(10)
})

test('A13: every token needs the one behind it', () => {
  const tokens = (...shape: number[]) => ({ shape, dtype: 'i32', classes: 4 }) as const
  expect(refused(ngram, { x: tokens(2, 7), next: tokens(2, 5) }, { classes: 4 })).toMatchObject({
    code: 'shape.mismatch',
    port: 'next',
    values: { expected: 'N×7', got: 'N×5' },
    fixes: [{ edits: [{ type: 'adjustSource', port: 'next', what: 'shape', value: [7] }] }],
  })
})
