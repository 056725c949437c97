/**
 * The desktop app's way: the engine behind a port, in a page of its own. Electron's main and preload are stood in for by a few lines: a second
 * window shows engine.html, and each request for a port hands both windows an end of a new channel, as main does.
 */
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { enginePortMessage } from '../../electron/channels'
import { type App, button, currentStep, eventually, missing, openApp, openTemplate } from './support'

/** Runs in both windows before their own scripts (in the opened one while its address is still blank). */
function standIn(portMessage: string): void {
  if (opener) {
    addEventListener('message', ({ data, ports }) => {
      if (data === 'from main') postMessage(portMessage, location.origin, [...ports])
    })
    addEventListener('load', () => opener.postMessage('loaded', location.origin))
    return
  }
  let engine: Window | null = null
  let loaded: Promise<void> | undefined
  const open = (): Promise<void> => {
    engine = window.open('/engine.html')
    return new Promise((resolve) => {
      addEventListener('message', ({ data, source }) => data === 'loaded' && source === engine && resolve())
    })
  }
  const nothing = () => undefined
  Object.defineProperty(window, 'netloom', {
    value: {
      platform: 'linux',
      async requestEnginePort() {
        if (!engine || engine.closed) loaded = open()
        await loaded
        const { port1, port2 } = new MessageChannel()
        engine?.postMessage('from main', location.origin, [port1])
        postMessage(portMessage, location.origin, [port2])
      },
      openFile: async () => ({ ok: false, cancelled: true }),
      saveFile: async () => ({ ok: false, cancelled: true }),
      onCommand: nothing,
      onOpenFile: nothing,
      onEngineRestart: nothing,
      setDirty: nothing,
    },
  })
}

describe.skipIf(missing)(`the desktop's engine window${missing ? ` (${missing})` : ''}`, () => {
  let app: App
  let context: BrowserContext
  let page: Page
  const complaints: string[] = []

  beforeAll(async () => {
    app = await openApp()
    context = await app.browser.newContext({ viewport: { width: 1280, height: 720 }, locale: 'en-US' })
    await context.addInitScript(standIn, enginePortMessage)
    page = await context.newPage()
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(app.url)
  })
  afterAll(() => app?.close())

  test('trains over the port, and outlives its engine', async () => {
    await openTemplate(page, 'LeNet')
    await button(page, 'Train').click()
    await eventually(async () => (await currentStep(page)) > 10)
    const engines = () => context.pages().filter((other) => other.url().endsWith('/engine.html'))
    expect(engines()).toHaveLength(1)
    await page.waitForTimeout(3000)
    await engines()[0]?.close()
    await page.getByText('The engine stopped in the middle of training').waitFor()
    await button(page, 'Resume from checkpoint').click()
    await eventually(async () => (await button(page, 'Pause').isEnabled()) && (await currentStep(page)) > 10)
    expect(engines()).toHaveLength(1)
    await button(page, 'Stop').click()
    await eventually(() => button(page, 'Train').isEnabled())
    expect(complaints).toEqual([])
  })
})
