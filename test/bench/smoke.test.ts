/** The whole bench once, on its smallest case: everything starts, answers and ends. Nothing is said about speed. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { ours } from './peers/known'
import type { Report } from './report'

const script = fileURLToPath(new URL('../../scripts/bench.mjs', import.meta.url))

test('one round of one case', async () => {
  const args = [script, '--json', '--rounds', '1', '--case', 'mlp/64', '--section', 'steps']
  const { stdout } = await promisify(execFile)(process.execPath, args, { encoding: 'utf8' })
  const report = JSON.parse(stdout) as Report
  const [mlp] = report.cases
  const mine = mlp?.peers.find(({ peer }) => peer === ours)
  expect(mine?.error).toBeUndefined()
  expect(mine?.rounds[0]?.length).toBeGreaterThan(0)
  for (const milliseconds of mine?.rounds.flat() ?? []) expect(milliseconds).toBeGreaterThan(0)
  expect(mine?.prepared?.flops).toBe(2 * 64 * (2 * 784 * 256 + 3 * 256 * 10))
  expect(mlp?.verdict.reason).not.toBe('')
  for (const { name, reason } of report.leftOut) expect(reason, name).not.toBe('')
  if (existsSync('/proc/stat')) expect(mine?.peakBytes).toBeGreaterThan(2 ** 20)
})
