/** A language model from the gallery: it trains on the story, and writes while it does; text in the data panel (F1, F2). */
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

test('a recurrent network goes on with what one begins, while it trains and when it is stopped', async () => {
  const { page, complaints } = await visit(app.browser, app.url)
  await openTemplate(page, 'Recurrent language model')
  await page.getByRole('tab', { name: 'Data' }).click()
  await page.getByText('The river Sella comes down from the').or(page.locator('.samples-texts li').first()).first().waitFor()
  await screenshot(page, 'data-text')
  await page.getByRole('tab', { name: 'Training' }).click()
  await button(page, 'Train').click()
  await eventually(async () => (await currentStep(page)) > 30)

  await page.getByLabel('Begin with').fill('Mara ')
  await page.getByLabel('Length').selectOption('100')
  await button(page, 'Write').click()
  const text = page.getByRole('region', { name: 'Text of the network' })
  await eventually(async () => ((await text.textContent()) ?? '').length === 'Mara '.length + 100)
  expect(await text.textContent()).toMatch(/^Mara /)
  const first = await text.textContent()
  await screenshot(page, 'writing-dark')

  await button(page, 'Stop').click()
  await eventually(() => button(page, 'Train').isEnabled())
  await page.getByRole('tab', { name: 'Predictions' }).click()
  await page.getByLabel('Temperature').fill('0')
  await button(page, 'Write').click()
  await eventually(async () => (await text.textContent()) !== first && ((await text.textContent()) ?? '').length === 105)
  await screenshot(page, 'writing-predictions')
  expect(complaints).toEqual([])
})

test('in Chinese as in English', async () => {
  const { page, complaints } = await visit(app.browser, app.url, { language: 'zh', theme: 'light' })
  await openTemplate(page, '门控循环单元语言模型')
  await button(page, '训练').click()
  await eventually(async () => (await currentStep(page)) > 5)
  await page.getByLabel('开头').fill('The river ')
  await button(page, '续写').click()
  await eventually(async () => ((await page.getByRole('region', { name: '网络生成的文本' }).textContent()) ?? '').length > 20)
  await screenshot(page, 'writing-zh-light')
  expect(complaints).toEqual([])
})
