/**
 * @file Convolutions with few channels: a tap is then too short a piece of a sum. The image is copied into a frame of zeros, so that every
 * window is whole, and taps are joined into runs whose elements lie at offsets known in advance.
 */
import { type ConvGeometry, type ConvSite, pixelBytes, type Tap } from './conv-geometry'
import type { Phase } from './emitter'
import { moveCost, unitFunction } from './phases'

/** Below so many channels in a group, taps are joined. */
export const fewChannels = 16
/** Steps of a piece that are written out with an offset each. */
const mostJoinedSteps = 64

export interface FramedImage {
  readonly address: number
  readonly width: number
  readonly phases: readonly Phase[]
}

/** The image where every window is whole: the image itself without padding, else a copy with zeros around it. */
export function framedImage({ context, g, a, label }: ConvSite): FramedImage {
  const [top, left] = g.padding
  if (top === 0 && left === 0) return { address: a, width: g.width, phases: [] }
  const lastTap = g.taps.at(-1) as Tap
  const height = (g.outHeight - 1) * g.stride[0] + lastTap.y + 1
  const width = (g.outWidth - 1) * g.stride[1] + lastTap.x + 1
  const pixel = pixelBytes(g)
  const address = context.scratch(height * width * pixel)
  const rows = Math.min(g.height, height - top)
  const columns = Math.min(g.width, width - left)
  const func = unitFunction(context.module, [height], (f, [y]) => {
    const row = f.local('i32')
    f.affine(address, [y, width * pixel]).set(row)
    f.get(row)
      .i32(0)
      .i32(width * pixel)
      .memoryFill()
    f.get(y)
      .i32(top)
      .op('i32.sub')
      .i32(rows)
      .op('i32.lt_u')
      .if(() => {
        f.affine(left * pixel, [row, 1])
        f.affine(a - top * g.width * pixel, [y, g.width * pixel])
        f.i32(columns * pixel).memoryCopy()
      })
  })
  const phase: Phase = { func, units: height, cost: moveCost((height * width * pixel) / 4), label: `${label}: frame` }
  return { address, width, phases: [phase] }
}

export const framedOffset = (g: ConvGeometry, image: FramedImage, { y, x }: { y: number; x: number }): number =>
  (y * image.width + x) * pixelBytes(g)

/** The taps in runs of equal shape that can be written out: the whole kernel, its rows, or single taps. */
export function joinedTaps({ taps, kernelWidth, groupChannels }: ConvGeometry): Tap[][] {
  const length = [taps.length, kernelWidth, 1].find((count) => count * groupChannels <= mostJoinedSteps) ?? 1
  return Array.from({ length: taps.length / length }, (_, i) => taps.slice(i * length, (i + 1) * length))
}

/** Byte offsets of every (tap, channel) of a run from its first. */
export function joinedOffsets(g: ConvGeometry, image: FramedImage, run: readonly Tap[]): number[] {
  const base = run[0] ? framedOffset(g, image, run[0]) : 0
  return run.flatMap((tap) => Array.from({ length: g.groupChannels }, (_, c) => framedOffset(g, image, tap) - base + 4 * c))
}
