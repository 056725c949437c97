/**
 * @file Every setting of training, out of the specifications themselves: its field explains it in a sentence, what a person enters stands in the stored
 * document and in the exported TypeScript, Mod+Z takes it back, and a reload finds it again. A new setting without a form fails here.
 */
import { isDeepStrictEqual } from 'node:util'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { augmentationSpecs } from '../../engine/document/augmentation-specs'
import type { GraphDocument } from '../../engine/document/schema'
import { groupNames, trainingGroups } from '../../engine/document/training-groups'
import { trainingSpecs } from '../../engine/document/training-specs'
import { exportTypeScript } from '../../engine/export/typescript'
import { initializerSpec } from '../../engine/layers/kit/affine'
import { nodeSettings } from '../../engine/layers/kit/node-settings'
import { type ParamSpec, type ParamSpecs, type Variant, variantOf } from '../../engine/layers/kit/params'
import { methods } from '../../engine/optimizers/registry'
import { schedules } from '../../engine/schedules/registry'
import { inspectorWords } from '../../renderer/i18n/inspector-words'
import { labelledShareSpec, scaleTargetSpec, scalingSpec } from '../../renderer/panels/dock/data-specs'
import { storedDocument } from './drafts'
import { type App, button, eventually, missing, openApp, openTemplate, screenshot, visit } from './support'

let app: App
let page: Page
let complaints: readonly string[]

beforeAll(async () => {
  if (missing) return
  app = await openApp()
  ;({ page, complaints } = await visit(app.browser, app.url))
  page.setDefaultTimeout(10_000)
  await openTemplate(page, 'XOR network')
})
afterAll(() => app?.close())
beforeEach(({ skip }) => {
  if (missing) skip(missing)
})

/** Off until a switch beside another label is on. */
const switches: Readonly<Record<string, string>> = { clipNorm: 'Clip gradients', averaging: 'Average the weights' }

const inspector = () => page.getByRole('region', { name: 'Inspector' })
const field = (spec: ParamSpec) => inspector().getByLabel(spec.label.en, { exact: true })

async function openFolds(): Promise<void> {
  const folds = inspector().locator('.form-more[aria-expanded=false]')
  while ((await folds.count()) > 0) await folds.first().click()
}

const isOneSentence = (text: string | undefined): boolean => text !== undefined && text.length > 5 && /[.。?？]$/.test(text)

/** A number that is allowed and differs from both the default and what the field shows. */
function another(spec: ParamSpec, shown: string): number {
  if (spec.type !== 'int' && spec.type !== 'float') throw new Error(`${spec.label.en} is no number`)
  const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = spec
  const candidates = spec.type === 'int' ? [3, 7, 11] : [0.25, 0.5, 0.75, 2, 3]
  const found = candidates.find((value) => value > min && value <= max && value !== spec.default && String(value) !== shown)
  if (found === undefined) throw new Error(`no other value for ${spec.label.en}`)
  return found
}

/** Changes a field the way a person does. Returns what the document should hold. */
async function enter(spec: ParamSpec): Promise<unknown> {
  const control = field(spec)
  await control.scrollIntoViewIfNeeded()
  if (spec.type === 'bool') {
    const was = (await control.getAttribute('aria-checked')) === 'true'
    await control.click()
    return !was
  }
  const shown = await control.inputValue()
  if (spec.type === 'choice' || spec.type === 'text') {
    // What can be chosen of a text is known once the engine has said so.
    const others = control.locator(`option:not([value="${shown}"])`)
    await others.first().waitFor({ state: 'attached' })
    const value = await others.first().getAttribute('value')
    await control.selectOption(value)
    return value
  }
  const value = another(spec, shown)
  await control.fill(String(value))
  await control.press('Enter')
  return value
}

const settled = (holds: (document: GraphDocument) => boolean) =>
  eventually(async () => {
    const document = await storedDocument(page)
    return document !== undefined && holds(document)
  })

const printed = (name: string, value: unknown): string => `${name}: ${typeof value === 'string' ? `'${value}'` : value}`

/** One change: explained, stored, exported, taken back. */
async function checkSetting(name: string, spec: ParamSpec, read: (document: GraphDocument) => unknown): Promise<void> {
  expect(isOneSentence(spec.help?.en) && isOneSentence(spec.help?.zh), `${name} is explained in both languages`).toBe(true)
  const before = await storedDocument(page)
  expect(await field(spec).getAttribute('aria-description'), name).toContain(spec.help?.en)
  const value = await enter(spec)
  await settled((document) => read(document) === value)
  const document = await storedDocument(page)
  expect(document && exportTypeScript(document), name).toMatch(new RegExp(`\\b${printed(name, value)}\\b|\\b${printed(name, value)}`))
  await page.keyboard.press('Control+z')
  await settled((after) => isDeepStrictEqual(after, before))
}

