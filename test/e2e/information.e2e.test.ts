/** J1 in the editor: the information pane on data given and built in; every number on the screen is the engine's. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ColumnTable } from '../../engine/datasets/columns/column'
import { readColumns } from '../../engine/datasets/columns/csv-columns'
import { openColumns } from '../../engine/datasets/columns/open'
import { measureTable, partsOf } from '../../engine/information/measure-table'
import type { InformationReport, Variable, VariableRequest } from '../../engine/information/report'
import { formatBits } from '../../engine/information/shown'
import { templates } from '../../templates/registry'
import { memoryFiles } from '../datasets/memory-files'
import { type App, button, eventually, missing, openApp, openTemplate, screenshot, visit } from './support'

let app: App
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netloom-information-'))
  if (!missing) app = await openApp()
})
afterAll(async () => {
  await app?.close()
  rmSync(folder, { recursive: true })
})
beforeEach(({ skip }) => {
  if (missing) skip(missing)
})

/** Where three sorts of tree grow, and how high. */
const trees = `place,height,bare,sort\n${Array.from({ length: 240 }, (_, i) => {
  const sort = ['ash', 'birch', 'fir'][i % 3] ?? ''
  const place = sort === 'fir' ? 'hill' : ['hill', 'river', 'town'][(i * 7 + Math.floor(i / 3)) % 3]
  return `${place},${(4 + ((i * 37) % 101) / 10 + (i % 3) * 3).toFixed(1)},${sort !== 'fir'},${sort}`
}).join('\n')}\n`

