import { expect, test } from 'vitest'
import { goalsOf } from './goals'
import { ours } from './peers/known'
import { formatReport, markdownReport, type Report } from './report'
import type { CaseResult } from './rounds'

const lenet: CaseResult = {
  title: 'LeNet b256',
  case: 'lenet',
  batch: 256,
  optimizer: 'sgd',
  mode: 'train',
  verdict: { trustworthy: false, reason: 'others took 40 % of the processors', takenByOthers: 0.4, spread: 1 },
  peers: [
    { peer: ours, rounds: [[4], [4]], prepared: { compileMilliseconds: 30, firstStepMilliseconds: 60, flops: 4e8, bytes: 4e7 } },
    { peer: 'PyTorch, 1 thread', rounds: [[12], [12]] },
    { peer: 'PyTorch, 2 threads', rounds: [[9], [9]], peakBytes: 2 ** 28 },
    { peer: 'tfjs cpu', error: 'it ended', rounds: [] },
  ],
}
const ceiling = {
  threads: 2,
  peak: 200,
  tiles: [
    { tile: '6×16 fma', gigaflops: 200 },
    { tile: '6×8 fma', gigaflops: 120 },
  ],
  copy: 20,
  triad: 30,
}
const squares = [256, 512, 1024].map((size, i) => ({ size, threads: 2, gigaflops: 160 + 10 * i, ofPeak: 0.9 - 0.05 * i }))
const measured = { cases: [lenet], ceilings: [ceiling], squares, shapes: [] }
const find = (title: string) => goalsOf(measured).find((goal) => goal.title === title)

test('PyTorch counts with the better of its runs', () => {
  expect(find('PyTorch ÷ Netloom, lenet b256')).toMatchObject({ got: '2.25', isMet: true })
})

test('the slowest square counts, against what this machine’s vectors can do', () => {
  expect(find('square products, slowest size ÷ peak')).toMatchObject({ got: '0.80', isMet: false })
  expect(find('square products, slowest size')).toMatchObject({ wanted: '≥ 180 GFLOP/s', isMet: false })
})

test('what was not measured is neither met nor missed', () => {
  expect(find('PyTorch ÷ Netloom, mlp b64')).toEqual({ title: 'PyTorch ÷ Netloom, mlp b64', wanted: '≥ 1.2' })
  expect(find('fastest JavaScript peer on the CPU ÷ Netloom, lenet b256')?.isMet).toBeUndefined()
})

test('a report says when not to trust it, who was left out, and where the roof is', () => {
  const report: Report = {
    ...measured,
    date: '2026-01-02T03:04:05.000Z',
    machine: { processor: 'Some processor', processors: 2, threads: 2, system: 'Linux', takenByOthers: 0.4 },
    versions: { [ours]: 'V8' },
    leftOut: [{ name: 'jax-js wasm', reason: 'not installed' }],
    growth: [
      {
        what: 'mlp',
        axis: 'batch',
        points: [
          { at: 1, milliseconds: 0.1 },
          { at: 4, milliseconds: 0.2 },
        ],
      },
    ],
    goals: goalsOf(measured),
  }
  const text = formatReport(report)
  expect(text).toContain('Do not trust: others took 40 %')
  expect(text).toContain('left out: jax-js wasm (not installed)')
  expect(text).toContain('before the first round others took 40 % of the processors')
  expect(text).toMatch(/tfjs cpu +– +it ended/)
  // 4e8 FLOP in 4 ms are 100 GFLOP/s: half of the peak.
  expect(text).toMatch(/LeNet b256 .* 100 +50.0 % +FLOP +50.0 %/)
  expect(markdownReport(report)).toContain('| PyTorch, 2 threads | 9.00 | 9.00–9.00 | 2.25 |')
})
