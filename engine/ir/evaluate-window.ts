/**
 * @file Convolutions and pools of the reference interpreter, in double precision.
 * In: images in either layout. Out: the same. Inside everything is (H, W, N, C), so that channels lie together and the innermost
 * loops run over neighbours; `swapped` turns NCHW into that, itself back again, and kernels (O, I, KH, KW) into (KH, KW, O, I).
 */
import { type Shape, sizeOf } from '../core/tensor'
import { transposed } from './evaluate-strided'
import type { ConvWindow, PoolWindow, Window2d } from './program'
import { type ImageExtents, imageExtents, windowedSize } from './window'

const swapped = (data: Float64Array, [a = 0, b = 0, c = 0, d = 0]: Shape): Float64Array => transposed(data, [a, b, c, d], [2, 3, 0, 1])
const toHwnc = (data: Float64Array, shape: Shape, { layout }: Window2d) => (layout === 'NCHW' ? swapped(data, shape) : data)
const fromHwnc = (data: Float64Array, { height, width, batch, channels }: ImageExtents, { layout }: Window2d) =>
  layout === 'NCHW' ? swapped(data, [height, width, batch, channels]) : data

/** Visits every pair of an output position and an image position inside the image that a window tap joins. */
function forEachTap(
  image: ImageExtents,
  kernel: readonly [number, number],
  window: Window2d,
  visit: (outPosition: number, imagePosition: number, tap: number) => void,
): void {
  const [outHeight, outWidth] = windowedSize(image, kernel, window)
  const { stride, padding, dilation } = window
  for (let oy = 0; oy < outHeight; oy++)
    for (let ox = 0; ox < outWidth; ox++)
      for (let ky = 0; ky < kernel[0]; ky++) {
        const y = oy * stride[0] - padding[0] + ky * dilation[0]
        if (y < 0 || y >= image.height) continue
        for (let kx = 0; kx < kernel[1]; kx++) {
          const x = ox * stride[1] - padding[1] + kx * dilation[1]
          if (x >= 0 && x < image.width) visit(oy * outWidth + ox, y * image.width + x, ky * kernel[1] + kx)
        }
      }
}

/** Visits every row of channels that meet in a product: where they begin in the image, the kernel (KH, KW, O, I) and the single output element. */
function forEachRow(
  imageShape: Shape,
  kernelShape: Shape,
  window: ConvWindow,
  visit: (out: number, image: number, kernel: number, length: number) => void,
): void {
  const [outChannels = 0, length = 0, kernelHeight = 0, kernelWidth = 0] = kernelShape
  const image = imageExtents(imageShape, window.layout)
  const perGroup = outChannels / window.groups
  forEachTap(image, [kernelHeight, kernelWidth], window, (outPosition, imagePosition, tap) => {
    for (let n = 0; n < image.batch; n++) {
      const outRow = (outPosition * image.batch + n) * outChannels
      const imageRow = (imagePosition * image.batch + n) * image.channels
      for (let o = 0; o < outChannels; o++)
        visit(outRow + o, imageRow + Math.floor(o / perGroup) * length, (tap * outChannels + o) * length, length)
    }
  })
}

/** out[p, o] = Σ over taps and channels of image[q, c] · kernel[tap, o, c] */
export function conv2d(image: Float64Array, imageShape: Shape, kernel: Float64Array, kernelShape: Shape, window: ConvWindow): Float64Array {
  const size = imageExtents(imageShape, window.layout)
  const [channels = 0, , kernelHeight = 0, kernelWidth = 0] = kernelShape
  const [height, width] = windowedSize(size, [kernelHeight, kernelWidth], window)
  const x = toHwnc(image, imageShape, window)
  const w = swapped(kernel, kernelShape)
  const out = new Float64Array(height * width * size.batch * channels)
  forEachRow(imageShape, kernelShape, window, (o, i, k, length) => {
    let sum = 0
    for (let c = 0; c < length; c++) sum += (x[i + c] as number) * (w[k + c] as number)
    out[o] = (out[o] as number) + sum
  })
  return fromHwnc(out, { batch: size.batch, channels, height, width }, window)
}

/** image[q, c] = Σ over taps and output channels of gradient[p, o] · kernel[tap, o, c] */
export function conv2dInputGrad(
  gradient: Float64Array,
  gradientShape: Shape,
  kernel: Float64Array,
  kernelShape: Shape,
  imageShape: Shape,
  window: ConvWindow,
): Float64Array {
  const g = toHwnc(gradient, gradientShape, window)
  const w = swapped(kernel, kernelShape)
  const image = new Float64Array(sizeOf(imageShape))
  forEachRow(imageShape, kernelShape, window, (o, i, k, length) => {
    const factor = g[o] as number
    for (let c = 0; c < length; c++) image[i + c] = (image[i + c] as number) + factor * (w[k + c] as number)
  })
  return fromHwnc(image, imageExtents(imageShape, window.layout), window)
}

