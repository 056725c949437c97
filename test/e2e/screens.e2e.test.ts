/** The screens that a person meets first, whole and without a complaint; the pictures are kept for people to look at (done-when 8). */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type App, eventually, missing, openApp, openTemplate, screenshot, visit } from './support'

let app: App

beforeAll(async () => {
  if (!missing) app = await openApp()
})
afterAll(() => app?.close())
beforeEach(({ skip }) => {
  if (missing) skip(missing)
})

/** Text cut off by its own box, by selector and words. */
const clipped = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('header *, .dock .tabs *, .run-stats *, .btn, .chip')]
      .filter((element) => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0 && element.children.length === 0)
      .map((element) => `${element.className}: ${element.textContent}`),
  )

/** The page itself never scrolls. */
const overflows = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight)

describe.each([
  { theme: 'dark', language: 'en' },
  { theme: 'light', language: 'zh' },
] as const)('in $theme and $language', ({ theme, language }) => {
  const dock = { en: ['Data', 'Predictions', 'Problems', 'Code', 'Log'], zh: ['数据', '预测', '问题', '代码', '日志'] }[language]

  test('the dock’s tabs', async () => {
    const { page, complaints } = await visit(app.browser, app.url, { theme, language })
    await openTemplate(page, 'LeNet')
    for (const [index, name] of dock.entries()) {
      await page.getByRole('tab', { name }).first().click()
      if (index === 0) await page.locator('.samples .sample-image').first().waitFor()
      if (index === 3) await page.locator('.code-view .view-line').first().waitFor({ timeout: 30_000 })
      expect(await clipped(page), name).toEqual([])
      expect(await overflows(page), name).toBe(false)
      await screenshot(page, `dock-${index + 1}-${theme}-${language}`)
    }
    expect(complaints).toEqual([])
  })

  test('the compiler laid open: a measured step and every stage, each line leading to its node', async () => {
    const words = {
      en: { pane: 'Kernels', measure: 'Measure a step', again: 'Measure again', filter: 'Selected node only' },
      zh: { pane: '内核', measure: '测量一步', again: '重新测量', filter: '仅所选节点' },
    }[language]
    const { page, complaints } = await visit(app.browser, app.url, { theme, language })
    await openTemplate(page, 'LeNet')
    await page.getByRole('tab', { name: words.pane }).click()
    await page.getByRole('button', { name: words.measure }).click()
    await page.getByRole('button', { name: words.again }).waitFor({ timeout: 30_000 })
    await page.locator('.timeline-rows .link', { hasText: 'conv1' }).first().click()
    await page.locator('.react-flow__node.selected').waitFor()
    expect(await page.locator('.timeline-rows li.is-selected').count()).toBeGreaterThan(0)
    expect(await clipped(page)).toEqual([])
    await screenshot(page, `kernels-timeline-${theme}-${language}`)
    const views = page.locator('.kernels-pane > .code-bar').first().getByRole('button')
    for (const stage of [1, 2, 3, 4, 5]) {
      await views.nth(stage).click()
      await page.locator('.listing li').first().waitFor({ timeout: 30_000 })
      expect(await page.locator('.listing .link').count(), `stage ${stage}`).toBeGreaterThan(0)
      await screenshot(page, `kernels-${stage}-${theme}-${language}`)
    }
    await page.getByRole('checkbox', { name: words.filter }).check()
    expect(new Set(await page.locator('.listing .link').allTextContents())).toEqual(new Set(['conv1']))
    expect(complaints).toEqual([])
  })

  test('a function that several kernels share names the others, and each name leads to its node', async () => {
    const { page, complaints } = await visit(app.browser, app.url, { theme, language })
    await openTemplate(page, 'LeNet')
    await page.getByRole('tab', { name: { en: 'Kernels', zh: '内核' }[language] }).click()
    await page.getByRole('button', { name: 'WebAssembly', exact: true }).click()
    const listing = page.locator('.listing')
    await listing.locator('li').first().waitFor({ timeout: 30_000 })
    const shared = listing.locator('li', { hasText: ' with other constants' }).first()
    await eventually(async () => {
      if ((await shared.count()) > 0) return true
      await listing.evaluate((box) => box.scrollBy({ top: 800 }))
      return false
    }, 60_000)
    const node = /;; (\w+)/.exec((await shared.textContent()) ?? '')?.[1] ?? ''
    await shared.getByRole('button', { name: node, exact: true }).click()
    await page.locator(`.react-flow__node.selected[data-id="${node}"]`).waitFor()
    expect(complaints).toEqual([])
  })

  test('the sheet of keys fits the window, and titles fit their nodes', async () => {
    const { page, complaints } = await visit(app.browser, app.url, { theme, language })
    await openTemplate(page, { en: 'XOR, linear model', zh: '异或：线性模型' }[language])
    const cut = await page
      .locator('.node-title > span')
      .evaluateAll((titles) => titles.filter((title) => title.scrollWidth > title.clientWidth + 1).map(({ textContent }) => textContent))
    expect(cut).toEqual([])
    await page.keyboard.press('Shift+Slash')
    const sheet = page.getByRole('dialog')
    await sheet.waitFor()
    expect(await sheet.evaluate((box) => box.scrollHeight - box.clientHeight)).toBeLessThanOrEqual(0)
    await screenshot(page, `keys-${theme}-${language}`)
    expect(complaints).toEqual([])
  })

  test('GoogLeNet, its blocks closed and one open', async () => {
    const { page, complaints } = await visit(app.browser, app.url, { theme, language })
    await openTemplate(page, 'GoogLeNet')
    await page.waitForTimeout(600)
    await screenshot(page, `googlenet-${theme}-${language}`)
    await page
      .locator('.react-flow__node')
      .filter({ hasText: /inception/i })
      .first()
      .dblclick()
    await eventually(async () => (await page.locator('.react-flow__node').count()) > 5)
    await page.waitForTimeout(600)
    await screenshot(page, `inception-${theme}-${language}`)
    expect(await clipped(page)).toEqual([])
    expect(complaints).toEqual([])
  })

  test('no serious barrier for people who use other means than eyes and mouse', async () => {
    const { page } = await visit(app.browser, app.url, { theme, language })
    await openTemplate(page, 'LeNet')
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa']).analyze()
    const grave = violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
    expect(grave).toEqual([])
  })
})
