/** The form of the training settings: every change is seen, undone, written into the code, and obeyed by the run. */
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

test('a schedule shows its curve, batches their iterations, and a run tells its rate', async () => {
  const { page, complaints } = await visit(app.browser, app.url)
  await openTemplate(page, 'XOR network')
  const iterations = page.getByTestId('iterations')
  const says = (text: string) => eventually(async () => (await iterations.textContent())?.includes(text) ?? false)
  await says('900 samples ÷ 4 = 225 iterations an epoch, 4,500 in all')

  await button(page, 'All').click()
  await says('900 samples ÷ 900 = 1 iterations an epoch, 20 in all')
  await button(page, 'One').click()
  await says('900 samples ÷ 1 = 900 iterations an epoch, 18,000 in all')
  await page.keyboard.press('Control+z')
  await says('÷ 4 = 225')

  const plot = page.locator('.rate-plot svg')
  expect(await plot.getAttribute('aria-label')).toContain('from 0.01 to 0.01')
  await page.getByLabel('Rate schedule').selectOption('linear')
  await eventually(async () => (await plot.getAttribute('aria-label'))?.includes('from 0.01 to 0, at most 0.01') ?? false)
  const tau = page.getByLabel('Steps τ')
  await tau.fill('-3')
  await eventually(() => page.getByRole('alert').isVisible())
  await tau.fill('4500')
  await tau.press('Enter')
  await page.getByLabel('Warm-up steps').fill('500')
  await page.getByLabel('Warm-up steps').press('Enter')
  await eventually(async () => (await plot.getAttribute('aria-label'))?.includes('from 2e-5') ?? false)
  await page.getByRole('switch', { name: 'Clip gradients' }).click()
  await page.getByRole('switch', { name: 'Average the weights' }).click()
  await eventually(() => page.getByLabel('Longest gradient θ').isVisible())
  await page.locator('.rate-plot').scrollIntoViewIfNeeded()
  await screenshot(page, 'training-settings')

  await button(page, 'Train').click()
  await eventually(async () => (await currentStep(page)) > 20)
  await eventually(async () => /learning rate .*gradient .* long/.test((await page.locator('.run-note').textContent()) ?? ''))
  await button(page, 'Stop').click()
  await eventually(() => button(page, 'Train').isEnabled())
  expect(complaints).toEqual([])
  await page.context().close()
})

test('a method that cannot train the graph is refused in words, in Chinese too', async () => {
  const { page } = await visit(app.browser, app.url, { language: 'zh' })
  await page.getByRole('button', { name: '异或网络' }).first().click()
  await page.locator('.react-flow__node').first().waitFor()
  await page.getByLabel('优化器').selectOption('normalEquations')
  await eventually(() => page.getByText('对全部样本一步求解，与轮数无关。').isVisible())
  await eventually(() => page.getByRole('button', { name: '训练', exact: true }).isEnabled())
  await page.getByRole('button', { name: '训练', exact: true }).click()
  await eventually(() => page.getByText('只能有一层含有可训练的权重').first().isVisible())
  await screenshot(page, 'training-settings-refused-zh')
  await page.context().close()
})
