// @ts-check
/**
 * @file `npm run check`: types, lint and format, architecture rules, unused code. Runs all and says which failed.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
/** @type {readonly (readonly [string, readonly string[]])[]} */
const checks = [
  ['types', ['node_modules/typescript/bin/tsc']],
  ['lint and format', ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings', '.']],
  ['architecture', ['node_modules/vitest/vitest.mjs', 'run', 'test/architecture', '--silent=passed-only']],
  ['unused code', ['node_modules/knip/bin/knip.js', '--no-progress']],
]
const failed = checks.filter(([name, args]) => {
  const { status } = spawnSync(process.execPath, [...args], { cwd: root, stdio: 'inherit' })
  process.stderr.write(`${name}: ${status === 0 ? 'passed' : 'FAILED'}\n`)
  return status !== 0
})
process.exit(failed.length === 0 ? 0 : 1)
