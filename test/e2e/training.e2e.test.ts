/** From the gallery to a network that learns, with one click each (done-when 1), and what the run's buttons promise. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type App, button, currentStep, curvesPicture, eventually, missing, openApp, openTemplate, screenshot, visit } from './support'

/** Apart from the layer of that name in the palette. */
const stepButton = (page: Page) => page.getByTitle('Take one training step')

let app: App

beforeAll(async () => {
  if (!missing) app = await openApp()
})
afterAll(() => app?.close())
beforeEach(({ skip }) => {
  if (missing) skip(missing)
})

describe('training LeNet', () => {
  test('one click opens it, one more moves the curve within two seconds; Pause, Step, Resume and Stop do what they say', async () => {
    const { page, complaints } = await visit(app.browser, app.url)
    await screenshot(page, 'gallery-dark')
    await openTemplate(page, 'LeNet')
    await screenshot(page, 'lenet-dark')
    for (const name of ['Pause', 'Stop']) expect(await button(page, name).isEnabled(), name).toBe(false)

    await eventually(() => button(page, 'Train').isEnabled())
    const clicked = performance.now()
    await button(page, 'Train').click()
    await eventually(async () => (await currentStep(page)) > 0)
    const moved = performance.now() - clicked
    console.info(`the first step was on the screen ${Math.round(moved)} ms after the click`)
    expect(moved).toBeLessThan(2000)
    const first = await curvesPicture(page)
    await eventually(async () => (await curvesPicture(page)) !== first)

    await eventually(() => page.locator('.predictions .sample-image').first().isVisible())
    await page.waitForTimeout(4000)
    await screenshot(page, 'training-dark')
    expect(await button(page, 'Train').isEnabled()).toBe(false)

    await button(page, 'Pause').click()
    await eventually(() => button(page, 'Resume').isEnabled())
    const paused = await currentStep(page)
    await page.waitForTimeout(400)
    expect(await currentStep(page)).toBe(paused)

    await stepButton(page).click()
    await eventually(async () => (await currentStep(page)) === paused + 1)
    await stepButton(page).click()
    await eventually(async () => (await currentStep(page)) === paused + 2)

    await button(page, 'Resume').click()
    await eventually(async () => (await currentStep(page)) > paused + 3)

    await button(page, 'Stop').click()
    await eventually(() => button(page, 'Train').isEnabled())
    const stopped = await currentStep(page)
    await page.waitForTimeout(400)
    expect(await currentStep(page)).toBe(stopped)

    // What was stopped can be gone on from.
    await button(page, 'Resume').click()
    await eventually(async () => (await currentStep(page)) > stopped)
    await button(page, 'Stop').click()
    await eventually(() => button(page, 'Train').isEnabled())
    expect(complaints).toEqual([])
  })

  test('Step before Train takes the first step alone', async () => {
    const { page, complaints } = await visit(app.browser, app.url)
    await openTemplate(page, 'LeNet')
    await eventually(() => stepButton(page).isEnabled())
    await stepButton(page).click()
    await eventually(async () => (await currentStep(page)) === 1)
    await page.waitForTimeout(300)
    expect(await currentStep(page)).toBe(1)
    expect(complaints).toEqual([])
  })

  test('in Chinese and light, with the same names', async () => {
    const { page, complaints } = await visit(app.browser, app.url, { theme: 'light', language: 'zh' })
    await screenshot(page, 'gallery-light-zh')
    await openTemplate(page, 'LeNet')
    await eventually(() => button(page, '训练').isEnabled())
    await button(page, '训练').click()
    await eventually(async () => (await currentStep(page)) > 20)
    await page.waitForTimeout(2500)
    await screenshot(page, 'training-light-zh')
    await button(page, '停止').click()
    await eventually(() => button(page, '训练').isEnabled())
    expect(complaints).toEqual([])
  })
})
