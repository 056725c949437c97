/**
 * @file The app as a person meets it: built, served, opened in Chromium. In: nothing but the build in dist/ (`npm test` makes it first). Out: pages
 * whose console is listened to, and a place for screenshots.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { expect } from 'vitest'
import { type Serving, serve } from '../../engine/host/node/serve/server'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** Another build may be tried out by naming its folder. */
const folder = process.env.NETLOOM_PAGE ?? `${root}dist/renderer`
const pictures = `${root}test-results/`

const candidates = [process.env.NETLOOM_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
export const chromiumPath = candidates.find((path) => path !== undefined && existsSync(path))

/** Why the tests of the page cannot run here; undefined where they can. */
export const missing = chromiumPath ? undefined : 'Chromium is not installed'

const flags = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--enable-unsafe-webgpu',
]

export interface App {
  readonly url: string
  readonly browser: Browser
  close(): Promise<void>
}

export async function openApp(): Promise<App> {
  if (!existsSync(`${folder}/index.html`)) throw new Error(`there is no build in ${folder}: run npm run build`)
  const server: Serving = await serve({ folder, port: 0 })
  const browser = await openBrowser()
  return {
    url: server.url,
    browser,
    async close() {
      await browser.close()
      await server.close()
    },
  }
}

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath, headless: true, args: flags })

export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  /** Everything the console complained about so far. */
  readonly complaints: readonly string[]
}

export interface VisitOptions {
  readonly theme?: 'dark' | 'light'
  readonly language?: 'en' | 'zh'
}

/** A fresh profile: first start, nothing stored. */
export async function visit(browser: Browser, url: string, { theme = 'dark', language = 'en' }: VisitOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 720 },
    colorScheme: theme,
    locale: language === 'zh' ? 'zh-CN' : 'en-US',
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('worker', (worker) => worker.on('console', (message) => message.type() === 'error' && complaints.push(message.text())))
  await page.goto(url)
  return { page, context, complaints }
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(pictures, { recursive: true })
  await page.screenshot({ path: `${pictures}${name}.png` })
}

/** Chooses a template in the gallery and waits for its graph. */
export async function openTemplate(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: title }).first().click()
  await page.locator('.react-flow__node').first().waitFor()
}

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

/** Number of the latest training step; −1 before there is one. */
export async function currentStep(page: Page): Promise<number> {
  const shown = page.getByTestId('current-step')
  return (await shown.count()) === 0 ? -1 : Number((await shown.textContent())?.replaceAll(',', ''))
}

/** What the curves look like now, to tell whether they move. */
export const curvesPicture = (page: Page): Promise<string> =>
  page.locator('.curves canvas').evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())

export const eventually = (condition: () => Promise<boolean>, timeout = 20_000): Promise<void> =>
  expect.poll(condition, { timeout, interval: 50 }).toBe(true)
