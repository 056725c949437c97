/**
 * @file Where the operands of convolutions and pools meet: which taps of a window fall inside the image for an output or input pixel, and
 * byte offsets in images that lie as (H, W, N, C). Pure arithmetic on a kernel's sizes; everything generated rests on it.
 */
import type { ConvKernel } from '../../optimize/kernel'
import type { EmitContext } from './emitter'
import { once, type PanelMap } from './tile-pack'

export interface WindowGeometry {
  readonly height: number
  readonly width: number
  readonly outHeight: number
  readonly outWidth: number
  readonly taps: readonly Tap[]
  readonly stride: readonly [number, number]
  readonly padding: readonly [number, number]
}

export interface ConvGeometry extends WindowGeometry {
  readonly batch: number
  /** Channels of the whole image and of one group, in and out. */
  readonly channels: number
  readonly outChannels: number
  readonly groups: number
  readonly groupChannels: number
  readonly groupOutChannels: number
  readonly kernelWidth: number
}

/** A window element's place: its number in row-major order and its offset in the image. */
export interface Tap {
  readonly index: number
  readonly y: number
  readonly x: number
}

export const tapsOf = (height: number, width: number, dilation: readonly [number, number]): Tap[] =>
  Array.from({ length: height * width }, (_, index) => ({
    index,
    y: Math.floor(index / width) * dilation[0],
    x: (index % width) * dilation[1],
  }))

export function geometryOf({ sizes, window }: ConvKernel): ConvGeometry {
  return {
    batch: sizes.batch,
    channels: sizes.channels,
    outChannels: sizes.outChannels,
    groups: window.groups,
    groupChannels: sizes.channels / window.groups,
    groupOutChannels: sizes.outChannels / window.groups,
    height: sizes.height,
    width: sizes.width,
    outHeight: sizes.outHeight,
    outWidth: sizes.outWidth,
    taps: tapsOf(sizes.kernelHeight, sizes.kernelWidth, window.dilation),
    kernelWidth: sizes.kernelWidth,
    stride: window.stride,
    padding: window.padding,
  }
}

/** One pixel for one pixel: the convolution is a product of matrices. */
export const isPointwise = ({ taps, stride, padding, groups }: ConvGeometry): boolean =>
  taps.length === 1 && groups === 1 && stride[0] === 1 && stride[1] === 1 && padding[0] === 0 && padding[1] === 0

/** Bytes from one pixel to the next, in the image and in the result. */
export const pixelBytes = ({ batch, channels }: ConvGeometry): number => 4 * batch * channels
export const outPixelBytes = ({ batch, outChannels }: ConvGeometry): number => 4 * batch * outChannels

export interface Pixel {
  readonly y: number
  readonly x: number
  /** Row-major number. */
  readonly index: number
}

export const pixels = (height: number, width: number): Pixel[] =>
  Array.from({ length: height * width }, (_, index) => ({ y: Math.floor(index / width), x: index % width, index }))

/** The image pixel under a tap when the window stands at an output pixel; undefined outside the image. */
export function imagePixel(g: WindowGeometry, out: Pixel, tap: Tap): number | undefined {
  const y = out.y * g.stride[0] + tap.y - g.padding[0]
  const x = out.x * g.stride[1] + tap.x - g.padding[1]
  return y < 0 || x < 0 || y >= g.height || x >= g.width ? undefined : y * g.width + x
}

/** A convolution to emit: its geometry and the byte addresses of its buffers. */
export interface ConvSite {
  readonly context: EmitContext
  readonly g: ConvGeometry
  readonly a: number
  readonly b: number
  readonly out: number
  readonly bias: number | undefined
  /** The kernel, or its gradient, lies in column panels rather than as (O, I/groups, KH, KW). */
  readonly packed: boolean
  readonly label: string
}

/** Walks a kernel by (other channel, tap) into panel rows tap · channels + channel; with one tap the channels are the inner walk. */
export function kernelWalk({ taps }: ConvGeometry, channels: PanelMap['outer'], rowsPerTap: number): Pick<PanelMap, 'outer' | 'inner'> {
  return taps.length === 1
    ? { outer: once, inner: channels }
    : { outer: channels, inner: { count: taps.length, bytes: 4, rows: rowsPerTap } }
}
