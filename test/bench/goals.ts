/** @file What the project asks of its own speed. In: a report. Out: each goal with what was measured, where it was measured at all. */

import { ours } from './peers/known'
import type { Report } from './report'
import type { PeerResult } from './rounds'
import { median } from './statistics'

export interface Goal {
  readonly title: string
  readonly wanted: string
  readonly got?: string
  /** Undefined: not measured. */
  readonly isMet?: boolean
}

const timeOf = (peers: readonly PeerResult[], name: string | RegExp): number =>
  Math.min(
    ...peers
      .filter(({ peer, rounds }) => (typeof name === 'string' ? peer === name : name.test(peer)) && rounds.length > 0)
      .map(({ rounds }) => median(rounds.flat())),
  )

/** How many times as fast as PyTorch on the CPU, the better of its runs. */
const asFast: readonly (readonly [string, number, number])[] = [
  ['lenet', 256, 2],
  ['mlp', 64, 1.2],
  ['resnet18', 16, 1.3],
  ['googlenet', 16, 0.9],
  ['rnn-lm', 32, 1.5],
  ['gru-lm', 32, 1.5],
  ['lstm-lm', 32, 1.5],
]

function atLeast(title: string, wanted: number, unit: string, got: number | undefined): Goal {
  if (got === undefined) return { title, wanted: `≥ ${wanted}${unit}` }
  return { title, wanted: `≥ ${wanted}${unit}`, got: `${got.toFixed(2)}${unit}`, isMet: got >= wanted }
}

function below(title: string, wanted: number, got: number | undefined): Goal {
  return got === undefined
    ? { title, wanted: `< ${wanted} ms` }
    : { title, wanted: `< ${wanted} ms`, got: `${got.toFixed(1)} ms`, isMet: got < wanted }
}

export function goalsOf({ cases, ceilings, squares, shapes }: Pick<Report, 'cases' | 'ceilings' | 'squares' | 'shapes'>): readonly Goal[] {
  const find = (name: string, batch: number) => cases.find((one) => one.case === name && one.batch === batch && one.mode === 'train')
  const ratio = (name: string, batch: number, theirs: RegExp, mine: string) => {
    const peers = find(name, batch)?.peers
    const [their, my] = peers ? [timeOf(peers, theirs), timeOf(peers, mine)] : []
    return their !== undefined && my !== undefined && Number.isFinite(their) && Number.isFinite(my) ? their / my : undefined
  }
  const most = ceilings.at(-1)
  const onAll = squares.filter(({ threads }) => threads === most?.threads)
  const worst = onAll.length > 0 ? Math.min(...onAll.map(({ gigaflops }) => gigaflops)) : undefined
  const worstShare = onAll.length > 0 ? Math.min(...onAll.map(({ ofPeak }) => ofPeak)) : undefined
  // Without 256-bit code, tiles of 16 columns reach no more than those of 8.
  const peakOf = (columns: string) =>
    Math.max(0, ...(most?.tiles ?? []).filter(({ tile }) => tile.includes(columns)).map(({ gigaflops }) => gigaflops))
  const isWide = peakOf('×16') > 1.25 * peakOf('×8')
  const first = find('googlenet', 16)?.peers.find(({ peer }) => peer === ours)?.prepared?.firstStepMilliseconds
  const inChromium = 'Netloom in Chromium, webgpu'
  return [
    atLeast('square products, slowest size ÷ peak', 0.85, '', worstShare),
    atLeast('square products, slowest size', isWide ? 180 : 110, ' GFLOP/s', worst),
    ...asFast.map(([name, batch, wanted]) =>
      atLeast(`PyTorch ÷ Netloom, ${name} b${batch}`, wanted, '', ratio(name, batch, /^PyTorch, /, ours)),
    ),
    atLeast('fastest JavaScript peer on the CPU ÷ Netloom, lenet b256', 60, '', ratio('lenet', 256, /^(jax-js wasm|tfjs cpu)$/, ours)),
    atLeast('jax-js ÷ Netloom, lenet b32, same WebGPU adapter', 2, '', ratio('lenet', 32, /^jax-js in Chromium/, inChromium)),
    atLeast('tfjs ÷ Netloom, lenet b32, same WebGPU adapter', 8, '', ratio('lenet', 32, /^tfjs in Chromium/, inChromium)),
    below('googlenet b16, document to first step', 1000, first),
    below('googlenet, edit to new shapes', 16, shapes.find((one) => one.case === 'googlenet')?.milliseconds),
  ]
}
