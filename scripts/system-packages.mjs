// @ts-check
/**
 * @file The Debian packages that the tests and the bench want: a browser, a Vulkan loader, PyTorch and a fast BLAS under it (with Debian's
 * reference BLAS it is many times slower, and beating that would mean nothing), fonts for Chinese. Installs what is missing where it
 * may (root on Debian); elsewhere says what is missing, and the tests that need it skip with that reason.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const wanted = {
  chromium: '/usr/bin/chromium',
  'python3-torch': '/usr/lib/python3/dist-packages/torch',
  'libopenblas0-pthread': '/usr/share/doc/libopenblas0-pthread',
  libvulkan1: '/usr/share/doc/libvulkan1',
  'fonts-wqy-microhei': '/usr/share/fonts/truetype/wqy',
}

const missing = Object.entries(wanted)
  .filter(([, file]) => !existsSync(file))
  .map(([name]) => name)

if (missing.length > 0) {
  const mayInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  if (mayInstall) {
    process.stderr.write(`Installing ${missing.join(', ')} for the tests …\n`)
    const apt = (/** @type {string[]} */ ...args) =>
      spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
        .status === 0
    const installed = apt('update', '-qq') && apt('install', '-y', '-qq', '--no-install-recommends', ...missing)
    if (!installed) process.stderr.write('Some packages could not be installed; the tests that need them will say so.\n')
  } else {
    process.stderr.write(`Not installed: ${missing.join(', ')}. Tests that need them are skipped.\n`)
  }
}
