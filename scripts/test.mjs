// @ts-check
/**
 * @file `npm test`: everything that must hold. Packages, checks, build, then every test; the first failing stage ends it.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** @type {readonly (readonly [string, readonly string[]])[]} */
const stages = [
  ['system packages', ['scripts/system-packages.mjs']],
  ['check', ['scripts/check.mjs']],
  ['build', ['scripts/build.mjs']],
  ['tests', ['node_modules/vitest/vitest.mjs', 'run', '--exclude', 'test/architecture/**', ...process.argv.slice(2)]],
]
for (const [name, args] of stages) {
  const started = Date.now()
  const { status } = spawnSync(process.execPath, [...args], { cwd: root, stdio: 'inherit' })
  process.stderr.write(`${name}: ${status === 0 ? 'passed' : 'FAILED'} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
  if (status !== 0) process.exit(status ?? 1)
}
