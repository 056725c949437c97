import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emitPool } from '../../engine/codegen/wasm/pool'
import { hash32, toUnit } from '../../engine/core/random'
import type { PoolKernel } from '../../engine/optimize/kernel'
import { expectClose, expectSameBits, makeSums } from '../support/close'
import { KernelBench, oneByOne, variants } from '../support/wasmKernel'

interface Shape {
  readonly batch: number
  readonly channels: number
  readonly size: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly stride: readonly [number, number]
  readonly padding: readonly [number, number]
  readonly dilation: readonly [number, number]
}

const square = (batch: number, channels: number, size: number, kernel: number, stride: number, padding = 0): Shape => ({
  batch,
  channels,
  size: [size, size],
  kernel: [kernel, kernel],
  stride: [stride, stride],
  padding: [padding, padding],
  dilation: [1, 1],
})

/** Coarse values, so that maxima tie. */
const noise = (length: number, key: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.round(8 * toUnit(hash32(key, i))) - 4)

const outSize = (s: Shape): [number, number] =>
  [0, 1].map((axis) => {
    const a = axis as 0 | 1
    return Math.floor((s.size[a] + 2 * s.padding[a] - s.dilation[a] * (s.kernel[a] - 1) - 1) / s.stride[a]) + 1
  }) as [number, number]

/** For every element of the result, the image elements under its window with their tap numbers, in order. */
function windows(s: Shape): { from: number; tap: number }[][] {
  const [outHeight, outWidth] = outSize(s)
  const length = s.batch * s.channels
  return Array.from({ length: outHeight * outWidth * length }, (_, at) => {
    const pixel = Math.floor(at / length)
    const found: { from: number; tap: number }[] = []
    for (let tap = 0; tap < s.kernel[0] * s.kernel[1]; tap++) {
      const y = Math.floor(pixel / outWidth) * s.stride[0] - s.padding[0] + Math.floor(tap / s.kernel[1]) * s.dilation[0]
      const x = (pixel % outWidth) * s.stride[1] - s.padding[1] + (tap % s.kernel[1]) * s.dilation[1]
      if (y >= 0 && x >= 0 && y < s.size[0] && x < s.size[1]) found.push({ from: (y * s.size[1] + x) * length + (at % length), tap })
    }
    return found
  })
}

function check(s: Shape, variantName: string): void {
  const reach = windows(s)
  const [outHeight, outWidth] = outSize(s)
  const imageLength = s.size[0] * s.size[1] * s.batch * s.channels
  const image = noise(imageLength, 1)
  const gradient = noise(reach.length, 2)
  const index = new Int32Array(reach.length)
  const maximum = makeSums(reach.length)
  const average = makeSums(reach.length)
  const maxGradient = makeSums(imageLength)
  const averageGradient = makeSums(imageLength)
  const area = s.kernel[0] * s.kernel[1]
  for (const [at, taps] of reach.entries()) {
    let best = taps[0] as { from: number; tap: number }
    for (const tap of taps) if ((image[tap.from] as number) > (image[best.from] as number)) best = tap
    index[at] = best.tap
    maximum.values[at] = image[best.from] as number
    maxGradient.values[best.from] = (maxGradient.values[best.from] as number) + (gradient[at] as number)
    for (const { from } of taps) {
      average.values[at] = (average.values[at] as number) + (image[from] as number) / area
      averageGradient.values[from] = (averageGradient.values[from] as number) + (gradient[at] as number) / area
    }
  }
  for (const sums of [average, averageGradient]) sums.magnitudes.fill(8)

  const kernel = (variant: PoolKernel['variant'], withIndex: boolean): PoolKernel => ({
    kind: 'pool',
    variant,
    x: 0,
    index: withIndex ? 1 : undefined,
    out: 2,
    sizes: { batch: s.batch, channels: s.channels, height: s.size[0], width: s.size[1], outHeight, outWidth },
    window: { ...s, layout: 'HWNC' },
  })
  const run = (description: PoolKernel, x: Float32Array, outLength: number): { out: Float32Array; index: Int32Array } => {
    const results = [undefined, oneByOne].map((split) => {
      const sizes = [x.length, reach.length, outLength]
      const bench = new KernelBench(sizes, (context) => emitPool(description, context), variants[variantName] as (typeof variants)[string])
      bench.floats(0).set(x)
      if (description.variant !== 'maxForward') bench.ints(1).set(index)
      bench.run(split)
      bench.checkGuards()
      return { out: bench.floats(2).slice(), index: bench.ints(1).slice() }
    })
    const [whole, split] = results as [{ out: Float32Array; index: Int32Array }, { out: Float32Array; index: Int32Array }]
    expectSameBits(split.out, whole.out)
    return whole
  }
  const forward = run(kernel('maxForward', true), image, reach.length)
  expectClose(forward.out, maximum)
  expect(forward.index).toEqual(index)
  expectClose(run(kernel('maxForward', false), image, reach.length).out, maximum)
  expectClose(run(kernel('maxTake', true), image, reach.length).out, maximum)
  expectClose(run(kernel('maxBackward', true), gradient, imageLength).out, maxGradient)
  expectClose(run(kernel('averageForward', false), image, reach.length).out, average)
  expectClose(run(kernel('averageBackward', false), gradient, imageLength).out, averageGradient)
}

describe.each(Object.keys(variants))('pool %s', (variant) => {
  it.each<[string, Shape]>([
    ['LeNet 2×2', square(5, 6, 8, 2, 2)],
    ['ResNet stem 3×3, stride 2', square(3, 8, 9, 3, 2, 1)],
    ['inception 3×3, stride 1', square(2, 12, 5, 3, 1, 1)],
    ['the whole image', square(3, 5, 4, 4, 1)],
    ['one pixel', square(1, 1, 1, 1, 1)],
    ['gaps between windows', square(2, 3, 7, 2, 3)],
    ['dilated', { ...square(2, 3, 9, 3, 2, 1), dilation: [2, 1] }],
  ])('%s', (_, shape) => check(shape, variant))

  it('any shape', () => {
    const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }))
    const shapes = fc
      .record({
        batch: fc.integer({ min: 1, max: 5 }),
        channels: fc.integer({ min: 1, max: 9 }),
        size: pair(1, 8),
        kernel: pair(1, 3),
        stride: pair(1, 3),
        dilation: pair(1, 2),
        padded: fc.boolean(),
      })
      .map(({ padded, ...rest }): Shape => ({ ...rest, padding: padded ? [rest.kernel[0] >> 1, rest.kernel[1] >> 1] : [0, 0] }))
      .filter((s) => outSize(s).every((extent) => extent >= 1) && windows(s).every((taps) => taps.length > 0))
    fc.assert(
      fc.property(shapes, (shape) => check(shape, variant)),
      { numRuns: 30, seed: 5 },
    )
  })

  it('keeps a NaN', () => {
    const description: PoolKernel = {
      kind: 'pool',
      variant: 'maxForward',
      x: 0,
      out: 1,
      sizes: { batch: 1, channels: 1, height: 1, width: 3, outHeight: 1, outWidth: 1 },
      window: { kernel: [1, 3], stride: [1, 1], padding: [0, 0], dilation: [1, 1], layout: 'HWNC' },
    }
    const bench = new KernelBench([3, 1], (context) => emitPool(description, context), variants[variant] as (typeof variants)[string])
    bench.floats(0).set([1, Number.NaN, 2])
    bench.run()
    expect(bench.floats(1)[0]).toBeNaN()
  })
})