/** After a reload the forms show what was entered, and the document is the same. */
async function reloaded(values: readonly (readonly [ParamSpec, unknown])[], openForms: () => Promise<void>): Promise<void> {
  const before = await storedDocument(page)
  await page.reload()
  await page.locator('.react-flow__node').first().waitFor()
  await openForms()
  for (const [spec, value] of values) {
    const control = field(spec)
    const shown = spec.type === 'bool' ? (await control.getAttribute('aria-checked')) === 'true' : await control.inputValue()
    expect(shown, spec.label.en).toBe(spec.type === 'bool' ? value : String(value))
  }
  expect(await storedDocument(page)).toEqual(before)
}

async function anotherTemplate(title: string): Promise<void> {
  await page.getByRole('button', { name: 'Templates' }).click()
  await openTemplate(page, title)
  await settled(({ name }) => name === title)
}

const choose = async (label: string, kind: string): Promise<void> => {
  await inspector().getByLabel(label, { exact: true }).selectOption(kind)
}

describe('plain settings', () => {
  test.each(Object.entries(trainingSpecs as ParamSpecs))('%s', async (name, spec) => {
    await openFolds()
    const label = switches[name]
    if (label !== undefined) {
      await inspector().getByRole('switch', { name: label }).click()
      await settled(({ training }) => name in training)
    }
    await checkSetting(name, spec, ({ training }) => (training as Record<string, unknown>)[name] ?? spec.default)
    if (label === undefined) return
    await page.keyboard.press('Control+z')
    await settled(({ training }) => !(name in training))
  })
})

describe('methods', () => {
  test.each([...methods.values()])('$kind', async ({ kind, title, summary, params }) => {
    expect(isOneSentence(summary.en) && isOneSentence(summary.zh) && title.zh !== '', kind).toBe(true)
    const before = await storedDocument(page)
    if (before?.training.optimizer.kind !== kind) await choose('Optimiser', kind)
    await inspector().getByText(summary.en).waitFor()
    await settled(({ training }) => training.optimizer.kind === kind)
    for (const [name, spec] of Object.entries(params)) {
      await openFolds()
      await checkSetting(name, spec, ({ training }) => training.optimizer.params[name] ?? spec.default)
    }
    const chosen = await storedDocument(page)
    expect(chosen && exportTypeScript(chosen)).toContain(`'${kind}'`)
    if (isDeepStrictEqual(chosen, before)) return
    await inspector().getByLabel('Optimiser').press('Control+z')
    await settled((after) => isDeepStrictEqual(after, before))
  })
})

describe('schedules', () => {
  test.each([...schedules.values()].filter(({ kind }) => kind !== 'constant'))('$kind', async ({ kind, summary, params }) => {
    expect(isOneSentence(summary.en) && isOneSentence(summary.zh), kind).toBe(true)
    const before = await storedDocument(page)
    await choose('Rate schedule', kind)
    await inspector().getByText(summary.en).waitFor()
    await settled(({ training }) => training.schedule?.kind === kind)
    for (const [name, spec] of Object.entries(params)) {
      await openFolds()
      await checkSetting(name, spec, ({ training }) => training.schedule?.params[name] ?? spec.default)
    }
    const chosen = await storedDocument(page)
    expect(chosen && exportTypeScript(chosen)).toContain(`schedule: '${kind}'`)
    await inspector().getByLabel('Rate schedule').press('Control+z')
    await settled((after) => isDeepStrictEqual(after, before))
  })
})

describe('groups', () => {
  test.each(groupNames)('%s', async (group) => {
    const { label, help, specs } = trainingGroups[group]
    expect(isOneSentence(help.en) && isOneSentence(help.zh), group).toBe(true)
    const before = await storedDocument(page)
    await inspector().getByRole('switch', { name: label.en, exact: true }).click()
    await inspector().getByText(help.en).waitFor()
    await settled(({ training }) => training[group] !== undefined)
    for (const [name, spec] of Object.entries(specs as ParamSpecs))
      await checkSetting(name, spec, ({ training }) => (training[group] as Record<string, unknown> | undefined)?.[name] ?? spec.default)
    await page.keyboard.press('Control+z')
    await settled((after) => isDeepStrictEqual(after, before))
  })
})

