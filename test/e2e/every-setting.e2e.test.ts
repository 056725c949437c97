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
import { nodeSettings } from '../../engine/layers/kit/node-settings'
import type { ParamSpec, ParamSpecs } from '../../engine/layers/kit/params'
import { methods } from '../../engine/optimizers/registry'
import { schedules } from '../../engine/schedules/registry'
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
  const before = await storedDocument(page)
  await page.reload()
  await page.locator('.react-flow__node').first().waitFor()
  await openFolds()
  for (const [spec, value] of values) {
    const control = field(spec)
    const shown = spec.type === 'bool' ? (await control.getAttribute('aria-checked')) === 'true' : await control.inputValue()
    expect(shown, spec.label.en).toBe(spec.type === 'bool' ? value : String(value))
  }
  expect(await storedDocument(page)).toEqual(before)
})

describe('settings of the weights of one layer', () => {
  beforeAll(async () => {
    if (!missing) await page.locator('.react-flow__node[data-id="dense1"]').click()
  })
  const { tieStrength: _, ...plain } = nodeSettings

  test.each(Object.entries(plain as ParamSpecs))('%s', async (name, spec) => {
    await openFolds()
    await checkSetting(name, spec, ({ nodes, training }) => {
      const own = (nodes.find(({ id }) => id === 'dense1') as Record<string, unknown> | undefined)?.[name]
      return own ?? (name === 'l2Penalty' ? training.l2 : name === 'l1Penalty' ? training.l1 : spec.default)
    })
  })
})

describe('images changed at random', () => {
  test('are switched on', async () => {
    await page.getByRole('button', { name: 'Templates' }).click()
    await openTemplate(page, 'LeNet')
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
