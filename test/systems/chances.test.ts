/**
 * @file What is drawn at random, against exact probabilities: text from a model of pairs whose chances are fractions (A13), and dropout in training
 * beside evaluation (C4).
 */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { lower } from '../../engine/compile'
import { Random } from '../../engine/core/random'
import { textFields } from '../../engine/datasets/text/stretches'
import { evaluate } from '../../engine/ir/evaluate'
import { inputNames } from '../../engine/ir/names'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { generate } from '../../engine/train/generate'
import { unwrap } from '../../engine/train/model'

describe('A13: sampled text follows the model', () => {
  const letters = ['a', 'b', 'c']
  /** So often one letter came behind another. */
  const pairs = [
    [2, 5, 1],
    [6, 0, 2],
    [1, 1, 1],
  ]
  const singles = [0, 1, 2].map((next) => pairs.reduce((sum, row) => sum + (row[next] ?? 0), 0))
  const total = singles.reduce((sum, count) => sum + count, 0)
  /** P(y) = (n(y) + ε₁/4) / (n + ε₁) and P(y | x) = (n(x, y) + ε₂ P(y)) / (n(x) + ε₂) with ε = 1; the fourth is what is unknown. */
  const chances = pairs.map((row) => {
    const all = row.reduce((sum, count) => sum + count, 0)
    return row.map((count, next) => (count + ((singles[next] ?? 0) + 1 / 4) / (total + 1)) / (all + 1))
  })
  /** In proportion to p^(1/temperature), among the letters that can be written. */
  const heated = (temperature: number) =>
    chances.map((row) => {
      const powers = row.map((p) => p ** (1 / temperature))
      return powers.map((power) => power / powers.reduce((sum, value) => sum + value, 0))
    })

  const document = (() => {
    const g = graph('Pairs', { training: { batchSize: 1 } })
    const tokens = g.input('tokens', { shape: [5], dtype: 'i32', classes: 4 })
    const targets = g.label('targets', { shape: [5], classes: 4 })
    g.softmaxCrossEntropy(g.ngram(tokens, targets, { classes: 4, order: 2, epsilon1: 1, epsilon2: 1 }), targets)
    return g.document()
  })()
  const weights = {
    'ngram1.counts1': Float32Array.of(0, ...singles),
    'ngram1.counts2': Float32Array.of(0, 0, 0, 0, ...pairs.flatMap((row) => [0, ...row])),
  }
  const written = (temperature: number, seed: number, length: number) => {
    const fields = textFields(['<unk>', ...letters], 'char', 5)
    return generate({ document, backend: createReferenceBackend(), weights, fields, prefix: 'a', length, temperature, seed })
  }

  it.each([
    [1, 3],
    [0.5, 4],
    [2, 5],
  ])('at temperature %d every letter is where the drawn number falls among the exact chances', async (temperature, seed) => {
    const length = 3000
    const text = await written(temperature, seed, length)
    const table = heated(temperature)
    const random = Random.seeded(seed, 'generate')
    let before = 0
    let expected = ''
    const followed = pairs.map(() => [0, 0, 0])
    for (let i = 0; i < length; i++) {
      const drawn = random.uniform()
      const row = table[before] ?? []
      const next = row.findIndex((_, k) => drawn < row.slice(0, k + 1).reduce((sum, p) => sum + p, 0))
      const counts = followed[before]
      if (counts) counts[next] = (counts[next] ?? 0) + 1
      expected += letters[next]
      before = next
    }
    expect(text).toBe(expected)
    // And so often each letter follows each.
    for (const [from, counts] of followed.entries()) {
      const all = counts.reduce((sum, count) => sum + count, 0)
      for (const [to, count] of counts.entries()) expect(Math.abs(count / all - (table[from]?.[to] ?? 0))).toBeLessThan(0.04)
    }
  })

  it('is the same for the same seed, and another for another', async () => {
    expect(await written(1, 1, 100)).toBe(await written(1, 1, 100))
    expect(await written(1, 1, 100)).not.toBe(await written(1, 2, 100))
  })
})

it('C4: dropout is the identity in evaluation, without the factor of the notes; in training it is that on average', () => {
  const g = graph('Dropout', { training: { batchSize: 2 } })
  g.dropout(g.input('x', [50]), { p: 0.4 })
  const x = Array.from({ length: 100 }, (_, i) => i / 10 - 4.95)
  const pass = (training: boolean) => {
    const { program } = unwrap(lower(g.document(), { training, gradients: 'none' }))
    const output = program.outputs.find(({ name }) => name === 'dropout1')
    return (step: number): readonly number[] => [...(evaluate(program, { x, [inputNames.key]: [1, step] }).get(output?.value ?? -1) ?? [])]
  }
  const evaluated = pass(false)
  expect(evaluated(1)).toEqual(x)
  expect(evaluated(2)).toEqual(x)
  const trained = pass(true)
  const steps = Array.from({ length: 400 }, (_, i) => trained(i + 1))
  for (const row of steps.slice(0, 5))
    for (const [i, value] of row.entries()) if (value !== 0) expect(value).toBeCloseTo((x[i] ?? 0) / 0.6, 12)
  // The mean of 40 000 draws, each x / 0.6 with a chance of 0.6, in units of x.
  const kept = steps.flatMap((row) => row.map((value, i) => value / (x[i] ?? 1)))
  expect(kept.reduce((sum, share) => sum + share, 0) / kept.length).toBeCloseTo(1, 1)
  // Every sample and every unit has a chance of its own.
  for (let i = 0; i < x.length; i++) {
    const share = steps.filter((row) => row[i] !== 0).length / steps.length
    expect(Math.abs(share - 0.6)).toBeLessThan(0.12)
  }
})