test('all plain settings and groups at once outlive a reload', async () => {
  await openFolds()
  for (const label of Object.values(switches)) await inspector().getByRole('switch', { name: label }).click()
  const values: [ParamSpec, unknown][] = []
  for (const spec of Object.values(trainingSpecs as ParamSpecs)) values.push([spec, await enter(spec)])
  for (const group of groupNames) {
    await inspector().getByRole('switch', { name: trainingGroups[group].label.en, exact: true }).click()
    for (const spec of Object.values(trainingGroups[group].specs as ParamSpecs)) values.push([spec, await enter(spec)])
  }
  await screenshot(page, 'every-setting')
  await settled(({ training }) => training.ensemble?.bootstrap === false)
  await reloaded(values, openFolds)
})

/** What the inspector shows of a node. */
const openNode = async (id: string): Promise<void> => {
  await page.locator(`.react-flow__node[data-id="${id}"]`).click()
  await openFolds()
}
type StoredNode = Readonly<Record<string, unknown>> & GraphDocument['nodes'][number]
const nodeIn = ({ nodes }: GraphDocument, id: string): StoredNode => {
  const found = nodes.find((node) => node.id === id)
  if (!found) throw new Error(`the document has no ${id}`)
  return found
}

describe('settings of the weights of one layer', () => {
  test('two layers with weights of the same shape are there', async () => {
    await anotherTemplate('Multi-task learning')
    await openNode('naming')
  })
  const { tieStrength, ...plain } = nodeSettings
  const { sharesWith, sharesWithHint, tiedTo, tiedToHint } = inspectorWords.words

  test.each(Object.entries(plain as ParamSpecs))('%s', async (name, spec) => {
    await openFolds()
    await checkSetting(name, spec, (document) => {
      const own = nodeIn(document, 'naming')[name]
      return own ?? (name === 'l2Penalty' ? document.training.l2 : name === 'l1Penalty' ? document.training.l1 : spec.default)
    })
  })

  test.each([
    ['sharesWith', sharesWith, sharesWithHint],
    ['tiedTo', tiedTo, tiedToHint],
  ] as const)('%s', async (name, label, hint) => {
    const before = await storedDocument(page)
    await checkSetting(name, { type: 'text', label, help: hint, default: '' }, (document) => nodeIn(document, 'naming')[name] ?? '')
    expect(await storedDocument(page)).toEqual(before)
    if (name === 'sharesWith') return
    await choose(label.en, 'drawing')
    await settled((document) => nodeIn(document, 'naming').tiedTo === 'drawing')
    await checkSetting('tieStrength', tieStrength, (document) => nodeIn(document, 'naming').tieStrength ?? tieStrength.default)
    await page.keyboard.press('Control+z')
    await settled((after) => isDeepStrictEqual(after, before))
  })

  test('all of them outlive a reload', async () => {
    const values: [ParamSpec, unknown][] = []
    for (const spec of Object.values(plain as ParamSpecs)) values.push([spec, await enter(spec)])
    await choose(tiedTo.en, 'drawing')
    values.push([tieStrength, await enter(tieStrength)])
    await settled((document) => nodeIn(document, 'naming').tieStrength !== undefined)
    await reloaded(values, () => openNode('naming'))
    expect(await inspector().getByLabel(tiedTo.en, { exact: true }).inputValue()).toBe('drawing')
    await screenshot(page, 'every-weight-setting')
  })
})

describe('initial weights', () => {
  const read = (document: GraphDocument) => variantOf((nodeIn(document, 'naming').params.initializer ?? initializerSpec.default) as Variant)

  test.each(Object.keys(initializerSpec.options))('%s', async (kind) => {
    const before = await storedDocument(page)
    expect(isOneSentence(initializerSpec.help?.en) && isOneSentence(initializerSpec.help?.zh)).toBe(true)
    await choose(initializerSpec.label.en, kind)
    await settled((document) => read(document).kind === kind)
    const settings = Object.entries(initializerSpec.settings[kind] ?? {})
    for (const [name, spec] of settings) await checkSetting(name, spec, (document) => read(document).given[name] ?? spec.default)
    const chosen = await storedDocument(page)
    if (kind !== initializerSpec.default) expect(chosen && exportTypeScript(chosen)).toContain(printed('initializer', kind))
    const values: [ParamSpec, unknown][] = []
    for (const [, spec] of settings) values.push([spec, await enter(spec)])
    if (settings.length > 0) await reloaded(values, () => openNode('naming'))
    if (isDeepStrictEqual(chosen, before)) return
    await choose(initializerSpec.label.en, initializerSpec.default as string)
    await settled((document) => read(document).kind === initializerSpec.default)
  })
})

