/**
 * @file How our own time grows with the batch, with depth and with threads. In: places and milliseconds to spend on each point. Out: medians. Sizes take
 * turns, so that a change of the machine's speed meets all of them.
 */
import { batches, depths } from './cases'
import { type Places, startNetloom } from './peers/known'
import type { Work } from './protocol'
import { median } from './statistics'

export interface Growth {
  readonly what: string
  readonly axis: 'batch' | 'depth' | 'threads'
  readonly points: readonly { readonly at: number; readonly milliseconds: number }[]
}

const optimizer = 'sgd'
const rounds = 3
const request = { warm: 60, least: 3, milliseconds: 120 }

/** Each point has a process of its own: preparing another size would throw away what is warm. */
async function measure(places: Places, points: readonly { readonly at: number; readonly work: Work; readonly threads: number }[]) {
  const entries = points.map((point) => ({ ...point, peer: startNetloom(places, 'wasm', point.threads), medians: [] as number[] }))
  try {
    for (let round = 0; round < rounds; round++)
      for (const { peer, work, medians } of entries) {
        const { milliseconds, error } = await peer.steps({ ...work, ...request })
        if (!milliseconds) throw new Error(error ?? 'no answer')
        medians.push(median(milliseconds))
      }
    return entries.map(({ at, medians }) => ({ at, milliseconds: median(medians) }))
  } finally {
    for (const { peer } of entries) await peer.end()
  }
}

export async function measureGrowth(places: Places): Promise<readonly Growth[]> {
  const { threads } = places
  const found: Growth[] = []
  for (const name of batches.works) {
    const points = batches.sizes.map((batch) => ({ at: batch, threads, work: { case: name, batch, optimizer, mode: 'train' } as const }))
    found.push({ what: name, axis: 'batch', points: await measure(places, points) })
  }
  const stacks = depths.map((depth) => ({
    at: depth,
    threads,
    work: { case: 'stack', batch: 16, optimizer, mode: 'train', settings: { depth } } as const,
  }))
  found.push({ what: '3×3 convolutions, 32 channels, b16 16×16', axis: 'depth', points: await measure(places, stacks) })
  const counts = Array.from({ length: threads }, (_, i) => i + 1).filter((count) => count <= 4 || count === threads || count % 4 === 0)
  for (const [name, batch] of [
    ['mlp', 64],
    ['lenet', 256],
    ['resnet18', 16],
  ] as const) {
    const points = counts.map((count) => ({ at: count, threads: count, work: { case: name, batch, optimizer, mode: 'train' } as const }))
    found.push({ what: `${name} b${batch}`, axis: 'threads', points: await measure(places, points) })
  }
  return found
}
