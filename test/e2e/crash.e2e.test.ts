/** The engine killed in mid-training; the page reloaded in mid-edit (done-when 7). */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type App, button, currentStep, eventually, missing, openApp, openTemplate, screenshot, visit } from './support'

let app: App

beforeAll(async () => {
  if (!missing) app = await openApp()
})
afterAll(() => app?.close())
beforeEach(({ skip }) => {
  if (missing) skip(missing)
})

test('a killed engine leaves the editor alive, says so, and training goes on from the checkpoint', async () => {
  const { page } = await visit(app.browser, app.url)
  await openTemplate(page, 'LeNet')
  await eventually(() => button(page, 'Train').isEnabled())
  await button(page, 'Train').click()
  await eventually(async () => (await currentStep(page)) > 10)
  // Long enough for the first checkpoint to be written.
  await page.waitForTimeout(4000)
  const before = await currentStep(page)
  const engine = page.workers().find((worker) => worker.url().includes('worker'))
  await engine?.evaluate(() => self.close())

  const alert = page.getByRole('alert').filter({ hasText: 'The engine stopped in the middle of training' })
  await alert.waitFor()
  await alert.getByRole('button', { name: 'Resume from checkpoint' }).waitFor()
  await screenshot(page, 'engine-lost')
  // The editor still edits.
  const nodes = page.locator('.react-flow__node')
  const count = await nodes.count()
  await nodes.first().click()
  await page.keyboard.press('Control+d')
  await eventually(async () => (await nodes.count()) === count + 1)
  await page.keyboard.press('Control+z')
  await eventually(async () => (await nodes.count()) === count)

  await alert.getByRole('button', { name: 'Resume from checkpoint' }).click()
  await eventually(async () => (await currentStep(page)) > 1)
  const resumed = await currentStep(page)
  expect(resumed).toBeGreaterThan(10)
  expect(resumed).toBeLessThan(before + 2000)
  await eventually(async () => (await currentStep(page)) > before)
  await button(page, 'Stop').click()
  await eventually(() => button(page, 'Train').isEnabled())
})

test('a reload in mid-edit loses nothing, and a run can be gone on from', async () => {
  const { page, complaints } = await visit(app.browser, app.url)
  await openTemplate(page, 'LeNet')
  await eventually(() => button(page, 'Train').isEnabled())
  await button(page, 'Train').click()
  await eventually(async () => (await currentStep(page)) > 10)
  await button(page, 'Stop').click()
  await eventually(() => button(page, 'Train').isEnabled())
  const stopped = await currentStep(page)

  const nodes = page.locator('.react-flow__node')
  const count = await nodes.count()
  await nodes.nth(2).click()
  await page.keyboard.press('Control+d')
  await eventually(async () => (await nodes.count()) === count + 1)
  // At once: what was just done must already be safe.
  await page.reload()
  await nodes.first().waitFor()
  expect(await nodes.count()).toBe(count + 1)
  await page.keyboard.press('Escape')
  await nodes.last().click()
  await page.keyboard.press('Delete')
  await eventually(async () => (await nodes.count()) === count)

  await eventually(() => button(page, 'Resume').isEnabled())
  await button(page, 'Resume').click()
  await eventually(async () => (await currentStep(page)) > stopped)
  await button(page, 'Stop').click()
  await eventually(() => button(page, 'Train').isEnabled())
  expect(complaints).toEqual([])
})
