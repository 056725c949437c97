/** @file Elementary functions of generated code, over every binade of the floats and at the edges, against double precision. */
import { describe, expect, it } from 'vitest'
import type { KernelVariant } from '../../engine/codegen/wasm/emitter'
import { emitLoop } from '../../engine/codegen/wasm/loop'
import type { BinaryName, UnaryName } from '../../engine/ir/program'
import type { LoopKernel } from '../../engine/optimize/kernel'
import { edges, everywhere, functions, powers, worst } from '../support/mathCases'
import { KernelBench, variants } from '../support/wasmKernel'

function unaryKernel(name: UnaryName, count: number): LoopKernel {
  const view = { buffer: 0, offset: 0, strides: [1] }
  return {
    kind: 'loop',
    axes: [count],
    reduced: 0,
    body: [
      { op: 'load', view, dtype: 'f32' },
      { op: 'unary', name, x: 0, dtype: 'f32' },
    ],
    results: [{ value: 1, buffer: 1, offset: 0, strides: [1] }],
  }
}

function unary(name: UnaryName, xs: Float32Array, variant: KernelVariant): Float32Array {
  const bench = new KernelBench([xs.length, xs.length], (context) => emitLoop(unaryKernel(name, xs.length), context), variant)
  bench.floats(0).set(xs)
  bench.run()
  bench.checkGuards()
  return bench.floats(1).slice()
}

function binary(name: BinaryName, xs: Float32Array, ys: Float32Array, variant: KernelVariant): Float32Array {
  const view = (buffer: number) => ({ buffer, offset: 0, strides: [1] })
  const kernel: LoopKernel = {
    kind: 'loop',
    axes: [xs.length],
    reduced: 0,
    body: [
      { op: 'load', view: view(0), dtype: 'f32' },
      { op: 'load', view: view(1), dtype: 'f32' },
      { op: 'binary', name, a: 0, b: 1, dtype: 'f32' },
    ],
    results: [{ value: 2, buffer: 2, offset: 0, strides: [1] }],
  }
  const bench = new KernelBench([xs.length, xs.length, xs.length], (context) => emitLoop(kernel, context), variant)
  bench.floats(0).set(xs)
  bench.floats(1).set(ys)
  bench.run()
  return bench.floats(2).slice()
}

describe.each(Object.entries(variants))('elementary functions, %s', (_, variant) => {
  const allowed = (name: UnaryName, tolerance: number) => (name === 'tanh' && !variant.fma ? 3.5e-7 : tolerance)

  it.each(functions)('%s is right in every binade and at the edges', (name, exact, tolerance) => {
    const xs = Float32Array.from([...everywhere, ...edges])
    const { error, at } = worst(xs, unary(name, xs, variant), exact)
    expect(error, `${name}(${at})`).toBeLessThanOrEqual(allowed(name, tolerance))
  })

  it.each(functions.slice(0, 4))('%s is right where networks use it', (name, exact, tolerance) => {
    const xs = Float32Array.from({ length: 200_001 }, (_, i) => (i - 100_000) * 2e-4)
    const { error, at } = worst(xs, unary(name, xs, variant), exact)
    expect(error, `${name}(${at})`).toBeLessThanOrEqual(allowed(name, tolerance))
  })

  it('sin and cos are right up to 2²⁹', () => {
    const xs = Float32Array.from(everywhere.filter((x) => Math.abs(x) < 2 ** 29))
    for (const [name, exact] of [
      ['sin', Math.sin],
      ['cos', Math.cos],
    ] as const) {
      const { error, at } = worst(xs, unary(name, xs, variant), exact)
      expect(error, `${name}(${at})`).toBeLessThanOrEqual(2e-7)
    }
    const beyond = unary('sin', Float32Array.of(1e30, -3e38, Infinity, NaN), variant)
    expect(Math.abs(beyond[0] as number)).toBeLessThanOrEqual(1)
    expect(Math.abs(beyond[1] as number)).toBeLessThanOrEqual(1)
    expect([...beyond.slice(2)]).toEqual([NaN, NaN])
  })

  it('pow agrees with Math.pow', () => {
    const pairs = powers()
    const got = binary(
      'pow',
      Float32Array.from(pairs, ([x]) => x),
      Float32Array.from(pairs, ([, y]) => y),
      variant,
    )
    pairs.forEach(([x, y], i) => {
      const want = x ** y
      const { error } = worst(Float32Array.of(x), Float32Array.of(got[i] as number), () => want)
      expect(error, `${x} ** ${y} = ${want}, not ${got[i]}`).toBeLessThanOrEqual(1.5e-7)
    })
  })

  it('max and min let NaN through', () => {
    const xs = Float32Array.of(1, NaN, 2, NaN, -1, Infinity)
    const ys = Float32Array.of(2, 1, NaN, NaN, -3, 5)
    expect([...binary('max', xs, ys, variant)]).toEqual([2, NaN, NaN, NaN, -1, Infinity])
    expect([...binary('min', xs, ys, variant)]).toEqual([1, NaN, NaN, NaN, -3, 5])
  })
})
