/**
 * @file Whether a 3×3 convolution is computed by minimal filtering, and with tiles of which size: by what each way is expected to take.
 * The constants fit 75 convolutions of ResNet, GoogLeNet, VGG and DenseNet in all three directions, measured in turns; the estimates are
 * about 15 % off. In: sizes, and what was asked for. Out: the matrices, or undefined for a sum over the taps.
 */
import type { ConvGeometry } from './conv-geometry'
import type { KernelVariant } from './emitter'
import { wholeFloats } from './winograd-lines'
import { type Winograd, winograd2, winograd4 } from './winograd-matrices'

/** Nanoseconds of a multiply-add in a register tile, with 256-bit vectors and with 128-bit ones. */
const wideProduct = 0.02
const narrowProduct = 0.033
/** Nanoseconds to transform a number of a tile, and to transform and read one of a kernel, from the second cache and from beyond it. */
const tileNumber = 0.19
const kernelNumber = 0.3
const distantKernelNumber = 0.5
/** Nanoseconds to read a number of a kernel in a sum over the taps. */
const tapNumber = 0.2
/** Numbers of a transformed kernel that caches near the cores hold. */
const nearNumbers = 3 * 2 ** 20
/** A register tile costs as if it had so much of a row more. */
const tileOverhead = 0.5
/** What a sum over the taps may take longer before its smaller errors are given up. */
const worthLessAccuracy = 1.1

export function winogradFor(variant: KernelVariant, g: ConvGeometry): Winograd | undefined {
  const { convolution = 'auto' } = variant
  if (convolution === 'direct' || !isPossible(g)) return undefined
  if (convolution === 'winograd2') return winograd2
  if (convolution === 'winograd4') return winograd4
  const direct = directTime(variant, g)
  const [best] = [winograd4, winograd2]
    .map((winograd) => ({ winograd, time: winogradTime(variant, winograd, g) }))
    .sort((a, b) => a.time - b.time)
  return best && best.time * worthLessAccuracy < direct ? best.winograd : undefined
}

/** 3×3, stride 1, padding up to 2, one group, and rows of channels that fill a vector. */
function isPossible({ taps, kernelWidth, stride, padding, groups, channels, outChannels }: ConvGeometry): boolean {
  const last = taps.at(-1)
  return (
    taps.length === 9 &&
    kernelWidth === 3 &&
    last?.y === 2 &&
    last.x === 2 &&
    stride.every((step) => step === 1) &&
    padding.every((pixels) => pixels <= 2) &&
    groups === 1 &&
    Math.min(channels, outChannels) >= wholeFloats
  )
}

const productTime = ({ columns }: KernelVariant): number => (columns >= 16 ? wideProduct : narrowProduct)

/** Nanoseconds of a sum over the taps that lie inside the image. */
function directTime(variant: KernelVariant, g: ConvGeometry): number {
  const taps = tapsInside(g.height, g.outHeight, g.padding[0]) * tapsInside(g.width, g.outWidth, g.padding[1])
  return g.channels * g.outChannels * (g.batch * taps * productTime(variant) + g.taps.length * tapNumber)
}

/** Pairs of a result and a tap inside the image, along one axis. */
const tapsInside = (extent: number, results: number, padding: number): number =>
  [0, 1, 2].reduce((sum, tap) => sum + Math.min(results, extent + padding - tap) - Math.max(0, padding - tap), 0)

/** Nanoseconds of transforms and products; the kernel's gradient takes about as long as the way forward. */
function winogradTime(variant: KernelVariant, { points, results }: Winograd, g: ConvGeometry): number {
  const rows = g.batch * Math.ceil(g.outHeight / results) * Math.ceil(g.outWidth / results)
  const kernel = g.channels * g.outChannels
  const products = (rows + tileOverhead * Math.ceil(rows / variant.rows)) * kernel * productTime(variant)
  const tiles = rows * (g.channels + g.outChannels) * tileNumber
  const kernels = kernel * (points ** 2 * kernel > nearNumbers ? distantKernelNumber : kernelNumber)
  return points ** 2 * (products + tiles + kernels)
}
