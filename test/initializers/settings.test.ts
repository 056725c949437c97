/** @file C2 in the editor's terms: initialisers are chosen per layer with their settings, which survive the document, its code and its checks. */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { normalizeDocument } from '../../engine/document/normalize'
import { parseDocument } from '../../engine/document/parse'
import type { GraphDocument } from '../../engine/document/schema'
import { exportTypeScript } from '../../engine/export/typescript'
import { initializeWeights } from '../../engine/initializers/initialize'
import { initializers } from '../../engine/initializers/registry'
import { initializerSpec } from '../../engine/layers/kit/affine'
import type { Variant } from '../../engine/layers/kit/params'
import { inferShapes } from '../../engine/shapes/infer'

function withStart(initializer: Variant): GraphDocument {
  const g = graph('start')
  g.classify(g.relu(g.dense(g.input('features', [40]), { numHiddens: 50, initializer })), 3)
  return g.document()
}
const paramOf = (document: GraphDocument): unknown => document.nodes.find(({ kind }) => kind === 'dense')?.params.initializer
const problemsOf = (document: GraphDocument) => inferShapes(document).diagnostics.map(({ code, values }) => ({ code, values }))

const deviationOf = (document: GraphDocument): number => {
  const kernel = initializeWeights(inferShapes(document), 0).get('dense1.kernel') ?? new Float32Array()
  return Math.sqrt(kernel.reduce((sum, v) => sum + v * v, 0) / kernel.length)
}

it('every initialiser can be chosen, with every setting it has', () => {
  expect(Object.keys(initializerSpec.options)).toEqual([...initializers.keys()])
  for (const [kind, { params }] of initializers) expect(Object.keys(initializerSpec.settings[kind] ?? {})).toEqual(Object.keys(params))
})

it('the settings are what is drawn: the notes’ N(0, 1) beside the default', () => {
  expect(deviationOf(withStart({ kind: 'normal', deviation: 1 }))).toBeCloseTo(1, 1)
  expect(deviationOf(withStart('normal'))).toBeCloseTo(0.01, 3)
  expect(deviationOf(withStart({ kind: 'constant', value: 0.25 }))).toBeCloseTo(0.25, 6)
})

describe('in the document', () => {
  it('settings that equal their defaults go, and with the last of them the braces', () => {
    expect(paramOf(normalizeDocument(withStart({ kind: 'normal', deviation: 0.01, mean: 0 })))).toBe('normal')
    expect(paramOf(normalizeDocument(withStart({ kind: 'normal', deviation: 2, mean: -0 })))).toEqual({ kind: 'normal', deviation: 2 })
    expect(paramOf(normalizeDocument(withStart({ kind: 'xavier' })))).toBeUndefined()
  })
  it('they survive JSON and are written out as code', () => {
    const document = normalizeDocument(withStart({ kind: 'uniform', low: -1, high: 1 }))
    expect(parseDocument(JSON.stringify(document))).toMatchObject({ ok: true, value: document })
    expect(exportTypeScript(document)).toContain("initializer: { kind: 'uniform', low: -1, high: 1 }")
  })
})

describe('what cannot be is said', () => {
  it.each([
    ['nothing', /one of bilinear, /],
    [{ kind: 'nothing' }, /one of bilinear, /],
    [{ kind: 'normal', deviation: -1 }, /deviation: a number, at least 0/],
    [{ kind: 'normal', width: 1 }, /width: one of mean, deviation/],
    [{ kind: 'zeros', value: 1 }, /value: nothing \(leave it out\)/],
  ] as const)('%j', (initializer, expected) => {
    const [problem] = problemsOf(withStart(initializer))
    expect(problem).toMatchObject({ code: 'param.invalid', values: { param: 'initializer' } })
    expect(JSON.stringify(problem?.values.expected)).toMatch(expected)
  })
})