/** kernel[tap, o, c] = Σ over positions of gradient[p, o] · image[q, c] */
export function conv2dKernelGrad(
  image: Float64Array,
  imageShape: Shape,
  gradient: Float64Array,
  gradientShape: Shape,
  kernelShape: Shape,
  window: ConvWindow,
): Float64Array {
  const g = toHwnc(gradient, gradientShape, window)
  const x = toHwnc(image, imageShape, window)
  const kernel = new Float64Array(sizeOf(kernelShape))
  forEachRow(imageShape, kernelShape, window, (o, i, k, length) => {
    const factor = g[o] as number
    for (let c = 0; c < length; c++) kernel[k + c] = (kernel[k + c] as number) + factor * (x[i + c] as number)
  })
  const [o = 0, i = 0, kernelHeight = 0, kernelWidth = 0] = kernelShape
  return swapped(kernel, [kernelHeight, kernelWidth, o, i])
}

/** Visits every pair of an output element and an image element that a pooling tap joins (HWNC positions). */
function forEachPooled(
  imageShape: Shape,
  window: PoolWindow,
  visit: (out: number, image: number, tap: number) => void,
): { readonly size: ImageExtents; readonly pooled: ImageExtents } {
  const size = imageExtents(imageShape, window.layout)
  const row = size.batch * size.channels
  forEachTap(size, window.kernel, window, (outPosition, imagePosition, tap) => {
    for (let i = 0; i < row; i++) visit(outPosition * row + i, imagePosition * row + i, tap)
  })
  const [height, width] = windowedSize(size, window.kernel, window)
  return { size, pooled: { ...size, height, width } }
}

/** The largest element of each window, and the number of the first tap that holds it. */
export function maxPool2d(image: Float64Array, imageShape: Shape, outShape: Shape, window: PoolWindow) {
  const x = toHwnc(image, imageShape, window)
  const largest = new Float64Array(sizeOf(outShape)).fill(Number.NEGATIVE_INFINITY)
  const index = new Float64Array(sizeOf(outShape)).fill(-1)
  const { pooled } = forEachPooled(imageShape, window, (o, i, tap) => {
    // The first tap counts whatever it holds, so that a window of minus infinities still names an element.
    if ((index[o] as number) >= 0 && !((x[i] as number) > (largest[o] as number))) return
    largest[o] = x[i] as number
    index[o] = tap
  })
  return { largest: fromHwnc(largest, pooled, window), index: fromHwnc(index, pooled, window) }
}

/** Spreads the gradient of each window to the element that its index names. */
export function maxPool2dGrad(
  index: Float64Array,
  gradient: Float64Array,
  pooledShape: Shape,
  imageShape: Shape,
  window: PoolWindow,
): Float64Array {
  const chosen = toHwnc(index, pooledShape, window)
  const g = toHwnc(gradient, pooledShape, window)
  const image = new Float64Array(sizeOf(imageShape))
  const { size } = forEachPooled(imageShape, window, (o, i, tap) => {
    if (chosen[o] === tap) image[i] = (image[i] as number) + (g[o] as number)
  })
  return fromHwnc(image, size, window)
}

/** The element of each window that its index names. */
export function maxPool2dTake(
  index: Float64Array,
  pooledShape: Shape,
  image: Float64Array,
  imageShape: Shape,
  window: PoolWindow,
): Float64Array {
  const chosen = toHwnc(index, pooledShape, window)
  const x = toHwnc(image, imageShape, window)
  const taken = new Float64Array(sizeOf(pooledShape))
  const { pooled } = forEachPooled(imageShape, window, (o, i, tap) => {
    if (chosen[o] === tap) taken[o] = x[i] as number
  })
  return fromHwnc(taken, pooled, window)
}

export function avgPool2d(image: Float64Array, imageShape: Shape, outShape: Shape, window: PoolWindow): Float64Array {
  const x = toHwnc(image, imageShape, window)
  const share = 1 / (window.kernel[0] * window.kernel[1])
  const mean = new Float64Array(sizeOf(outShape))
  const { pooled } = forEachPooled(imageShape, window, (o, i) => {
    mean[o] = (mean[o] as number) + share * (x[i] as number)
  })
  return fromHwnc(mean, pooled, window)
}

export function avgPool2dGrad(gradient: Float64Array, pooledShape: Shape, imageShape: Shape, window: PoolWindow): Float64Array {
  const g = toHwnc(gradient, pooledShape, window)
  const share = 1 / (window.kernel[0] * window.kernel[1])
  const image = new Float64Array(sizeOf(imageShape))
  const { size } = forEachPooled(imageShape, window, (o, i) => {
    image[i] = (image[i] as number) + share * (g[o] as number)
  })
  return fromHwnc(image, size, window)
}
