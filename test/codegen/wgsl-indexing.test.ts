/** @file Gather, scatterAdd and argMax as WGSL, against their meaning. */
import { describe, expect, it } from 'vitest'
import { emitArgMax, emitGather, emitScatterAdd } from '../../engine/codegen/wgsl/indexing'
import { hash32, toUnit } from '../../engine/core/random'
import { accumulate, expectClose, expectSameBits, makeSums } from '../support/close'
import { gpuBench, gpuContext, runDispatches } from '../support/wgslKernel'

const noise = (length: number, key: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length }, (_, i) => 2 * toUnit(hash32(key, i)) - 1)
const bench = await gpuBench()

interface Rows {
  readonly rows: number
  readonly count: number
  readonly width: number
}

describe.skipIf(!bench)('rows by index as WGSL (needs a WebGPU adapter)', () => {
  if (!bench) return
  it.each<Rows>([
    { rows: 28, count: 100, width: 32 },
    { rows: 1000, count: 35, width: 100 },
    { rows: 5, count: 700, width: 47 },
    { rows: 9, count: 40, width: 7 },
    { rows: 1, count: 3, width: 1 },
    { rows: 100, count: 1, width: 16 },
    { rows: 10_000, count: 1120, width: 256 },
  ])('$count of $rows rows of $width', async ({ rows, count, width }) => {
    // Mostly in range; every seventh is not, and counts as row 0.
    const indices = Int32Array.from({ length: count }, (_, i) => (i % 7 === 6 ? (i % 2 ? -3 : rows + 5) : hash32(9, i) % rows))
    const rowOf = (index: number): number => (index >= 0 && index < rows ? index : 0)
    const table = noise(rows * width, 1)
    const updates = noise(count * width, 2)
    const empty = (length: number) => new Float32Array(length).fill(Number.NaN)

    const context = gpuContext(bench, [], { 0: 'i32' })
    const gather = emitGather({ kind: 'gather', indices: 0, table: 1, out: 2, rows, count, width }, context)
    const [gathered] = await runDispatches(bench, gather, [indices, table, empty(count * width)], [2])
    const expected = Float32Array.from({ length: count * width }, (_, i) => {
      const row = rowOf(indices[Math.floor(i / width)] as number)
      return table[row * width + (i % width)] as number
    })
    expectSameBits(new Float32Array(gathered ?? []), expected)

    const scatter = emitScatterAdd({ kind: 'scatterAdd', indices: 0, updates: 1, out: 2, rows, count, width }, context)
    const run = async () => {
      const [scattered] = await runDispatches(bench, scatter, [indices, updates, empty(rows * width)], [2])
      return new Float32Array(scattered ?? [])
    }
    const sums = makeSums(rows * width)
    for (const [i, update] of updates.entries())
      accumulate(sums, rowOf(indices[Math.floor(i / width)] as number) * width + (i % width), update)
    const scattered = await run()
    expectClose(scattered, sums)
    expectSameBits(await run(), scattered)
  })
})

describe.skipIf(!bench)('argMax as WGSL (needs a WebGPU adapter)', () => {
  if (!bench) return
  const meaning = (x: ArrayLike<number>, outer: number, extent: number, inner: number): Int32Array => {
    const expected = new Int32Array(outer * inner)
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < inner; i++) {
        const at = (e: number) => x[(o * extent + e) * inner + i] as number
        for (let e = 1; e < extent; e++) if (at(e) > at(expected[o * inner + i] as number)) expected[o * inner + i] = e
      }
    return expected
  }
  it.each([
    [256, 10, 1],
    [3, 1, 1],
    [2, 21, 64],
    [5, 4, 7],
    [1, 3, 33],
    [3, 1000, 1],
    [2, 300, 5],
  ])('outer %i, extent %i, inner %i', async (outer, extent, inner) => {
    const length = outer * extent * inner
    // Coarse values, so that maxima tie; then with NaN and −∞ among them; then whole numbers.
    const coarse = Float32Array.from({ length }, (_, i) => hash32(4, i) % 5)
    const broken = coarse.map((x, i) => (i % 3 === 0 ? Number.NaN : i % 11 < 9 ? Number.NEGATIVE_INFINITY : x))
    const whole = Int32Array.from({ length }, (_, i) => 2 ** 30 + (hash32(5, i) % 7))
    for (const x of [coarse, broken, whole]) {
      const context = gpuContext(bench, [], { 0: x instanceof Int32Array ? 'i32' : 'f32', 1: 'i32' })
      const search = emitArgMax({ kind: 'argMax', x: 0, out: 1, outer, extent, inner }, context)
      const [found] = await runDispatches(bench, search, [x, new Int32Array(outer * inner).fill(-1)], [1])
      expect(new Int32Array(found ?? [])).toEqual(meaning(x, outer, extent, inner))
    }
  })
})
