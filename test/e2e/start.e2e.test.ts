/** `npm start -- --no-open`: the address on a line of its own, the gallery behind it, and a clean end (done-when 1). */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { missing, openBrowser, visit } from './support'

const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))

test('the app starts as a page, shows the gallery without a complaint, and ends on Ctrl-C', { timeout: 180_000 }, async ({ skip }) => {
  if (missing) skip(missing)
  // `--browser`: on a developer's machine Electron would open instead.
  const app = spawn(process.execPath, [script, '--no-open', '--browser'], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = new Promise<number | null>((resolve) => app.once('exit', resolve))
  let errors = ''
  app.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  const browser = await openBrowser()
  try {
    const url = await new Promise<string>((resolve, reject) => {
      let said = ''
      app.stdout.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const [, address] = said.match(/^Netloom is running at (http:\/\/127\.0\.0\.1:\d+\/)$/m) ?? []
        if (address) resolve(address)
      })
      void ended.then((code) => reject(new Error(`it ended with ${code}: ${errors}`)))
    })
    const { page, complaints } = await visit(browser, url)
    await page.getByRole('dialog').waitFor()
    for (const title of ['LeNet', 'ResNet', 'GoogLeNet', 'XOR'])
      expect(await page.getByRole('dialog').getByRole('button', { name: title }).count(), title).toBeGreaterThan(0)
    expect(complaints).toEqual([])
  } finally {
    await browser.close()
    app.kill('SIGINT')
  }
  expect(await ended).toBe(0)
})
