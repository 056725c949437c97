/**
 * @file Convolutions by their definition, in double precision, over (H, W, N, C) images and (O, I, KH, KW) kernels: what the generated
 * kernels are held against.
 */
import { kernelPacking, type Packing, panelWidth } from '../../engine/ir/packing'
import type { ConvKernel, ConvSizes } from '../../engine/optimize/kernel'
import { makeSums, type Sums } from './close'

export interface ConvShape {
  readonly batch: number
  readonly channels: number
  readonly outChannels: number
  readonly size: readonly [number, number]
  readonly kernel: readonly [number, number]
  readonly stride: readonly [number, number]
  readonly padding: readonly [number, number]
  readonly dilation: readonly [number, number]
  readonly groups: number
}

/** A square convolution: everything the same both ways. */
export const square = (
  batch: number,
  channels: number,
  outChannels: number,
  size: number,
  kernel: number,
  stride = 1,
  padding = 0,
): ConvShape => ({
  batch,
  channels,
  outChannels,
  size: [size, size],
  kernel: [kernel, kernel],
  stride: [stride, stride],
  padding: [padding, padding],
  dilation: [1, 1],
  groups: 1,
})

const outExtent = (s: ConvShape, axis: 0 | 1): number =>
  Math.floor((s.size[axis] + 2 * s.padding[axis] - s.dilation[axis] * (s.kernel[axis] - 1) - 1) / s.stride[axis]) + 1

export const sizesOf = (s: ConvShape): ConvSizes => ({
  batch: s.batch,
  channels: s.channels,
  height: s.size[0],
  width: s.size[1],
  outChannels: s.outChannels,
  kernelHeight: s.kernel[0],
  kernelWidth: s.kernel[1],
  outHeight: outExtent(s, 0),
  outWidth: outExtent(s, 1),
})

/** Buffers 0 and 1 are read, 2 is written, 3 is the bias. */
export const convKernel = (s: ConvShape, direction: ConvKernel['direction'], bias = false, packing?: Packing): ConvKernel => ({
  kind: 'conv',
  direction,
  a: 0,
  b: 1,
  out: 2,
  bias: bias ? 3 : undefined,
  sizes: sizesOf(s),
  window: { stride: s.stride, padding: s.padding, dilation: s.dilation, groups: s.groups, layout: 'HWNC' },
  ...(packing ? { panels: { width: packing.width } } : {}),
})

/** How the kernel lies packed, where it can. */
export const packingOf = (s: ConvShape, widest: number): Packing | undefined =>
  s.groups > 1 ? undefined : kernelPacking([s.outChannels, s.channels, ...s.kernel], panelWidth(s.outChannels, widest))

/** Elements of image, kernel and result. */
export function elementsOf(s: ConvShape): { image: number; kernel: number; result: number } {
  const z = sizesOf(s)
  return {
    image: z.height * z.width * z.batch * z.channels,
    kernel: (z.outChannels * z.channels * z.kernelHeight * z.kernelWidth) / s.groups,
    result: z.outHeight * z.outWidth * z.batch * z.outChannels,
  }
}

/**
 * Adds x · y into the result for every pair of elements that the convolution multiplies. Each of the three directions writes to one of
 * the three operands: `into` names it, the other two hold the values.
 */
export function convolve(
  s: ConvShape,
  into: 'image' | 'kernel' | 'result',
  operands: { image?: Float32Array; kernel?: Float32Array; result?: Float32Array },
  bias?: Float32Array,
): Sums {
  const z = sizesOf(s)
  const { image, kernel, result } = operands
  const sums = makeSums(elementsOf(s)[into])
  const { values, magnitudes } = sums
  const inGroup = s.channels / s.groups
  const outGroup = s.outChannels / s.groups
  if (bias)
    for (let i = 0; i < values.length; i++) {
      values[i] = bias[i % s.outChannels] as number
      magnitudes[i] = Math.abs(values[i] as number)
    }
  const taps = z.kernelHeight * z.kernelWidth
  for (let oy = 0; oy < z.outHeight; oy++)
    for (let ox = 0; ox < z.outWidth; ox++)
      for (let tap = 0; tap < taps; tap++) {
        const y = oy * s.stride[0] - s.padding[0] + Math.floor(tap / z.kernelWidth) * s.dilation[0]
        const x = ox * s.stride[1] - s.padding[1] + (tap % z.kernelWidth) * s.dilation[1]
        if (y < 0 || x < 0 || y >= z.height || x >= z.width) continue
        for (let n = 0; n < z.batch; n++)
          for (let o = 0; o < z.outChannels; o++) {
            const atResult = ((oy * z.outWidth + ox) * z.batch + n) * z.outChannels + o
            const first = Math.floor(o / outGroup) * inGroup
            for (let c = 0; c < inGroup; c++) {
              const atImage = ((y * z.width + x) * z.batch + n) * z.channels + first + c
              const atKernel = (o * inGroup + c) * taps + tap
              const at = into === 'image' ? atImage : into === 'kernel' ? atKernel : atResult
              const term =
                (image ? (image[atImage] as number) : 1) *
                (kernel ? (kernel[atKernel] as number) : 1) *
                (result ? (result[atResult] as number) : 1)
              values[at] = (values[at] as number) + term
              magnitudes[at] = (magnitudes[at] as number) + Math.abs(term)
            }
          }
      }
  return sums
}
