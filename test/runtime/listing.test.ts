/** The compiler laid open: every stage of a training step has lines, and they lead to the network's own nodes. */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { lower, shape } from '../../engine/compile'
import { listingText } from '../../engine/core/listing'
import { type ListingTarget, listingOf, listingStages } from '../../engine/runtime/listing'
import { plainVariant } from '../../engine/runtime/wasm/autotune'
import { unwrap, updateOf } from '../../engine/train/model'
import { templates } from '../../templates/registry'

const document = templates.get('lenet')?.create({ batchSize: 2 })
if (!document) throw new Error('there is no LeNet')
const { program } = unwrap(lower(document, updateOf(document)))
const nodes = unwrap(shape(document)).nodes.map(({ path }) => path)
const target: ListingTarget = { backend: 'wasm', variant: plainVariant, threads: 2 }

describe('a listing', () => {
  it.each(listingStages)('of the %s leads to nodes that exist', async (stage) => {
    const origins = new Set((await listingOf(program, stage, target)).flatMap(({ origin }) => (origin === undefined ? [] : [origin])))
    expect([...origins].filter((origin) => !nodes.includes(origin))).toEqual([])
    for (const node of ['conv1', 'conv2', 'dense3']) expect(origins, stage).toContain(node)
  })

  it('of WebAssembly is a module whose functions bear the names of what they do', async () => {
    const listing = await listingOf(program, 'wasm', target)
    expect(listing[0]?.text).toBe('(module')
    const head = listing.find(({ text }) => text.startsWith('  (func $conv1_forward '))
    expect(head?.origin).toBe('conv1')
    expect(listingText(listing)).toContain('f32x4.mul')
  })

  it('of WGSL writes a text once and says where it is used again', async () => {
    const text = listingText(await listingOf(program, 'wgsl', target))
    expect(text).toMatch(/^\/\/ k0 .* · workgroups \d+×\d+×\d+$/m)
    expect(text).toMatch(/^\/\/ the same text as at k\d+$/m)
    expect(text).toContain('fn main(')
  })

  it('of the plan never lets buffers of one time overlap, on either executor', async () => {
    for (const backend of ['wasm', 'webgpu'] as const) {
      const places = (await listingOf(program, 'plan', { ...target, backend })).flatMap(({ text }) => {
        const found = /^\s*(\d+) …\s+(\d+) {2}steps (\d+)–(\d+)/.exec(text)
        return found ? [found.slice(1).map(Number) as [number, number, number, number]] : []
      })
      expect(places.length).toBeGreaterThan(10)
      for (const [i, a] of places.entries())
        for (const b of places.slice(i + 1)) {
          const sameTime = a[2] <= b[3] && b[2] <= a[3]
          const samePlace = a[0] < b[1] && b[0] < a[1]
          expect(sameTime && samePlace, `${backend} ${a} ${b}`).toBe(false)
        }
    }
  })

  it('of kernels follows the executor', async () => {
    const cpu = listingText(await listingOf(program, 'kernels', target))
    const gpu = listingText(await listingOf(program, 'kernels', { ...target, backend: 'webgpu' }))
    expect(cpu).toContain('panels')
    expect(gpu).not.toContain('panels')
  })
})

describe('a listing of a recurrent network', () => {
  const g = graph('sequence', { training: { batchSize: 3 } })
  const tokens = g.input('tokens', { shape: [6], dtype: 'i32', classes: 5 })
  const { y } = g.lstm(g.oneHotEncoding(tokens, { classes: 5 }), { numHiddens: 4 })
  g.softmaxCrossEntropy(g.dense(y, { numHiddens: 5 }), g.label('targets', { shape: [6], classes: 5 }))
  const recurrent = g.document()
  const step = unwrap(lower(recurrent, updateOf(recurrent))).program

  it.each(listingStages)('of the %s shows a step once', async (stage) => {
    const listing = await listingOf(step, stage, target)
    expect(listing.some(({ origin }) => origin === 'lstm1')).toBe(true)
    const count = (pattern: RegExp) => listing.filter(({ text }) => pattern.test(text)).length
    if (stage === 'program') expect(count(/= scan\(.* 6 steps/)).toBe(2)
    if (stage === 'kernels') expect([count(/^k\d+ scan 6 items/), count(/b\d+ = b\d+ · b\d+ matmul 1×\(3×4 · 4×16\)/)]).toEqual([2, 1])
    if (stage === 'wgsl') expect(count(/for each of 6 items$/)).toBe(2)
  })
})
