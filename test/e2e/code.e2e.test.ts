/** @file The code pane's third language: the graph as Python for PyTorch, live, downloaded, and with what it does without. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { exportPyTorch } from '../../engine/export/pytorch/pytorch'
import { templates } from '../../templates/registry'
import { type App, eventually, missing, openApp, openTemplate, screenshot, visit } from './support'

let app: App

beforeAll(async () => {
  if (!missing) app = await openApp()
})
afterAll(() => app?.close())
beforeEach(({ skip }) => {
  if (missing) skip(missing)
})

test('ResNet-18 as Python: what is downloaded is what the command line writes', async () => {
  const { page, complaints } = await visit(app.browser, app.url)
  await openTemplate(page, 'ResNet-18')
  await page.getByRole('tab', { name: 'Code' }).click()
  await page.getByRole('button', { name: 'PyTorch' }).click()
  const line = (text: string) => page.locator('.code-view .view-line', { hasText: text })
  await line('import torch.nn.functional').waitFor({ timeout: 30_000 })
  // Keywords have a colour of their own.
  const colour = (text: string) =>
    page
      .locator('.code-view .view-line span span', { hasText: text })
      .first()
      .evaluate((span) => getComputedStyle(span).color)
  await eventually(async () => (await colour('import')) !== (await colour('nn')))
  await screenshot(page, 'code-pytorch')
  const waiting = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Download' }).click()
  const download = await waiting
  expect(download.suggestedFilename()).toBe('ResNet-18.py')
  const resnet = templates.get('resnet18')?.create({})
  expect(readFileSync(await download.path(), 'utf8')).toBe(resnet && exportPyTorch(resnet).source)
  expect(complaints).toEqual([])
  await page.context().close()
})

test('training that PyTorch has nothing for is said above the code', async () => {
  const { page, complaints } = await visit(app.browser, app.url, { theme: 'light', language: 'zh' })
  await openTemplate(page, '感知机与异或')
  await page.getByRole('tab', { name: '代码' }).click()
  await page.getByRole('button', { name: 'PyTorch' }).click()
  const note = page.locator('.code-notes')
  await note.waitFor()
  expect(await note.textContent()).toContain('train')
  await screenshot(page, 'code-pytorch-zh')
  await page.getByRole('button', { name: 'TypeScript' }).click()
  await eventually(async () => !(await note.isVisible()))
  expect(complaints).toEqual([])
  await page.context().close()
})
