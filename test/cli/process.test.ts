/**
 * @file The command line as a process of its own: signals, readers that go away, and being killed. In: the built command line (`npm test` builds it
 * first).
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { scratch } from './run'

const at = scratch()
const script = fileURLToPath(new URL('../../scripts/netloom.mjs', import.meta.url))
const training = ['train', 'mlp', '--data', 'moons', '--set', 'numHiddens=4', '--epochs', '100000']

const start = (...words: string[]): ChildProcess => spawn(process.execPath, [script, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('close', resolve))

function linesOf(file: string): { readonly step: number }[] {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}
async function reached(file: string, count: number): Promise<void> {
  while (linesOf(file).length < count) await new Promise((resolve) => setTimeout(resolve, 20))
}
const steps = (file: string) => linesOf(file).map(({ step }) => step)
const counted = (last: number) => Array.from({ length: last }, (_, i) => i + 1)

describe.skipIf(process.platform === 'win32')('signals', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    '%s to the command alone saves a checkpoint; the run goes on from there',
    async (signal) => {
      const [folder, metrics] = [at(signal), at(`${signal}.jsonl`)]
      const first = start(...training, '--checkpoint', folder, '--metrics', metrics)
      let told = ''
      first.stderr?.on('data', (text: Buffer) => {
        told += text.toString()
      })
      const end = ended(first)
      await reached(metrics, 20)
      first.kill(signal)
      expect(await end).toBe(130)
      const [, done = ''] = /stopped at step (\d+); go on with --resume/.exec(told) ?? []
      expect(steps(metrics)).toEqual(counted(Number(done)))
      const second = start('train', 'mlp', '--resume', folder, '--steps', String(Number(done) + 3), '--metrics', metrics)
      second.stdout?.resume()
      second.stderr?.resume()
      expect(await ended(second)).toBe(0)
      expect(steps(metrics)).toEqual(counted(Number(done) + 3))
    },
  )
})

describe('a reader that goes away', () => {
  it('does not cost the run its results when it read the messages', async () => {
    const out = at('kept.safetensors')
    const child = start('train', 'mlp', '--data', 'moons', '--set', 'numHiddens=4', '--epochs', '40', '--out', out)
    child.stderr?.once('data', () => child.stderr?.destroy())
    expect(await ended(child)).toBe(0)
    expect(existsSync(out)).toBe(true)
  })

  it('is no failure when it read the results', async () => {
    const child = start('data', 'digits', '--preview', '--count', '2000', '--json')
    let told = ''
    child.stderr?.on('data', (text: Buffer) => {
      told += text.toString()
    })
    child.stdout?.once('data', () => child.stdout?.destroy())
    expect(await ended(child)).toBe(0)
    expect(told).toBe('')
  })
})
