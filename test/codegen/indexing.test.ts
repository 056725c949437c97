import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emitArgMax, emitGather, emitScatterAdd } from '../../engine/codegen/wasm/indexing'
import { hash32, toUnit } from '../../engine/core/random'
import { accumulate, expectClose, expectSameBits, makeSums } from '../support/close'
import { KernelBench, oneByOne, type Split, variants } from '../support/wasmKernel'

const noise = (length: number, key: number): Float32Array => Float32Array.from({ length }, (_, i) => 2 * toUnit(hash32(key, i)) - 1)
const variant = variants['6×16 fma'] as (typeof variants)[string]

interface Rows {
  readonly rows: number
  readonly count: number
  readonly width: number
}

/** Mostly in range; every seventh is not, and counts as row 0. */
const indicesOf = ({ rows, count }: Rows): Int32Array =>
  Int32Array.from({ length: count }, (_, i) => (i % 7 === 6 ? (i % 2 ? -3 : rows + 5) : hash32(9, i) % rows))
const rowOf = (index: number, rows: number): number => (index >= 0 && index < rows ? index : 0)

function checkRows(shape: Rows): void {
  const { rows, count, width } = shape
  const indices = indicesOf(shape)
  const table = noise(rows * width, 1)
  const updates = noise(count * width, 2)

  const gathered = (split?: Split) => {
    const bench = new KernelBench(
      [rows * width, count, count * width],
      (context) => emitGather({ kind: 'gather', table: 0, indices: 1, out: 2, ...shape }, context),
      variant,
    )
    bench.floats(0).set(table)
    bench.ints(1).set(indices)
    bench.run(split)
    bench.checkGuards()
    return bench.floats(2).slice()
  }
  const expected = Float32Array.from({ length: count * width }, (_, i) => {
    const row = rowOf(indices[Math.floor(i / width)] as number, rows)
    return table[row * width + (i % width)] as number
  })
  expectSameBits(gathered(), expected)
  expectSameBits(gathered(oneByOne), expected)

  const scattered = (split?: Split) => {
    const bench = new KernelBench(
      [count, count * width, rows * width],
      (context) => emitScatterAdd({ kind: 'scatterAdd', indices: 0, updates: 1, out: 2, ...shape }, context),
      variant,
    )
    bench.ints(0).set(indices)
    bench.floats(1).set(updates)
    bench.run(split)
    bench.checkGuards()
    return bench.floats(2).slice()
  }
  const sums = makeSums(rows * width)
  for (const [i, update] of updates.entries()) {
    const row = rowOf(indices[Math.floor(i / width)] as number, rows)
    accumulate(sums, row * width + (i % width), update)
  }
  expectClose(scattered(), sums)
  expectSameBits(scattered(oneByOne), scattered())
}

describe('gather and scatterAdd', () => {
  it.each<Rows>([
    { rows: 28, count: 100, width: 32 },
    { rows: 1000, count: 35, width: 100 },
    { rows: 5, count: 40, width: 47 },
    { rows: 9, count: 40, width: 7 },
    { rows: 1, count: 3, width: 1 },
    { rows: 100, count: 1, width: 16 },
  ])('$count of $rows rows of $width', checkRows)

  it('any shape', () => {
    const shape = fc.record({
      rows: fc.integer({ min: 1, max: 30 }),
      count: fc.integer({ min: 1, max: 50 }),
      width: fc.integer({ min: 1, max: 50 }),
    })
    fc.assert(fc.property(shape, checkRows), { numRuns: 60, seed: 2 })
  })
})

describe('argMax', () => {
  const check = (outer: number, extent: number, inner: number): void => {
    // Coarse values, so that maxima tie.
    const x = Float32Array.from({ length: outer * extent * inner }, (_, i) => hash32(4, i) % 5)
    const expected = new Int32Array(outer * inner)
    for (let o = 0; o < outer; o++)
      for (let i = 0; i < inner; i++) {
        const at = (e: number) => x[(o * extent + e) * inner + i] as number
        for (let e = 1; e < extent; e++) if (at(e) > at(expected[o * inner + i] as number)) expected[o * inner + i] = e
      }
    for (const split of [undefined, oneByOne]) {
      const kernel = { kind: 'argMax', x: 0, out: 1, outer, extent, inner } as const
      const bench = new KernelBench([x.length, expected.length], (context) => emitArgMax(kernel, context), variant)
      bench.floats(0).set(x)
      bench.run(split)
      bench.checkGuards()
      expect(bench.ints(1)).toEqual(expected)
    }
  }
  it.each([
    [256, 10, 1],
    [3, 1, 1],
    [2, 21, 64],
    [5, 4, 7],
    [1, 3, 33],
  ])('outer %i, extent %i, inner %i', check)
})
