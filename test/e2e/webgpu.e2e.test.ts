/**
 * @file WebGPU in a browser: the layer suite and training steps of small templates in headless Chromium, compared with the interpreter in the same
 * page; and the editor training on it. Chromium brings a software adapter, so no graphics card is needed.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { build } from 'vite'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Serving, serve } from '../../engine/host/node/serve/server'
import { expectAgreement } from '../support/checkLayer'
import type { GpuPage } from './gpu-page'
import { type App, button, currentStep, eventually, missing, openApp, openBrowser, openTemplate, screenshot, visit } from './support'

type GpuWindow = typeof globalThis & { readonly gpuPage: GpuPage }

const root = fileURLToPath(new URL('../..', import.meta.url))

async function buildPage(folder: string): Promise<void> {
  await build({
    configFile: false,
    root,
    logLevel: 'warn',
    resolve: { alias: { netloom: join(root, 'engine/netloom.ts') } },
    build: {
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      rollupOptions: { input: fileURLToPath(new URL('gpu-page.ts', import.meta.url)), output: { entryFileNames: 'page.js' } },
    },
  })
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>WebGPU</title><script type="module" src="/page.js"></script>')
}

beforeEach(({ skip }) => {
  if (missing) skip(missing)
})

describe('the engine on a browser’s GPU', () => {
  let folder = ''
  let server: Serving
  let browser: Browser
  let page: Page
  beforeAll(async () => {
    if (missing) return
    folder = mkdtempSync(join(tmpdir(), 'netloom-gpu-'))
    await buildPage(folder)
    server = await serve({ folder, port: 0 })
    browser = await openBrowser()
    ;({ page } = await visit(browser, server.url))
    await page.waitForFunction(() => 'gpuPage' in globalThis)
    console.log(`WebGPU in Chromium: ${await page.evaluate(() => (globalThis as GpuWindow).gpuPage.open())}`)
  })
  afterAll(async () => {
    await browser?.close()
    await server?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  test('computes every row of every layer as the interpreter does', async () => {
    const checked = await page.evaluate(() => (globalThis as GpuWindow).gpuPage.layers())
    expect(checked.length).toBeGreaterThan(100)
    for (const { title, deviations } of checked) {
      expect(deviations.length, title).toBeGreaterThan(0)
      expectAgreement(deviations.map((one) => ({ ...one, detail: `${title}: ${one.detail}` })))
    }
  }, 240_000)

  test.each([
    ['xor-mlp', {}],
    ['softmax-regression', { batchSize: 8 }],
    ['mlp', { batchSize: 8 }],
    ['lenet', { batchSize: 4 }],
  ] as const)(
    'trains %s as the interpreter does',
    async (id, params) => {
      const deviations = await page.evaluate(([name, given]) => (globalThis as GpuWindow).gpuPage.template(name, given, 3), [
        id,
        params,
      ] as const)
      expect(deviations.length).toBeGreaterThan(3)
      expectAgreement(deviations)
    },
    120_000,
  )
})

describe('the editor on a browser’s GPU', () => {
  let app: App
  beforeAll(async () => {
    if (!missing) app = await openApp()
  })
  afterAll(() => app?.close())

  const computeOn = async (page: Page, name: RegExp): Promise<void> => {
    await page.getByRole('button', { name: /^Compute on/ }).click()
    await page.getByRole('menuitemradio', { name }).click()
    await page.keyboard.press('Escape')
  }

  /** Of each sample's picture: whether anything is drawn. */
  const picturesOf = (page: Page): Promise<readonly boolean[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll<HTMLCanvasElement>('canvas.sample-image')].map(
        (canvas) =>
          canvas
            .getContext('2d')
            ?.getImageData(0, 0, canvas.width, canvas.height)
            .data.some((value, i) => i % 4 < 3 && value > 0) ?? false,
      ),
    )

  test('trains there when told to; when the GPU dies, training goes on on the CPU, and later on the GPU again', async () => {
    const { page } = await visit(app.browser, app.url)
    await openTemplate(page, 'LeNet')
    await eventually(() => button(page, 'Train').isEnabled())
    // A software adapter is offered, but not preferred.
    expect(await page.getByRole('button', { name: /^Compute on/ }).textContent()).toMatch(/^CPU/)
    await computeOn(page, /^GPU/)
    await button(page, 'Train').click()
    await eventually(async () => (await currentStep(page)) > 5, 60_000)
    // Long enough for the first checkpoint.
    await page.waitForTimeout(4000)
    await screenshot(page, 'training-on-gpu')

    const session = await app.browser.newBrowserCDPSession()
    // The answer never comes: its process is the one that dies.
    void session.send('Browser.crashGpuProcess').catch(() => undefined)
    const alert = page.getByRole('alert').filter({ hasText: 'The GPU stopped working' })
    await alert.waitFor()
    // The pictures went with the process that held them, and come back with the next.
    await eventually(async () => (await picturesOf(page)).every((inked) => inked))
    await screenshot(page, 'gpu-lost')
    const goOn = alert.getByRole('button', { name: /^Go on on the CPU from step \d+/ })
    const saved = Number(/\d+/.exec((await goOn.textContent()) ?? '')?.[0])
    expect(saved).toBeGreaterThan(0)
    await goOn.click()
    await eventually(async () => (await currentStep(page)) > saved)
    expect(await page.getByRole('status').first().textContent()).toContain('CPU')
    await screenshot(page, 'gone-on-on-cpu')
    await button(page, 'Stop').click()
    await eventually(() => button(page, 'Train').isEnabled())

    await computeOn(page, /^GPU/)
    await button(page, 'Train').click()
    await eventually(async () => (await currentStep(page)) > 2, 60_000)
    await button(page, 'Stop').click()
    await eventually(() => button(page, 'Train').isEnabled())
  }, 180_000)
})
