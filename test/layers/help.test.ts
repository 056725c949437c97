/** @file Every setting of everything that can be chosen is explained, in whole sentences of each language. */
import { describe, expect, test } from 'vitest'
import type { Text } from '../../engine/core/text'
import { datasets } from '../../engine/datasets/registry'
import { trainingGroups } from '../../engine/document/training-groups'
import { trainingSpecs } from '../../engine/document/training-specs'
import { initializers } from '../../engine/initializers/registry'
import { texOf } from '../../engine/layers/kit/formula'
import { nodeSettings } from '../../engine/layers/kit/node-settings'
import type { ParamSpec, ParamSpecs } from '../../engine/layers/kit/params'
import { layers } from '../../engine/layers/kit/registry'
import { completeParams } from '../../engine/layers/kit/validate'
import { methods } from '../../engine/optimizers/registry'
import { schedules } from '../../engine/schedules/registry'

interface Row {
  readonly name: string
  readonly spec: ParamSpec
}

/** The settings of kinds that are chosen in a setting are settings too. */
const rowsOf = (owner: string, specs: ParamSpecs): readonly Row[] =>
  Object.entries(specs).flatMap(([param, spec]) => [
    { name: `${owner}.${param}`, spec },
    ...(spec.type === 'variant'
      ? Object.entries(spec.settings).flatMap(([kind, settings]) => rowsOf(`${owner}.${param}.${kind}`, settings))
      : []),
  ])

const all: Readonly<Record<string, readonly Row[]>> = {
  layers: [...layers.values()].flatMap(({ kind, params }) => rowsOf(kind, params)),
  'optimisers and solvers': [...methods].flatMap(([kind, { params }]) => rowsOf(kind, params)),
  schedules: [...schedules.values()].flatMap(({ kind, params }) => rowsOf(kind, params)),
  initialisers: [...initializers.values()].flatMap(({ kind, params }) => rowsOf(kind, params)),
  'data sets': [...datasets.values()].flatMap(({ kind, params }) => rowsOf(kind, params)),
  'every node': rowsOf('node', nodeSettings),
  training: rowsOf('training', trainingSpecs),
  'groups of training': Object.entries(trainingGroups).flatMap(([group, { specs }]) => rowsOf(group, specs)),
}

const CHINESE = '[\\u4e00-\\u9fff]'
/** ASCII punctuation beside a Chinese character; a point or a colon within numbers and names is none. */
const halfWidth = new RegExp(`${CHINESE}\\s*[,.;:?!]|[,;:?!]\\s*${CHINESE}`)

/** What is wrong with the words, if anything. */
function faultOf(help: Text | undefined): string | undefined {
  if (!help) return 'there is none'
  const { en, zh } = help
  if (!/^[^\u4e00-\u9fff]{14,}\.$/.test(en)) return `no English sentence: ${en}`
  if (!new RegExp(`${CHINESE}.*。$`).test(zh) || zh.length < 6) return `no Chinese sentence: ${zh}`
  if (halfWidth.test(zh)) return `half-width punctuation: ${zh}`
  return undefined
}

describe.each(Object.entries(all))('of %s', (_owner, rows) => {
  test(`all ${rows.length} settings are explained in both languages`, () => {
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.flatMap(({ name, spec }) => faultOf(spec.help)?.replace(/^/, `${name}: `) ?? [])).toEqual([])
  })
})

test('formulas of training methods, schedules and initialisers hold no words of one language', () => {
  const chosen = [...methods.values()].map(({ params, formula }) => texOf(formula, completeParams(params, {}).params))
  const formulas = [...chosen, ...[...schedules.values(), ...initializers.values()].map(({ formula }) => formula)]
  expect(formulas.filter((tex) => /\\text\b/.test(tex))).toEqual([])
})

test('A7: a formula is that of what was chosen', () => {
  const formulaOf = (kind: string, given: Readonly<Record<string, unknown>>) => {
    const layer = layers.get(kind)
    if (!layer) throw new Error(`there is no layer ${kind}`)
    const { params } = completeParams(layer.params, given)
    return [layer.formula, layer.derivative ?? ''].map((formula) => texOf(formula, params)).join(' ; ')
  }
  expect(formulaOf('meanSquaredError', {})).toMatch(/\\frac\{1\}\{n\}.*\\frac\{2\}\{n\}/)
  expect(formulaOf('meanSquaredError', { half: true })).toMatch(/\\frac\{1\}\{2n\}.*\\frac\{1\}\{n\}/)
  expect(formulaOf('hinge', { squared: true })).toContain('^2')
  expect(formulaOf('activityPenalty', { norm: 'l2' })).not.toContain('|')
  expect(formulaOf('binaryCrossEntropy', { reduction: 'sum' })).toMatch(/\\frac\{1\}\{N\}.*\\frac\{1\}\{N\}/)
})
