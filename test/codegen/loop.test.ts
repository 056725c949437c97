/** @file Generated loops: long reductions cut in parts (and parts of parts), columns and rows of any width, narrow rows joined. */
import { describe, expect, it } from 'vitest'
import { emitLoop } from '../../engine/codegen/wasm/loop'
import { hash32, toUnit } from '../../engine/core/random'
import type { LoopKernel } from '../../engine/optimize/kernel'
import { accumulate, expectClose, expectSameBits, makeSums } from '../support/close'
import { KernelBench, oneByOne, variants } from '../support/wasmKernel'

const noise = (length: number, key: number): Float32Array => Float32Array.from({ length }, (_, i) => 2 * toUnit(hash32(key, i)) - 1)

/** Of x (rows, columns): x + x stored, Σ x and Σ x², over the rows (`columns` kept) or along them. */
function statistics(rows: number, columns: number, over: 'rows' | 'columns'): LoopKernel {
  const kept = over === 'rows' ? [columns, rows] : [rows, columns]
  const strides = over === 'rows' ? [1, columns] : [columns, 1]
  return {
    kind: 'loop',
    axes: kept,
    reduced: 1,
    body: [
      { op: 'load', view: { buffer: 0, offset: 0, strides }, dtype: 'f32' },
      { op: 'binary', name: 'mul', a: 0, b: 0, dtype: 'f32' },
      { op: 'binary', name: 'add', a: 0, b: 0, dtype: 'f32' },
    ],
    results: [
      { value: 0, buffer: 1, offset: 0, strides: [1, 0], reduce: 'sum' },
      { value: 1, buffer: 2, offset: 0, strides: [1, 0], reduce: 'sum' },
      { value: 2, buffer: 3, offset: 0, strides },
    ],
  }
}

describe.each(Object.entries(variants))('loops, %s', (_, variant) => {
  it.each<[number, number, 'rows' | 'columns']>([
    [140_000, 3, 'rows'],
    [140_000, 1, 'rows'],
    [3000, 70, 'rows'],
    [16, 130, 'rows'],
    [1, 5, 'rows'],
    [3, 140_000, 'columns'],
    [64, 10, 'columns'],
    [5, 1, 'columns'],
    [2, 20_000, 'columns'],
  ])('statistics of %i × %i over %s', (rows, columns, over) => {
    const x = noise(rows * columns, 1)
    const kept = over === 'rows' ? columns : rows
    const sums = makeSums(kept)
    const squares = makeSums(kept)
    x.forEach((value, i) => {
      const at = over === 'rows' ? i % columns : Math.floor(i / columns)
      accumulate(sums, at, value)
      accumulate(squares, at, value * value)
    })
    const bench = new KernelBench(
      [x.length, kept, kept, x.length],
      (context) => emitLoop(statistics(rows, columns, over), context),
      variant,
    )
    bench.floats(0).set(x)
    bench.run()
    bench.checkGuards()
    const whole = [1, 2, 3].map((buffer) => bench.floats(buffer).slice()) as [Float32Array, Float32Array, Float32Array]
    expectClose(whole[0], sums)
    expectClose(whole[1], squares)
    expectSameBits(
      whole[2],
      x.map((value) => 2 * value),
    )
    bench.run(oneByOne)
    for (const [i, values] of whole.entries()) expectSameBits(bench.floats(i + 1), values)
  })

  it.each<[number, number, 'rows' | 'columns']>([
    [40, 37, 'rows'],
    [2000, 5, 'rows'],
    [6, 3000, 'columns'],
    [7, 10, 'columns'],
  ])('the largest of %i × %i over %s, NaN if there is one', (rows, columns, over) => {
    const kept = over === 'rows' ? columns : rows
    const strides = over === 'rows' ? [1, columns] : [columns, 1]
    const kernel: LoopKernel = {
      kind: 'loop',
      axes: over === 'rows' ? [columns, rows] : [rows, columns],
      reduced: 1,
      body: [{ op: 'load', view: { buffer: 0, offset: 0, strides }, dtype: 'f32' }],
      results: [{ value: 0, buffer: 1, offset: 0, strides: [1, 0], reduce: 'max' }],
    }
    const x = noise(rows * columns, 4).map((value) => value - 2)
    // In the first, a middle and the last place of one line each.
    const length = rows * columns
    const bad = over === 'rows' ? [0, Math.floor(rows / 2) * columns + 1, length - 1] : [0, columns + Math.floor(columns / 2), length - 1]
    for (const at of bad) x[at] = Number.NaN
    const expected = new Float32Array(kept).fill(Number.NEGATIVE_INFINITY)
    x.forEach((value, i) => {
      const at = over === 'rows' ? i % columns : Math.floor(i / columns)
      expected[at] = Math.max(expected[at] as number, value)
    })
    const bench = new KernelBench([length, kept], (context) => emitLoop(kernel, context), variant)
    bench.floats(0).set(x)
    bench.run(oneByOne)
    bench.checkGuards()
    expect([...bench.floats(1)]).toEqual([...expected])
  })

  it.each([1, 3, 6, 10, 12, 20, 84])('adds a bias to rows of %i', (columns) => {
    const rows = 32
    const x = noise(rows * columns, 2)
    const bias = noise(columns, 3)
    const kernel: LoopKernel = {
      kind: 'loop',
      axes: [rows, columns],
      reduced: 0,
      body: [
        { op: 'load', view: { buffer: 0, offset: 0, strides: [columns, 1] }, dtype: 'f32' },
        { op: 'load', view: { buffer: 1, offset: 0, strides: [0, 1] }, dtype: 'f32' },
        { op: 'binary', name: 'add', a: 0, b: 1, dtype: 'f32' },
      ],
      results: [{ value: 2, buffer: 2, offset: 0, strides: [columns, 1] }],
    }
    const bench = new KernelBench([x.length, columns, x.length], (context) => emitLoop(kernel, context), variant)
    bench.floats(0).set(x)
    bench.floats(1).set(bias)
    bench.run(oneByOne)
    bench.checkGuards()
    expectSameBits(
      bench.floats(2),
      x.map((value, i) => value + (bias[i % columns] as number)),
    )
  })
})
