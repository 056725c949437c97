/**
 * @file Peers in a headless Chromium, all on the same WebGPU adapter. In: the folder of the built page. Out: a browser that starts peers, or why there is
 * none. The page is served with the headers that shared memory needs.
 */
import { existsSync } from 'node:fs'
import type { Browser, Page } from 'playwright-core'
import { serve } from '../../../engine/host/node/serve/server'
import { familyOf } from '../load'
import type { About, StepsAnswer, StepsRequest } from '../protocol'
import type { BenchPage } from './page/page'
import { type Peer, signal, whileRunning } from './peer'

const candidates = [process.env.NETLOOM_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** WebGPU, and the switches that the desktop app gives V8. */
const flags = ['--no-sandbox', '--enable-unsafe-webgpu', '--js-flags=--wasm-revectorize --experimental-wasm-revectorize']

export interface Chromium {
  readonly version: string
  start(script: string, name: string): Promise<Peer>
  close(): Promise<void>
}

/** A text says why it cannot be had. */
export async function openChromium(folder: string): Promise<Chromium | string> {
  const executablePath = candidates.find((path) => path !== undefined && existsSync(path))
  if (!executablePath) return 'Chromium is not installed'
  const { chromium } = await import('playwright-core').catch(() => ({ chromium: undefined }))
  if (!chromium) return 'playwright-core is not installed'
  const server = await serve({ folder, port: 0 })
  const before = new Set(familyOf(process.pid))
  let roots: readonly number[] = []
  const pids = () => roots.flatMap(familyOf)
  let browser: Browser | undefined
  try {
    browser = await chromium.launch({ executablePath, headless: true, args: flags })
    const page = await browser.newPage()
    await page.goto(server.url)
    await page.waitForFunction(() => 'netloomBench' in globalThis)
    const opened = browser
    roots = familyOf(process.pid)
      .filter((pid) => !before.has(pid))
      .slice(0, 1)
    signal(pids(), 'SIGSTOP')
    return {
      version: opened.version(),
      async start(script, name) {
        const peer = `${script} ${name}`
        await whileRunning(pids, () => call(page, 'start', [peer, script, name]))
        return pagePeer(page, peer, pids)
      },
      async close() {
        signal(pids(), 'SIGCONT')
        await opened.close()
        await server.close()
      },
    }
  } catch (error) {
    await browser?.close()
    await server.close()
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)
  }
}

const call = (page: Page, method: keyof BenchPage, args: readonly unknown[]): Promise<unknown> =>
  page.evaluate(
    async ([name, given]) => {
      const { netloomBench } = globalThis as unknown as { netloomBench: Record<string, (...args: unknown[]) => unknown> }
      return netloomBench[name]?.(...given)
    },
    [method, args] as const,
  )

function pagePeer(page: Page, peer: string, pids: () => readonly number[]): Peer {
  const ask = (request: object): Promise<unknown> =>
    whileRunning(pids, () => call(page, 'ask', [peer, request])).catch((error: unknown) => ({
      error: error instanceof Error ? error.message : String(error),
    }))
  return {
    about: () => ask({ about: true }) as Promise<About>,
    steps: (request: StepsRequest) => ask(request) as Promise<StepsAnswer>,
    measure: (what) => ask({ measure: what }),
    pids,
    end: async () => {
      await whileRunning(pids, () => call(page, 'end', [peer]))
    },
  }
}
