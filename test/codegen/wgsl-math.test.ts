/** @file Elementary functions as WGSL, over every binade of the floats and at the edges, against double precision. */
import { describe, expect, it } from 'vitest'
import { emitLoop } from '../../engine/codegen/wgsl/loop'
import { hash32, toUnit } from '../../engine/core/random'
import type { LoopKernel, LoopOp } from '../../engine/optimize/kernel'
import { edges, everywhere, functions, powers, worst } from '../support/mathCases'
import { gpuBench, gpuContext, runDispatches } from '../support/wgslKernel'

type BodyOp = LoopOp & { readonly dtype: 'f32' | 'i32' }

const bench = await gpuBench()

/** A device may take floats below the smallest normal one for 0, and divide and take roots with a few roundings. */
const normal = Float32Array.from([...everywhere, ...edges].filter((x) => x === 0 || !(Math.abs(x) < 2 ** -126)))
const allowed = (tolerance: number) => (tolerance > 0 ? 3.5e-7 : 0)

describe.skipIf(!bench)('elementary functions as WGSL (needs a WebGPU adapter)', () => {
  if (!bench) return

  /** The operation on whole arrays; its operands are loads 0, 1 …, its result `dtype`. */
  async function apply(op: LoopOp, inputs: readonly (Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>)[], dtype: 'f32' | 'i32' = 'f32') {
    const count = inputs[0]?.length ?? 1
    const dtypes = [...inputs.map((input) => (input instanceof Int32Array ? ('i32' as const) : ('f32' as const))), dtype]
    const loads = inputs.map(
      (_, buffer): BodyOp => ({ op: 'load', view: { buffer, offset: 0, strides: [1] }, dtype: dtypes[buffer] ?? 'f32' }),
    )
    const kernel: LoopKernel = {
      kind: 'loop',
      axes: [count],
      reduced: 0,
      body: [...loads, { ...op, dtype }],
      results: [{ value: loads.length, buffer: inputs.length, offset: 0, strides: [1] }],
    }
    const dispatches = emitLoop(kernel, gpuContext(bench as NonNullable<typeof bench>, [], dtypes))
    const [bytes = new ArrayBuffer(0)] = await runDispatches(
      bench as NonNullable<typeof bench>,
      dispatches,
      [...inputs, new Float32Array(count).fill(Number.NaN)],
      [inputs.length],
    )
    return dtype === 'i32' ? new Int32Array(bytes) : new Float32Array(bytes)
  }
  const unary = async (name: (typeof functions)[number][0], xs: Float32Array<ArrayBuffer>) =>
    (await apply({ op: 'unary', name, x: 0 }, [xs])) as Float32Array

  it.each(functions)('%s is right in every binade and at the edges', async (name, exact, tolerance) => {
    const { error, at } = worst(normal, await unary(name, normal), exact)
    expect(error, `${name}(${at})`).toBeLessThanOrEqual(allowed(tolerance))
  })

  it.each(functions.slice(0, 4))('%s is right where networks use it', async (name, exact, tolerance) => {
    const xs = Float32Array.from({ length: 200_001 }, (_, i) => (i - 100_000) * 2e-4)
    const { error, at } = worst(xs, await unary(name, xs), exact)
    expect(error, `${name}(${at})`).toBeLessThanOrEqual(allowed(tolerance))
  })

  it.each([
    ['sin', Math.sin],
    ['cos', Math.cos],
  ] as const)('%s is right for floats of every size', async (name, exact) => {
    const xs = Float32Array.from([...normal, ...Array.from({ length: 1000 }, (_, i) => (i * Math.PI) / 2)])
    const got = await unary(name, xs)
    xs.forEach((x, i) => {
      const want = exact(x)
      const y = got[i] as number
      if (Number.isNaN(want)) expect(y, `${name}(${x})`).toBeNaN()
      else if (!(Math.abs(y - want) <= 1.5e-7)) expect.fail(`${name}(${x}) is ${want}, not ${y}`)
    })
  })

  it('pow agrees with Math.pow', async () => {
    const pairs = powers()
    const got = await apply({ op: 'binary', name: 'pow', a: 0, b: 1 }, [
      Float32Array.from(pairs, ([x]) => x),
      Float32Array.from(pairs, ([, y]) => y),
    ])
    pairs.forEach(([x, y], i) => {
      const want = x ** y
      const { error } = worst(Float32Array.of(x), Float32Array.of(got[i] as number), () => want)
      expect(error, `${x} ** ${y} = ${want}, not ${got[i]}`).toBeLessThanOrEqual(3e-7)
    })
  })

  it('max and min let NaN through', async () => {
    const xs = Float32Array.of(1, NaN, 2, NaN, -1, Infinity, -Infinity)
    const ys = Float32Array.of(2, 1, NaN, NaN, -3, 5, -Infinity)
    expect([...(await apply({ op: 'binary', name: 'max', a: 0, b: 1 }, [xs, ys]))]).toEqual([2, NaN, NaN, NaN, -1, Infinity, -Infinity])
    expect([...(await apply({ op: 'binary', name: 'min', a: 0, b: 1 }, [xs, ys]))]).toEqual([1, NaN, NaN, NaN, -3, 5, -Infinity])
  })

  it('compares and selects as the reference does, NaN too', async () => {
    const xs = Float32Array.of(1, 2, NaN, 3, -0, NaN)
    const ys = Float32Array.of(2, 2, 1, NaN, 0, NaN)
    expect([...(await apply({ op: 'binary', name: 'less', a: 0, b: 1 }, [xs, ys]))]).toEqual([1, 0, 0, 0, 0, 0])
    expect([...(await apply({ op: 'binary', name: 'equal', a: 0, b: 1 }, [xs, ys]))]).toEqual([0, 1, 0, 0, 1, 0])
    const [sevens, eights] = [xs.map(() => 7), xs.map(() => 8)]
    // biome-ignore lint/suspicious/noThenProperty: the operation's word
    const select: LoopOp = { op: 'select', condition: 0, then: 1, otherwise: 2 }
    expect([...(await apply(select, [xs, sevens, eights]))]).toEqual([7, 7, 7, 7, 8, 7])
  })

  it('turns floats into whole numbers toward zero, and keeps within their range', async () => {
    const xs = Float32Array.of(1.9, -1.9, 0, -0.5, 3e9, -3e9, Infinity, -Infinity, NaN, 16777217)
    const want = [1, -1, 0, 0, 2147483647, -2147483648, 2147483647, -2147483648, 0, 16777216]
    expect([...(await apply({ op: 'cast', x: 0 }, [xs], 'i32'))]).toEqual(want)
  })

  it('draws the reference’s random numbers, bit for bit', async () => {
    const index = Int32Array.from({ length: 5000 }, (_, i) => i * 429_497)
    const [seed, step, stream] = [-123_456_789, 17, 3_000_000_000]
    const key = (seed ^ hash32(stream, step)) >>> 0
    const got = await apply({ op: 'random', index: 0, key: 1, stream }, [index, Int32Array.of(seed, step)])
    expect([...got]).toEqual(Array.from(index, (i) => toUnit(hash32(key, i))))
  })
})
