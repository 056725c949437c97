/**
 * @file What convolution and pooling share: parameters of a sliding window and the extents it leaves.
 * In: an image (N, C, H, W) and a window. Out: the output's height and width, PyTorch's floor mode, or a diagnostic.
 */
import type { TensorType } from '../../core/tensor'
import { windowCount } from '../../ir/window'
import type { Fail } from './define'
import type { LayerFix } from './fixes'
import { int2d, pair } from './params'

/** One number for both axes, or [height, width]. */
export type Size = number | readonly [number, number]

export interface WindowParams {
  readonly kernelSize: Size
  readonly stride: Size
  readonly padding: Size
  readonly dilation?: Size
}

/** The form's fields, with a layer's own defaults. */
export const windowParams = (defaults: { kernelSize: number; stride: number; padding: number }) => ({
  kernelSize: int2d({
    label: { en: 'Window', zh: '窗口大小' },
    help: { en: 'Height and width of the window in pixels.', zh: '窗口的高和宽，以像素计。' },
    default: defaults.kernelSize,
    min: 1,
    max: 1024,
  }),
  stride: int2d({
    label: { en: 'Stride', zh: '步幅' },
    help: {
      en: 'How many pixels the window moves each time; 2 halves the image.',
      zh: '窗口每次移动的像素数；取 2 时图像高宽减半。',
    },
    default: defaults.stride,
    min: 1,
    max: 1024,
  }),
  padding: int2d({
    label: { en: 'Padding', zh: '填充' },
    help: {
      en: 'Pixels added on every side; half an odd window keeps the size of the image.',
      zh: '每一侧补上的像素数；奇数窗口取其一半可保持图像大小不变。',
    },
    default: defaults.padding,
    min: 0,
    max: 1024,
  }),
})

/** The same window as every pass below wants it: [height, width] pairs. */
export const windowOf = (params: WindowParams) => ({
  kernel: pair(params.kernelSize),
  stride: pair(params.stride),
  padding: pair(params.padding),
  dilation: pair(params.dilation ?? 1),
})

/** Height and width of the result, or undefined after `fail`. */
export function slide(image: TensorType, params: WindowParams, fail: Fail): readonly [number, number] | undefined {
  const { kernel, stride, padding, dilation } = windowOf(params)
  const covered = [dilation[0] * (kernel[0] - 1) + 1, dilation[1] * (kernel[1] - 1) + 1] as const
  const padded = [(image.shape[2] ?? 0) + 2 * padding[0], (image.shape[3] ?? 0) + 2 * padding[1]] as const
  if (covered[0] > padded[0] || covered[1] > padded[1]) {
    const most = (axis: 0 | 1): number => Math.min(kernel[axis], largestWindow(padded[axis], dilation[axis]))
    return fail({
      code: 'shape.window',
      port: 'x',
      param: 'kernelSize',
      values: { expected: covered.join('×'), got: padded.join('×') },
      fixes: [shrinkWindow(most(0) === most(1) ? most(0) : [most(0), most(1)])],
    })
  }
  const along = (axis: 0 | 1) => windowCount(image.shape[axis + 2] ?? 0, kernel[axis], stride[axis], padding[axis], dilation[axis])
  return [along(0), along(1)]
}

/** Taps of the largest window that fits into an extent. */
export const largestWindow = (extent: number, dilation: number): number => Math.floor((extent - 1) / dilation) + 1

export const shrinkWindow = (size: Size, words = briefSize(size)): LayerFix => ({
  title: { en: `Make the window ${words}`, zh: `将窗口改为 ${words}` },
  edits: [{ type: 'setParam', param: 'kernelSize', value: size }],
})

export const reducePadding = (size: Size): LayerFix => ({
  title: { en: 'Reduce the padding to half the window', zh: '将填充减到窗口的一半' },
  edits: [{ type: 'setParam', param: 'padding', value: size }],
})

/** A pool's window must not lie in the padding alone: at most half of it may be padding (as in PyTorch). */
export function paddingFits(params: WindowParams, fail: Fail): boolean {
  const { kernel, padding } = windowOf(params)
  if (padding.every((extent, axis) => 2 * extent <= (kernel[axis] as number))) return true
  const most = kernel.map((extent, axis) => Math.min(Math.floor(extent / 2), padding[axis] as number)) as [number, number]
  fail({
    code: 'shape.padding',
    param: 'padding',
    values: { expected: kernel.map((extent) => Math.floor(extent / 2)).join('×'), got: padding.join('×') },
    fixes: [reducePadding(most[0] === most[1] ? most[0] : most)],
  })
  return false
}

/** `5` or `(5, 3)`: how Python reads a size. */
export const pythonSize = (size: Size): string => (typeof size === 'number' ? `${size}` : `(${size.join(', ')})`)

/** `5×5`. */
export const briefSize = (size: Size): string => pair(size).join('×')
