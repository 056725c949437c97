/**
 * @file The first weights of exported files, drawn by PyTorch, beside those that the engine draws: the same distribution for every initialiser on every
 * kind of weight that may have it (C2), and what needs no drawing number by number.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import type { GraphBuilder } from '../../engine/builder/graph-builder'
import type { Handle } from '../../engine/builder/types'
import { shape } from '../../engine/compile'
import type { GraphDocument } from '../../engine/document/schema'
import { exportPyTorch, pytorchWeights } from '../../engine/export/pytorch/pytorch'
import { initializeWeights } from '../../engine/initializers/initialize'
import { initializers } from '../../engine/initializers/registry'
import { unwrap } from '../../engine/train/model'
import { expectAllClose } from '../support/allclose'
import { type ExportedAnswer, runExported } from '../support/pytorchExport'
import { describeWithTorch } from '../support/torch'

/** Settings away from the defaults. */
const settings: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  constant: { value: 0.3 },
  normal: { mean: 0.5, deviation: 0.2 },
  uniform: { low: -0.1, high: 0.4 },
  orthogonal: { gain: 1.5 },
}
const kinds = [...initializers.keys()].map((kind) => ({ kind, ...settings[kind] }))
type Initializer = (typeof kinds)[number]

const shapes: Readonly<Record<string, (g: GraphBuilder, initializer: Initializer) => Handle>> = {
  dense: (g, initializer) => g.dense(g.input('x', [96]), { numHiddens: 64, initializer }),
  'wide dense': (g, initializer) => g.dense(g.input('x', [40]), { numHiddens: 160, initializer }),
  conv2d: (g, initializer) => g.conv2d(g.input('x', [16, 8, 8]), { numChannels: 48, kernelSize: 3, initializer }),
  'conv2d in groups': (g, initializer) => g.conv2d(g.input('x', [32, 8, 8]), { numChannels: 64, groups: 4, kernelSize: 4, initializer }),
  conv1d: (g, initializer) => g.conv1d(g.input('x', [9, 32]), { numChannels: 40, kernelSize: 5, initializer }),
  convTranspose2d: (g, initializer) =>
    g.convTranspose2d(g.input('x', [24, 4, 4]), { numChannels: 24, kernelSize: 4, stride: 2, padding: 1, initializer }),
  embedding: (g, initializer) =>
    g.embedding(g.input('x', { shape: [5], dtype: 'i32', classes: 90 }), { numTokens: 90, numHiddens: 70, initializer }),
  lstm: (g, initializer) => g.lstm(g.input('x', [4, 60]), { numHiddens: 32, initializer }).y,
}

const documentOf = (build: (g: GraphBuilder) => Handle): GraphDocument => {
  const g = graph('Start', { training: { batchSize: 2 } })
  build(g)
  return g.document()
}
const others: Readonly<Record<string, (g: GraphBuilder) => Handle>> = {
  'batch normalisation': (g) => g.batchNorm(g.input('x', [4])),
  'layer normalisation': (g) => g.layerNorm(g.input('x', [4])),
  'a rectifier that learns': (g) => g.prelu(g.input('x', [4]), { start: 0.1 }),
  landmarks: (g) => g.rbfKernel(g.input('x', [64]), { numLandmarks: 64, spread: 3 }),
  'shared weights': (g) => {
    const x = g.dense(g.input('x', [64]), { id: 'first', numHiddens: 64, initializer: 'he' })
    return g.dense(x, { numHiddens: 64, sharesWith: 'first' })
  },
}
const rows = [
  ...Object.entries(shapes).flatMap(([name, build]) =>
    kinds.map((initializer) => ({
      title: `${name}, ${initializer.kind}`,
      initializer,
      document: documentOf((g) => build(g, initializer)),
    })),
  ),
  ...Object.entries(others).map(([title, build]) => ({ title, initializer: undefined, document: documentOf(build) })),
]

const mean = (values: ArrayLike<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length
const moment = (values: ArrayLike<number>, power: number): number => {
  const middle = mean(values)
  return mean(Array.from(values, (value) => Math.abs(value - middle) ** power)) ** (1 / power)
}

/** Lengths of rows or columns, whichever are fewer, and the largest product of two of them. */
function angles(values: ArrayLike<number>, rowCount: number): { lengths: number[]; largest: number } {
  const columns = values.length / rowCount
  const isWide = rowCount <= columns
  const [count, length] = isWide ? [rowCount, columns] : [columns, rowCount]
  const at = (k: number, i: number) => values[isWide ? k * columns + i : i * columns + k] ?? 0
  const product = (a: number, b: number) => Array.from({ length }, (_, i) => at(a, i) * at(b, i)).reduce((sum, value) => sum + value, 0)
  const lengths = Array.from({ length: count }, (_, k) => Math.sqrt(product(k, k)))
  const pairs = Array.from({ length: Math.min(count - 1, 20) }, (_, k) => Math.abs(product(k, k + 1)))
  return { lengths, largest: Math.max(...pairs) }
}

describeWithTorch('the first weights of exports for PyTorch', () => {
  let answers: readonly ExportedAnswer[] = []
  beforeAll(() => {
    answers = runExported(rows.map(({ document }) => ({ document, weights: {}, inputs: {}, training: true, isFresh: true })))
  }, 300_000)

  it.each(rows.map((row, i) => ({ ...row, i })))('C2: $title', ({ document, initializer, i }) => {
    const { error, state = {} } = answers[i] as ExportedAnswer
    expect(error).toBeUndefined()
    const drawn = Object.fromEntries(initializeWeights(unwrap(shape(document)), 1))
    for (const { name, shape: extents, data } of pytorchWeights(document, drawn)) {
      const given = state[name] ?? []
      expect(given.length, name).toBe(data.length)
      const isRandom = moment(data, 2) > 1e-6 && initializer?.kind !== 'bilinear'
      if (!isRandom) {
        expectAllClose(given, data, 1e-6, name, 1)
        continue
      }
      // Of n numbers a deviation is known to one part in √(2n), a mean to a deviation by √n: four times that.
      const size = moment(data, 2)
      const spread = 4 / Math.sqrt(data.length)
      expect(Math.abs(mean(given) - mean(data)), `${name}, mean`).toBeLessThan(2 * spread * size)
      expect(Math.abs(moment(given, 2) / size - 1), `${name}, deviation`).toBeLessThan(spread)
      // A uniform distribution and a normal one of the same deviation differ by 13 % in this.
      expect(Math.abs(moment(given, 4) / moment(data, 4) - 1), `${name}, fourth moment`).toBeLessThan(2 * spread)
      if (initializer?.kind !== 'orthogonal') continue
      const { lengths, largest } = angles(given, extents[0] ?? 1)
      for (const length of lengths) expect(length).toBeCloseTo(1.5, 6)
      expect(largest).toBeLessThan(1e-6)
    }
  })
})

describe('what a file says of first weights', () => {
  it('every initialiser has its own call', () => {
    const calls = kinds.map(
      (initializer) => /\n {8}(.*\(w.*)/.exec(exportPyTorch(documentOf((g) => shapes.conv2d?.(g, initializer) as Handle)).source)?.[1],
    )
    expect(calls).not.toContain(undefined)
    expect(new Set(calls).size).toBe(kinds.length)
  })

  it('where PyTorch begins in the same way nothing is said', () => {
    expect(exportPyTorch(documentOf((g) => g.batchNorm(g.input('x', [4])))).source).not.toContain('initialize')
  })
})
