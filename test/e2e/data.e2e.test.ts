/** Data of one's own, from the data panel into the network: a small table made here, and real digits where they lie beside the project. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type App, button, currentStep, eventually, missing, openApp, openTemplate, screenshot, visit } from './support'

const digits = fileURLToPath(new URL('../../../shared/data/optdigits', import.meta.url))
let app: App
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'netloom-data-'))
  if (!missing) app = await openApp()
})
afterAll(async () => {
  await app?.close()
  rmSync(folder, { recursive: true })
})
beforeEach(({ skip }) => {
  if (missing) skip(missing)
})

/** Two features that tell two kinds of flower apart. */
function flowers(): string {
  const rows = Array.from({ length: 200 }, (_, i) => {
    const rose = i % 2
    return `${(rose * 3 + ((i * 37) % 17) / 10).toFixed(2)},${(200 + rose * 90 + ((i * 53) % 31)).toFixed(1)},${rose ? 'rose' : 'tulip'}`
  })
  const file = join(folder, 'flowers.csv')
  writeFileSync(file, `petal,height,flower\n${rows.join('\n')}\n`)
  return file
}

async function chooseFiles(page: Page, files: readonly string[]): Promise<void> {
  await page.getByRole('tab', { name: 'Data' }).click()
  const chooser = page.waitForEvent('filechooser')
  await button(page, 'Files …').click()
  await (await chooser).setFiles([...files])
}

const accuracy = async (page: Page): Promise<number> => {
  const shown = page.getByText('Validation accuracy', { exact: true }).locator('xpath=following-sibling::dd')
  return Number.parseFloat((await shown.textContent()) ?? '0')
}

test('a table is recognised, previewed, taken into the network in one undoable step, and learned', async () => {
  const { page, complaints } = await visit(app.browser, app.url)
  await openTemplate(page, 'Multilayer perceptron')
  await chooseFiles(page, [flowers()])
  await page.getByText('200 samples').waitFor()
  await page.getByRole('columnheader', { name: 'petal' }).waitFor()
  await page.getByRole('cell', { name: 'rose' }).first().waitFor()
  await screenshot(page, 'data-csv')
  await button(page, 'Use this data').click()
  await page.getByText('In use').waitFor()
  // Two classes now, ten scores still: the editor says so and mends it in a click.
  await page.getByRole('tab', { name: 'Problems' }).click()
  await page.getByRole('tabpanel').getByRole('button', { name: /2/ }).first().click()
  await eventually(() => button(page, 'Train').isEnabled())
  await page.getByRole('tab', { name: 'Training' }).click()
  await button(page, 'Train').click()
  await eventually(async () => (await accuracy(page)) >= 95)
  await screenshot(page, 'data-csv-trained')
  // A reload keeps network and data, and both can be trained at once.
  await page.reload()
  await eventually(() => button(page, 'Train').isEnabled())
  await page.getByRole('tab', { name: 'Data' }).click()
  await page.getByText('200 samples').waitFor()
  await page.getByRole('tab', { name: 'Training' }).click()
  await button(page, 'Train').click()
  await eventually(async () => (await accuracy(page)) >= 95)
  expect(complaints).toEqual([])
})

test('files that are no data are refused with a reason', async () => {
  const file = join(folder, 'notes.pdf')
  writeFileSync(file, '%PDF-1.7 not data\n')
  const { page, complaints } = await visit(app.browser, app.url)
  await openTemplate(page, 'Multilayer perceptron')
  await chooseFiles(page, [file])
  await page.getByText('This data cannot be used').waitFor()
  expect(await button(page, 'Use this data').count()).toBe(0)
  expect(complaints).toEqual([])
})

test('handwritten digits from disk are learned by the MLP to 94 %, validated on their own file', async ({ skip }) => {
  if (!existsSync(digits)) skip('../shared/data/optdigits is not there')
  const { page, complaints } = await visit(app.browser, app.url)
  await openTemplate(page, 'Multilayer perceptron')
  await chooseFiles(page, [join(digits, 'optdigits.tra.csv'), join(digits, 'optdigits.tes.csv')])
  await page.getByText('3,823 samples').waitFor()
  await page.getByText('optdigits.tes.csv').waitFor()
  await screenshot(page, 'data-optdigits')
  await button(page, 'Use this data').click()
  await page.getByText('In use').waitFor()
  await page.getByRole('tab', { name: 'Training' }).click()
  await eventually(() => button(page, 'Train').isEnabled())
  await button(page, 'Train').click()
  await eventually(async () => (await currentStep(page)) > 0)
  await eventually(async () => (await accuracy(page)) >= 94, 60_000)
  await screenshot(page, 'optdigits-trained')
  expect(complaints).toEqual([])
})
