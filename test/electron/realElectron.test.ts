/** The real thing, wherever its binary and a display are present: the same app starts, and its engine answers. */
import { fileURLToPath } from 'node:url'
import { _electron } from 'playwright-core'
import { expect, test } from 'vitest'
import { installedBinary } from '../../electron/launch/binary'

const root = fileURLToPath(new URL('../..', import.meta.url))
const binary = installedBinary(fileURLToPath(new URL('../../node_modules/electron', import.meta.url)))
const hasDisplay = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)

test.skipIf(!binary || !hasDisplay)(
  'Electron shows the gallery and its engine trains (needs the Electron binary and a display)',
  async () => {
    const app = await _electron.launch({ executablePath: binary, args: [root, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])] })
    try {
      const page = await app.firstWindow()
      await page.getByRole('button', { name: /LeNet/ }).first().click()
      await page.getByRole('button', { name: 'Train', exact: true }).click()
      await expect.poll(() => page.getByTestId('current-step').textContent(), { timeout: 30_000 }).not.toBe('0')
    } finally {
      await app.close()
    }
  },
)
