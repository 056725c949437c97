/** @file Back-propagation as the notes write it (001; 002 §3): the four equations by hand, beside the gradients of the compiler. */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { lower } from '../../engine/compile'
import { evaluate } from '../../engine/ir/evaluate'
import { unwrap } from '../../engine/train/model'
import { templates } from '../../templates/registry'
import { expectAllClose } from '../support/allclose'
import { numbers } from '../support/numbers'

type Matrix = readonly (readonly number[])[]
const rows = (data: readonly number[], width: number): Matrix =>
  Array.from({ length: data.length / width }, (_, i) => data.slice(i * width, (i + 1) * width))
const product = (a: Matrix, b: Matrix): number[][] =>
  a.map((row) => (b[0] ?? []).map((_, j) => row.reduce((sum, x, k) => sum + x * (b[k]?.[j] ?? 0), 0)))
const transposed = (a: Matrix): number[][] => (a[0] ?? []).map((_, j) => a.map((row) => row[j] ?? 0))
const each = (a: Matrix, of: (x: number, i: number, j: number) => number): number[][] => a.map((row, i) => row.map((x, j) => of(x, i, j)))
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const columnSums = (a: Matrix): number[] => transposed(a).map((column) => column.reduce((sum, x) => sum + x, 0))

describe('a 2-3-1 network of sigmoid units (A1, B1)', () => {
  const batch = 4
  const g = graph('two layers', { training: { batchSize: batch } })
  const hidden = g.sigmoid(g.dense(g.input('features', [2]), { numHiddens: 3 }))
  const prediction = g.sigmoid(g.dense(hidden, { numHiddens: 1 }))
  g.meanSquaredError(prediction, g.input('target', [1]), { half: true })

  const given = {
    features: numbers([batch, 2], -1, 1, 1).data,
    target: numbers([batch, 1], 0, 1, 2).data,
    'dense1.kernel': numbers([2, 3], -2, 2, 3).data,
    'dense1.bias': numbers([3], -1, 1, 4).data,
    'dense2.kernel': numbers([3, 1], -2, 2, 5).data,
    'dense2.bias': numbers([1], -1, 1, 6).data,
  }
  const { program } = unwrap(lower(g.document(), { training: true, gradients: 'all' }))
  const values = evaluate(program, given)
  const of = (name: string): readonly number[] => {
    const output = program.outputs.find((known) => known.name === name)
    return [...((output && values.get(output.value)) ?? [])]
  }

  const [x, w1, w2] = [rows(given.features, 2), rows(given['dense1.kernel'], 3), rows(given['dense2.kernel'], 1)]
  const z1 = each(product(x, w1), (sum, _, j) => sum + (given['dense1.bias'][j] ?? 0))
  const a1 = each(z1, sigmoid)
  const z2 = each(product(a1, w2), (sum) => sum + (given['dense2.bias'][0] ?? 0))
  const a2 = each(z2, sigmoid)
  // δᴸ = ∇C ⊙ σ′(zᴸ)
  const d2 = each(a2, (a, i) => ((a - (given.target[i] ?? 0)) / batch) * a * (1 - a))
  // δˡ = δˡ⁺¹ (Wˡ⁺¹)ᵀ ⊙ σ′(zˡ)
  const d1 = each(product(d2, transposed(w2)), (sum, i, j) => sum * (a1[i]?.[j] ?? 0) * (1 - (a1[i]?.[j] ?? 0)))

  it('∂C/∂w is what comes in times δ', () => {
    expectAllClose(of('grad:dense2.kernel'), product(transposed(a1), d2).flat(), 1e-12, 'dense2.kernel')
    expectAllClose(of('grad:dense1.kernel'), product(transposed(x), d1).flat(), 1e-12, 'dense1.kernel')
  })
  it('∂C/∂b is δ, added up over the batch', () => {
    expectAllClose(of('grad:dense2.bias'), columnSums(d2), 1e-12, 'dense2.bias')
    expectAllClose(of('grad:dense1.bias'), columnSums(d1), 1e-12, 'dense1.bias')
  })
  it('∂C/∂x is δ Wᵀ', () => {
    expectAllClose(of('grad:features'), product(d1, transposed(w1)).flat(), 1e-12, 'features')
  })
  it('branches add their gradients', () => {
    const fork = graph('fork', { training: { batchSize: 1 } })
    const y = fork.dense(fork.input('features', [1]), { numHiddens: 1, useBias: false })
    fork.meanSquaredError(fork.add([fork.sigmoid(y), fork.tanh(y)]), fork.input('target', [1]), { half: true })
    const lowered = unwrap(lower(fork.document(), { training: true, gradients: 'parameters' }))
    const [features, kernel, target] = [0.7, 1.3, 0.2]
    const results = evaluate(lowered.program, { features: [features], target: [target], 'dense1.kernel': [kernel] })
    const z = features * kernel
    const [s, t] = [sigmoid(z), Math.tanh(z)]
    const expected = (s + t - target) * (s * (1 - s) + (1 - t * t)) * features
    const gradient = lowered.program.outputs.find(({ name }) => name === 'grad:dense1.kernel')
    expectAllClose([...(results.get(gradient?.value ?? -1) ?? [])], [expected], 1e-12, 'dense1.kernel')
  })
})

describe('multilayer perceptrons (A8)', () => {
  it.each([
    [1, 'relu'],
    [2, 'sigmoid'],
    [3, 'tanh'],
  ] as const)('%i hidden layers with %s', (numLayers, activation) => {
    const document = templates.get('mlp')?.create({ numFeatures: 6, numHiddens: 5, numLayers, activation, numClasses: 3, batchSize: 2 })
    if (!document) throw new Error('there is no mlp')
    const kinds = document.nodes.map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'dense')).toHaveLength(numLayers + 1)
    expect(kinds.filter((kind) => kind === activation)).toHaveLength(numLayers)
    const { program, weights } = unwrap(lower(document, { training: false, gradients: 'none' }))
    const widths = [6, ...Array.from({ length: numLayers }, () => 5), 3]
    const feed: Record<string, readonly number[]> = { features: numbers([2, 6], -1, 1, 1).data, label: [0, 1] }
    let a = rows(feed.features ?? [], 6)
    const act = { relu: (z: number) => Math.max(z, 0), sigmoid, tanh: Math.tanh }[activation]
    for (let layer = 0; layer <= numLayers; layer++) {
      const [from = 1, to = 1] = widths.slice(layer, layer + 2)
      const [kernel = '', bias = ''] = weights.slice(2 * layer, 2 * layer + 2).map(({ name }) => name)
      const [w, b] = [numbers([from, to], -1, 1, layer + 2).data, numbers([to], -1, 1, layer + 9).data]
      feed[kernel] = w
      feed[bias] = b
      const z = each(product(a, rows(w, to)), (sum, _, j) => sum + (b[j] ?? 0))
      a = layer < numLayers ? each(z, act) : z
    }
    const logits = program.outputs.find(({ name }) => name === 'logits')
    expectAllClose([...(evaluate(program, feed).get(logits?.value ?? -1) ?? [])], a.flat(), 1e-12, 'logits')
  })
})
