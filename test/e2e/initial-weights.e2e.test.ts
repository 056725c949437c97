/** C2 in the editor: a layer's initial weights with their settings, in the form, in the code, undone. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type App, eventually, missing, openApp, openTemplate, screenshot, visit } from './support'

let app: App

beforeAll(async () => {
  if (!missing) app = await openApp()
})
afterAll(() => app?.close())
beforeEach(({ skip }) => {
  if (missing) skip(missing)
})

test('a layer starts from N(0, 1), the notes’ default, chosen and set in the form', async () => {
  const { page, complaints } = await visit(app.browser, app.url)
  await openTemplate(page, 'LeNet')
  await page.locator('.react-flow__node[data-id="conv1"]').click()
  await page.getByRole('button', { name: 'More' }).first().click()
  await page.getByLabel('Initial weights').selectOption('normal')
  const deviation = page.getByLabel('Deviation σ')
  await eventually(async () => (await deviation.inputValue()) === '0.01')
  await deviation.fill('-1')
  await eventually(() => page.getByRole('alert').first().isVisible())
  await deviation.fill('1')
  await deviation.press('Enter')
  await page.getByRole('tab', { name: 'Code' }).click()
  const line = page.locator('.code-view .view-line', { hasText: /deviation/ }).first()
  // The editor draws only the lines in view.
  await page.locator('.code-view .view-line').first().waitFor({ timeout: 30_000 })
  await page.locator('.code-view').first().hover()
  await page.mouse.wheel(0, 100)
  await line.waitFor()
  expect((await line.textContent())?.replaceAll('\u00a0', ' ')).toContain("initializer: { kind: 'normal', deviation: 1 }")
  await screenshot(page, 'initial-weights')
  await page
    .locator('.react-flow__pane')
    .first()
    .click({ position: { x: 5, y: 5 } })
  await page.keyboard.press('Control+z')
  await eventually(async () => (await page.locator('.code-view .view-line', { hasText: /deviation/ }).count()) === 0)
  expect(complaints).toEqual([])
  await page.context().close()
})
