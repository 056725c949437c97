/**
 * @file Geometry of convolution and pooling windows, for both image layouts.
 * In: image shape and window. Out: extents by name, and shapes put together again.
 */
import type { Shape } from '../core/tensor'
import type { Window2d } from './program'

export type ImageLayout = Window2d['layout']

/** Extents of an image batch by name, whatever the order of its axes. */
export interface ImageExtents {
  readonly batch: number
  readonly channels: number
  readonly height: number
  readonly width: number
}

/** `imageExtents` of a shape with four axes. */
export function imageExtents(shape: Shape, layout: ImageLayout): ImageExtents {
  const [a = 0, b = 0, c = 0, d = 0] = shape
  return layout === 'NCHW' ? { batch: a, channels: b, height: c, width: d } : { height: a, width: b, batch: c, channels: d }
}

export const imageShape = ({ batch, channels, height, width }: ImageExtents, layout: ImageLayout): Shape =>
  layout === 'NCHW' ? [batch, channels, height, width] : [height, width, batch, channels]

/** Number of window positions along one axis: ⌊(extent + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1. */
export const windowCount = (extent: number, kernel: number, stride: number, padding: number, dilation: number): number =>
  Math.floor((extent + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1

/** Height and width of the result of walking `kernel` over the image. */
export function windowedSize(image: ImageExtents, kernel: readonly [number, number], window: Window2d): readonly [number, number] {
  const { stride, padding, dilation } = window
  return [
    windowCount(image.height, kernel[0], stride[0], padding[0], dilation[0]),
    windowCount(image.width, kernel[1], stride[1], padding[1], dilation[1]),
  ]
}