function fileOf(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

const document = templates.get('mlp')?.create({})
if (!document) throw new Error('there is no template mlp')
const { seed, validationSplit } = document.training

/** The report on a table, some of which the editor's document holds out. */
function reportOn(table: ColumnTable, x: VariableRequest, y: VariableRequest): InformationReport {
  const parts = partsOf(table, validationSplit, seed)
  return measureTable(table, parts && { parts }, { x, y, name: 'the table' })
}

const anything: VariableRequest = { bins: 'auto' }

async function ofTrees(x = anything, y = anything): Promise<InformationReport> {
  const files = memoryFiles('trees.csv', { 'trees.csv': trees })
  const table = await readColumns(files, 'trees.csv', new TextEncoder().encode(trees).length, '')
  return reportOn(table, x, y)
}

async function openPane(page: Page): Promise<void> {
  await openTemplate(page, 'Multilayer perceptron')
  await page.getByRole('tab', { name: 'Information' }).click()
}

async function look(page: Page, file: string, by = 'CSV …'): Promise<void> {
  const chooser = page.waitForEvent('filechooser')
  await button(page, by).click()
  await (await chooser).setFiles([file])
}

const textsOf = (page: Page, selector: string): Promise<string[]> => page.locator(selector).allTextContents()

/** All figures by name, in the list and on the bars. */
async function figures(page: Page): Promise<Record<string, string>> {
  const entries = await page
    .locator('data[data-measure]')
    .evaluateAll((all) => all.map((one) => [one.getAttribute('data-measure'), one.textContent]))
  return Object.fromEntries(entries)
}

function expectedFigures({ x, y, joint }: InformationReport): Record<string, string> {
  const shift = (letter: string, variable: Variable | undefined) =>
    variable?.shift ? { [`${letter}-shift-forward`]: variable.shift.forward, [`${letter}-shift-backward`]: variable.shift.backward } : {}
  const bits = {
    x: x.entropy,
    ...(y &&
      joint && {
        y: y.entropy,
        joint: joint.entropy,
        'x-given-y': joint.xGivenY,
        'y-given-x': joint.yGivenX,
        mutual: joint.mutual,
        chance: joint.chance,
        ...(joint.relative && { 'x-to-y': joint.relative.forward, 'y-to-x': joint.relative.backward }),
      }),
    ...shift('x', x),
    ...shift('y', y),
  }
  return Object.fromEntries(Object.entries(bits).map(([name, value]) => [name, formatBits(value)]))
}

async function expectDistribution(page: Page, letter: 'X' | 'Y', { categories, probabilities, selfInformation }: Variable): Promise<void> {
  const rows = page.getByRole('table', { name: `Distribution of ${letter}` }).locator('tbody tr')
  const shown = await rows.evaluateAll((all) => all.map((row) => [...row.children].map((cell) => cell.textContent)))
  expect(shown).toEqual(categories.map((name, i) => [name, (probabilities[i] ?? 0).toFixed(4), formatBits(selfInformation[i] ?? 0)]))
}

/** Everything the pane shows of two columns, in all three views. */
async function expectReport(page: Page, report: InformationReport): Promise<void> {
  const { x, y, joint } = report
  if (!y || !joint) throw new Error('the report has but one column')
  const named = () => textsOf(page, '.information-distribution thead th:first-child')
  await expect.poll(async () => [await figures(page), await named()]).toEqual([expectedFigures(report), [`X ${x.column}`, `Y ${y.column}`]])
  await expectDistribution(page, 'X', x)
  await expectDistribution(page, 'Y', y)
  const cells = () => textsOf(page, '.information-grid td')
  const view = (name: string) => page.locator('.information-head').getByRole('button', { name, exact: true }).click()
  await view('Probabilities')
  expect(await cells()).toEqual(joint.probabilities.map((p) => p.toFixed(4)))
  await view('PMI')
  expect(await cells()).toEqual(joint.pointwise.map(formatBits))
  await view('Counts')
  expect(await cells()).toEqual(joint.counts.map(String))
  expect(await textsOf(page, '.information-grid tbody th')).toEqual([...x.categories])
  expect((await textsOf(page, '.information-grid thead th')).slice(1)).toEqual([...y.categories])
  // The bars are to scale, and say the same.
  const width = async (id: string) => (await page.locator(`.information-share.is-${id}`).boundingBox())?.width ?? 0
  const whole = await width('joint')
  const expected = { x: x.entropy, y: y.entropy, mutual: joint.mutual, 'x-given-y': joint.xGivenY, 'y-given-x': joint.yGivenX }
  for (const [id, bits] of Object.entries(expected)) {
    expect((await width(id)) / whole).toBeCloseTo(bits / joint.entropy, 2)
    expect(await page.locator(`.information-share.is-${id}`).getAttribute('title')).toContain(formatBits(bits))
  }
}

describe('J1: the information pane', () => {
  test('J1: measures a CSV file that no network could be trained on, and leaves the document alone', async () => {
    const { page, complaints } = await visit(app.browser, app.url)
    await openPane(page)
    await look(page, fileOf('trees.csv', trees))
    await page.getByText('240 rows', { exact: true }).waitFor()
    await expectReport(page, await ofTrees())
    await screenshot(page, 'information-dark')

    await page.getByLabel('Variable X').selectOption('bare')
    await page.getByLabel('Variable Y').selectOption('place')
    await expectReport(page, await ofTrees({ column: 'bare', bins: 'auto' }, { column: 'place', bins: 'auto' }))
    await button(page, 'Swap X and Y').click()
    await expectReport(page, await ofTrees({ column: 'place', bins: 'auto' }, { column: 'bare', bins: 'auto' }))

    await page.getByLabel('Variable X').selectOption('height')
    await expectReport(page, await ofTrees({ column: 'height', bins: 'auto' }, { column: 'bare', bins: 'auto' }))
    await page.getByLabel('How X is counted').selectOption('quantile 5')
    await expectReport(page, await ofTrees({ column: 'height', bins: { count: 5, by: 'quantile' } }, { column: 'bare', bins: 'auto' }))

    // The keys move on where the table goes on.
    await page.getByLabel('How X is counted').selectOption('width 24')
    await eventually(async () => (await page.locator('.information-grid tbody tr').count()) === 24)
    await page.locator('.information-grid').focus()
    for (let row = 0; row < 24; row++) await page.keyboard.press('ArrowDown')
    const [cell, box] = [
      await page.locator('.information-grid .is-current').boundingBox(),
      await page.locator('.information-grid').boundingBox(),
    ]
    if (!cell || !box) throw new Error('no cell is current')
    expect(cell.y).toBeGreaterThan(box.y)
    expect(cell.y + cell.height).toBeLessThanOrEqual(box.y + box.height + 1)

    // The same column twice: all of it is shared, and its distribution is its own.
    await page.getByLabel('How X is counted').selectOption('quantile 5')
    await page.getByLabel('Variable Y').selectOption('height')
    await page.getByLabel('How Y is counted').selectOption('quantile 5')
    const same: VariableRequest = { column: 'height', bins: { count: 5, by: 'quantile' } }
    await expectReport(page, await ofTrees(same, same))
    expect((await figures(page))['x-to-y']).toBe('0.0000')
    expect(await button(page, 'Undo').isDisabled()).toBe(true)
    expect(complaints).toEqual([])
  })

  test('J1: cells are reached by keyboard; built-in words, in Chinese and light', async () => {
    const { page, complaints } = await visit(app.browser, app.url, { theme: 'light', language: 'zh' })
    await openTemplate(page, '多层感知机')
    await page.getByRole('tab', { name: '信息量' }).click()
    // Of images only the label can be counted.
    await page.getByText('只有一列').waitFor()
    const digits = reportOn(await openColumns({ kind: 'digits', params: {} }, () => undefined, seed), anything, anything)
    await eventually(async () => (await figures(page)).x === formatBits(digits.x.entropy))
    expect(await figures(page)).toEqual(expectedFigures(digits))

    await page.getByLabel('要度量的数据').selectOption('weather')
    const weather = reportOn(await openColumns({ kind: 'weather', params: {} }, () => undefined, seed), anything, anything)
    await eventually(async () => (await figures(page)).mutual === formatBits(weather.joint?.mutual ?? 0))
    expect(await figures(page)).toEqual(expectedFigures(weather))
    await page.locator('.information-grid').focus()
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowUp']) await page.keyboard.press(key)
    const sentence = await page.locator('.information-cell').textContent()
    expect(sentence).toBe(
      `sunny 且 yes：${weather.joint?.counts[1]} 行，p = ${weather.joint?.probabilities[1]?.toFixed(4)}，点互信息 ${formatBits(weather.joint?.pointwise[1] ?? 0)} 比特`,
    )
    expect(await page.locator('.information-grid .is-current').textContent()).toBe(String(weather.joint?.counts[1]))
    expect(await page.locator('.information-measures .katex').count()).toBe(Object.keys(expectedFigures(weather)).length)
    await screenshot(page, 'information-light-zh')
    expect(complaints).toEqual([])
  })

  test('J1: text is counted token by token, as a picture; what cannot be counted says what to do', async () => {
    const { page, complaints } = await visit(app.browser, app.url)
    await openTemplate(page, 'GRU language model')
    await page.getByRole('tab', { name: 'Information' }).click()
    await page.locator('.information-picture canvas').waitFor()
    await page.locator('.information-picture').focus()
    await page.keyboard.press('ArrowDown')
    expect(await page.locator('.information-cell').textContent()).toMatch(/^␣ & ␣: \d+ rows/)

    await look(page, fileOf('ragged.csv', 'a,b,c\nx,y,z\nx,y\n'))
    await page.getByText('ragged.csv, line 3: expected 3 columns, got 2.').waitFor()
    const many = `id,kind\n${Array.from({ length: 300 }, (_, i) => `no ${i},${i % 2}`).join('\n')}\n`
    await look(page, fileOf('many.csv', many))
    await page.getByText('300 rows', { exact: true }).waitFor()
    expect(await page.getByLabel('Variable X').locator('option:disabled').allTextContents()).toEqual(['id (too many values)'])
    await page.getByText('One column', { exact: true }).waitFor()
    await look(page, fileOf('names.csv', `name\n${Array.from({ length: 300 }, (_, i) => `no ${i}`).join('\n')}\n`))
    await page.getByText('merge rare values in the file').waitFor()
    // Back to the network's own data.
    await page.getByLabel('Data to measure').selectOption('')
    await page.locator('.information-picture canvas').waitFor()
    expect(complaints).toEqual([])
  })
})

test('a table of words that cannot be trained on is one click from here', async () => {
  const { page, complaints } = await visit(app.browser, app.url)
  await openTemplate(page, 'Multilayer perceptron')
  await page.getByRole('tab', { name: 'Data' }).click()
  await look(page, fileOf('trees.csv', trees), 'Files …')
  await page.getByText('This data cannot be used').waitFor()
  await screenshot(page, 'data-words')
  await button(page, 'See its columns in Information').click()
  const report = await ofTrees()
  await expect.poll(() => figures(page)).toEqual(expectedFigures(report))
  expect(await page.locator('.information-source select option:checked').textContent()).toBe('trees.csv')
  await screenshot(page, 'information-of-words')
  expect(complaints).toEqual([])
})
