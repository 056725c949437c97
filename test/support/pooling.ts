/** @file Pools by their definition, over (H, W, N, C) images, and the shapes that every executor's kernels are held against. */
import fc from 'fast-check'
import { hash32, toUnit } from '../../engine/core/random'
import type { PoolKernel } from '../../engine/optimize/kernel'
import { makeSums, type Sums } from './close'

export interface PoolShape {
  readonly batch: number
  readonly channels: number
  readonly size: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly stride: readonly [number, number]
  readonly padding: readonly [number, number]
  readonly dilation: readonly [number, number]
}

const square = (batch: number, channels: number, size: number, kernel: number, stride: number, padding = 0): PoolShape => ({
  batch,
  channels,
  size: [size, size],
  kernel: [kernel, kernel],
  stride: [stride, stride],
  padding: [padding, padding],
  dilation: [1, 1],
})

const outSize = (s: PoolShape): [number, number] =>
  [0, 1].map((axis) => {
    const a = axis as 0 | 1
    return Math.floor((s.size[a] + 2 * s.padding[a] - s.dilation[a] * (s.kernel[a] - 1) - 1) / s.stride[a]) + 1
  }) as [number, number]

/** For every element of the result, the image elements under its window with their tap numbers, in order. */
function windows(s: PoolShape): { from: number; tap: number }[][] {
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

/** Buffer 0 is read, 1 is the index, 2 is written. */
export const poolKernel = (s: PoolShape, variant: PoolKernel['variant'], withIndex: boolean): PoolKernel => {
  const [outHeight, outWidth] = outSize(s)
  return {
    kind: 'pool',
    variant,
    x: 0,
    index: withIndex ? 1 : undefined,
    out: 2,
    sizes: { batch: s.batch, channels: s.channels, height: s.size[0], width: s.size[1], outHeight, outWidth },
    window: { ...s, layout: 'HWNC' },
  }
}

export interface Pooled {
  readonly image: Float32Array<ArrayBuffer>
  readonly gradient: Float32Array<ArrayBuffer>
  /** Tap of each window's first maximum. */
  readonly index: Int32Array<ArrayBuffer>
  /** What each variant makes, with and without an index where it may go either way. */
  readonly cases: readonly {
    readonly variant: PoolKernel['variant']
    readonly withIndex: boolean
    readonly x: Float32Array<ArrayBuffer>
    readonly out: Sums
  }[]
}

/** Coarse values, so that maxima tie. */
const noise = (length: number, key: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length }, (_, i) => Math.round(8 * toUnit(hash32(key, i))) - 4)

export function pooled(s: PoolShape): Pooled {
  const reach = windows(s)
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
  return {
    image,
    gradient,
    index,
    cases: [
      { variant: 'maxForward', withIndex: true, x: image, out: maximum },
      { variant: 'maxForward', withIndex: false, x: image, out: maximum },
      { variant: 'maxTake', withIndex: true, x: image, out: maximum },
      { variant: 'maxBackward', withIndex: true, x: gradient, out: maxGradient },
      { variant: 'averageForward', withIndex: false, x: image, out: average },
      { variant: 'averageBackward', withIndex: false, x: gradient, out: averageGradient },
    ],
  }
}

export const poolShapes: readonly (readonly [string, PoolShape])[] = [
  ['LeNet 2×2', square(5, 6, 8, 2, 2)],
  ['ResNet stem 3×3, stride 2', square(3, 8, 9, 3, 2, 1)],
  ['inception 3×3, stride 1', square(2, 12, 5, 3, 1, 1)],
  ['the whole image', square(3, 5, 4, 4, 1)],
  ['one pixel', square(1, 1, 1, 1, 1)],
  ['gaps between windows', square(2, 3, 7, 2, 3)],
  ['dilated', { ...square(2, 3, 9, 3, 2, 1), dilation: [2, 1] }],
]

const pair = (min: number, max: number) => fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }))

export const anyPool = fc
  .record({
    batch: fc.integer({ min: 1, max: 5 }),
    channels: fc.integer({ min: 1, max: 9 }),
    size: pair(1, 8),
    kernel: pair(1, 3),
    stride: pair(1, 3),
    dilation: pair(1, 2),
    padded: fc.boolean(),
  })
  .map(({ padded, ...rest }): PoolShape => ({ ...rest, padding: padded ? [rest.kernel[0] >> 1, rest.kernel[1] >> 1] : [0, 0] }))
  .filter((s) => outSize(s).every((extent) => extent >= 1) && windows(s).every((taps) => taps.length > 0))

/** 1×3 window over (1, NaN, 2): the result is NaN. Buffer 0 is read, 1 is written. */
export const notANumber: PoolKernel = {
  kind: 'pool',
  variant: 'maxForward',
  x: 0,
  out: 1,
  sizes: { batch: 1, channels: 1, height: 1, width: 3, outHeight: 1, outWidth: 1 },
  window: { kernel: [1, 3], stride: [1, 1], padding: [0, 0], dilation: [1, 1], layout: 'HWNC' },
}
