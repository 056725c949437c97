/** The forms that keep a network from memorising: seen, undone, written into the code, obeyed by the run; images changed at random; fine-tuning. */
import { writeFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { encodeSafetensors } from '../../engine/train/safetensors'
import { scratch } from '../cli/run'
import { type App, button, eventually, missing, openApp, openTemplate, screenshot, visit } from './support'

let app: App

beforeAll(async () => {
  if (!missing) app = await openApp()
})
afterAll(() => app?.close())
beforeEach(({ skip }) => {
  if (missing) skip(missing)
})
const at = scratch()

test('penalties, early stopping and adversarial examples are undone, exported and obeyed', async () => {
  const { page, complaints } = await visit(app.browser, app.url)
  await openTemplate(page, 'XOR network')
  const fill = async (label: string, value: string) => {
    const field = page.getByLabel(label, { exact: true })
    await field.fill(value)
    await field.press('Enter')
  }
  await fill('L2 penalty λ', '0.001')
  await page.getByRole('switch', { name: 'Stop early' }).click()
  await fill('Patience', '1')
  await fill('Least gain', '10')
  await page.getByRole('switch', { name: 'Adversarial examples' }).click()
  await fill('Step ε', '0.02')
  await page.getByRole('switch', { name: 'Ensemble' }).click()
  await eventually(() => page.getByLabel('Copies').isVisible())
  await page.keyboard.press('Control+z')
  await eventually(async () => (await page.getByLabel('Copies').count()) === 0)
  await page.getByRole('switch', { name: 'Adversarial examples' }).scrollIntoViewIfNeeded()
  await screenshot(page, 'regularization')

  await page.getByRole('tab', { name: 'Code' }).click()
  const code = page.locator('.monaco-editor').first()
  const written = async () => ((await code.textContent()) ?? '').replace(/\s/g, '')
  await eventually(async () => (await written()).includes("optimizer:'adam'"))
  // The pane shows a few lines at a time.
  await code.hover()
  for (const setting of ['l2:0.001', 'earlyStopping:{patience:1,minDelta:10}', 'adversarial:{epsilon:0.02}'])
    await eventually(async () => {
      if ((await written()).includes(setting)) return true
      await page.mouse.wheel(0, 40)
      return false
    })

  await page.getByRole('tab', { name: 'Training' }).click()
  await button(page, 'Train').click()
  // No gain counts, so the second epoch is the last.
  await eventually(async () =>
    /stopped early: validation loss was best in epoch/.test((await page.locator('.run-note').textContent()) ?? ''),
  )
  expect(complaints).toEqual([])
  await page.context().close()
})

test('a layer shares its weights with another, in Chinese too', async () => {
  const { page } = await visit(app.browser, app.url, { language: 'zh' })
  await page.getByRole('button', { name: '多层感知机' }).first().click()
  await page.locator('.react-flow__node').first().waitFor()
  await page.locator('.react-flow__node[data-id="dense1"]').click()
  await page.getByRole('button', { name: '这些权重的训练' }).click()
  await page.getByLabel('L2 惩罚 λ').fill('0.5')
  await page.getByLabel('L2 惩罚 λ').press('Enter')
  await eventually(async () => (await page.getByLabel('L2 惩罚 λ').inputValue()) === '0.5')
  // Nothing else has weights of this shape.
  await eventually(() => page.getByLabel('绑定到').isDisabled())
  await screenshot(page, 'weight-settings-zh')
  await page.context().close()
})

test('images change at random before they are used, and can be drawn again', async () => {
  const { page, complaints } = await visit(app.browser, app.url)
  await openTemplate(page, 'LeNet')
  await page.getByRole('tab', { name: 'Data' }).click()
  const picture = () =>
    page
      .locator('.samples canvas')
      .first()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
  await page.locator('.samples canvas').first().waitFor()
  const plain = await picture()
  await page.getByRole('switch', { name: 'Change images at random' }).click()
  await page.getByLabel('Crop: least area').fill('0.2')
  await page.getByLabel('Crop: least area').press('Enter')
  await eventually(async () => (await picture()) !== plain)
  const changed = await picture()
  await button(page, 'Draw again').click()
  await eventually(async () => (await picture()) !== changed)
  await screenshot(page, 'augmentation')
  await button(page, 'Use this data').click()
  await eventually(() => page.getByText('In use').isVisible())
  await page.keyboard.press('Control+z')
  await eventually(async () => (await page.getByLabel('Crop: least area').count()) === 0)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('fine-tuning lists what is copied and why the rest is not', async () => {
  const file = at('source.safetensors')
  const tensor = (name: string, shape: number[]) => ({ name, shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.1) })
  writeFileSync(
    file,
    encodeSafetensors([
      tensor('conv1.kernel', [6, 1, 5, 5]),
      tensor('conv1.bias', [7]),
      tensor('dense3.kernel', [84, 10]),
      tensor('elsewhere.kernel', [2, 2]),
    ]),
  )
  const { page, complaints } = await visit(app.browser, app.url)
  await openTemplate(page, 'LeNet')
  await eventually(() => button(page, 'Train').isEnabled())
  await button(page, 'Menu').click()
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('menuitem', { name: 'Start from weights (fine-tuning)…' }).click()
  await (await chooser).setFiles(file)
  const dialog = page.getByRole('dialog')
  await eventually(async () => ((await dialog.textContent()) ?? '').includes('Copied: 1'))
  const words = (await dialog.textContent()) ?? ''
  expect(words).toContain('conv1.bias has the shape 7 there, 6 here')
  expect(words).toContain('dense3.kernel output layer: starts afresh')
  expect(words).toContain('elsewhere.kernel this network has no such layer')
  await screenshot(page, 'start-from')
  await button(page, 'Train from these weights').click()
  await eventually(async () => (await page.getByTestId('current-step').count()) > 0)
  expect(complaints).toEqual([])
  await page.context().close()
})
