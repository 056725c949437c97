/** B3 and B5 in the editor: the gradient check from the command palette to the node it names, and norms of each layer while training. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type App, button, eventually, missing, openApp, openTemplate, screenshot, visit } from './support'

let app: App

beforeAll(async () => {
  if (!missing) app = await openApp()
})
afterAll(() => app?.close())
beforeEach(({ skip }) => {
  if (missing) skip(missing)
})

describe('the insight pane', () => {
  test('B3: checks gradients by command, ends when asked to, and leads to the node', async () => {
    const { page, complaints } = await visit(app.browser, app.url)
    await openTemplate(page, 'LeNet')
    await eventually(() => button(page, 'Train').isEnabled())
    await page.keyboard.press('Control+k')
    await page.keyboard.type('check gradients')
    await page.keyboard.press('Enter')
    await page.getByRole('progressbar', { name: 'Progress of the gradient check' }).waitFor()
    await button(page, 'Cancel').click()
    await button(page, 'Check').waitFor()

    await page.getByLabel('Elements a tensor').selectOption('8')
    await button(page, 'Check').click()
    // The page stays awake meanwhile.
    await button(page, 'Fit').click()
    await page.getByText('All 10 tensors agree').waitFor({ timeout: 60_000 })
    expect(await page.locator('.insight-table tbody tr').count()).toBe(10)
    expect(await page.locator('.insight-table .is-agrees').count()).toBe(10)
    await screenshot(page, 'gradient-check-dark')
    await button(page, 'conv2.kernel').click()
    await page.locator('[data-testid="node-conv2"].is-selected').waitFor()
    expect(complaints).toEqual([])
  })

  test('B5: draws the length of each layer’s gradient while it trains, and of small models the curvature', async () => {
    const { page, complaints } = await visit(app.browser, app.url, { theme: 'light', language: 'zh' })
    await openTemplate(page, 'Sigmoid 网络 2-3-1')
    await eventually(() => button(page, '训练').isEnabled())
    await page.getByRole('tab', { name: '洞察' }).click()
    await page.getByText('尚无梯度').waitFor()
    await button(page, '训练').click()
    await page.locator('.norms-layers li').first().waitFor()
    expect(await page.locator('.norms-layers li').count()).toBe(2)
    await page.getByText('½ε²gᵀHg').waitFor()
    const picture = () => page.locator('.norms-chart canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
    const first = await picture()
    await eventually(async () => (await picture()) !== first)
    await page.waitForTimeout(1500)
    await screenshot(page, 'gradient-norms-light-zh')
    await button(page, 'dense1').click()
    await page.locator('[data-testid="node-dense1"].is-selected').waitFor()
    expect(complaints).toEqual([])
  })
})