/** What a person enters, and what then stands in the document. */
const settingsOfData = [
  [scalingSpec, 'standardize', { standardize: true }],
  [scalingSpec, 'unit', { standardize: false, minMax: { low: 0, high: 1 } }],
  [scalingSpec, 'symmetric', { standardize: false, minMax: { low: -1, high: 1 } }],
  [scaleTargetSpec, true, { scaleTarget: true }],
  [labelledShareSpec, '0.25', { labelledShare: 0.25 }],
] as const

describe('settings of the data', () => {
  const pane = () => page.locator('.data-pane')
  const used = () => button(page, 'Use this data').click()

  test('a table of numbers is there', async () => {
    await anotherTemplate('XOR, linear model')
    await page.getByRole('tab', { name: 'Data' }).click()
    const chooser = page.waitForEvent('filechooser')
    await button(page, 'Files …').click()
    const rows = Array.from({ length: 30 }, (_, row) => `${row},${(row * 7) % 11},${row / 4}`)
    await (await chooser).setFiles({ name: 'numbers.csv', mimeType: 'text/csv', buffer: Buffer.from(['a,b,length', ...rows].join('\n')) })
    await page.getByText('30 samples').waitFor()
  })

  test.each(settingsOfData)('$label.en $1', async (spec, value, expected) => {
    const before = await storedDocument(page)
    expect(isOneSentence(spec.help?.en) && isOneSentence(spec.help?.zh)).toBe(true)
    const control = pane().getByLabel(spec.label.en, { exact: true })
    expect(await control.getAttribute('aria-description')).toContain(spec.help?.en)
    if (value === true) await control.click()
    else if ((await control.getAttribute('inputmode')) === null) await control.selectOption(value)
    else {
      await control.fill(value)
      await control.press('Enter')
    }
    await used()
    await settled(({ data }) => Object.entries(expected).every(([name, wanted]) => isDeepStrictEqual(Reflect.get(data, name), wanted)))
    const document = await storedDocument(page)
    expect(document && exportTypeScript(document)).toMatch(new RegExp(`${Object.keys(expected).at(-1)}: `))
    await page.keyboard.press('Control+z')
    await settled((after) => isDeepStrictEqual(after, before))
  })
})

describe('images changed at random', () => {
  test('are switched on', async () => {
    await anotherTemplate('LeNet')
    await page.getByRole('tab', { name: 'Data' }).click()
    await page.getByRole('switch', { name: 'Change images at random' }).click()
    await button(page, 'Use this data').click()
    await settled(({ data }) => data.augmentation !== undefined)
  })

  test('and say why grey ones cannot change in colour', async () => {
    const hue = page.locator('.data-pane').getByLabel(augmentationSpecs.hue.label.en, { exact: true })
    await hue.fill('0.25')
    await hue.press('Enter')
    await page.locator('.data-problems').getByText('colour').waitFor()
    await hue.fill('0')
    await hue.press('Enter')
    // Two by two pixels in three colours.
    const rows = Array.from({ length: 20 }, (_, row) => [...Array.from({ length: 12 }, (__, at) => (row * at) % 7), row % 2 ? 'a' : 'b'])
    const chooser = page.waitForEvent('filechooser')
    await button(page, 'Files …').click()
    await (await chooser).setFiles({
      name: 'colours.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from([[...'abcdefghijkl', 'kind'], ...rows].join('\n')),
    })
    await page.getByText('20 samples').waitFor()
    await page.locator('.data-pane').getByLabel('Image shape').fill('3×2×2')
    await page.locator('.data-pane').getByLabel('Image shape').press('Enter')
    await page.locator('.sample-image').first().waitFor()
    await page.getByRole('switch', { name: 'Change images at random' }).click()
    await button(page, 'Use this data').click()
    await settled(({ data }) => data.source.kind === 'csv')
  })

  test.each(Object.entries(augmentationSpecs as ParamSpecs))('%s', async (name, spec) => {
    expect(isOneSentence(spec.help?.en) && isOneSentence(spec.help?.zh), name).toBe(true)
    const before = await storedDocument(page)
    const control = page.locator('.data-pane').getByLabel(spec.label.en, { exact: true })
    const value = another(spec, await control.inputValue())
    await control.fill(String(value))
    await control.press('Enter')
    await button(page, 'Use this data').click()
    await settled(({ data }) => (data.augmentation as Record<string, unknown> | undefined)?.[name] === value)
    const document = await storedDocument(page)
    expect(document && exportTypeScript(document)).toContain(printed(name, value))
    await page.keyboard.press('Control+z')
    await settled((after) => isDeepStrictEqual(after, before))
  })

  test('and nothing of all this was complained about', () => expect(complaints).toEqual([]))
})
