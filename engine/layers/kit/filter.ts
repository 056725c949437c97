/**
 * @file What image filters share: one fixed window that visits every pixel of every channel, and an image of the same size
 * (notes 002 §13: stride 1, padding of half the window).
 * In: the window and the formula of one filter. Out: its layer definition.
 */
import { sizeOf } from '../../core/tensor'
import type { Emit, Tensor } from '../../ir/emit'
import { defineLayer, type Fail, type LayerCase, type LayerDefinition } from './define'
import { expectImages, images } from './expect'
import { choice, int, type ParamSpecs, type ParamValues } from './params'

export const borderSpec = choice({
  label: { en: 'Beyond the border', zh: '边界之外' },
  help: {
    en: 'What the window finds outside the image: zeros, which darken the edge, or the nearest pixel repeated.',
    zh: '窗口超出图像时取何值：取零会使边缘变暗，也可重复最近的像素。',
  },
  default: 'zeros',
  options: { zeros: { en: 'Zeros', zh: '零' }, nearest: { en: 'Nearest pixel', zh: '最近的像素' } },
})
type Border = 'zeros' | 'nearest'

export const filterSizeSpec = (initial: number, max = 63) =>
  int({
    label: { en: 'Size', zh: '窗口大小' },
    help: {
      en: 'Side of the square window in pixels; odd, so that it has a middle.',
      zh: '正方形窗口的边长，以像素计；须为奇数，使其有中心。',
    },
    default: initial,
    min: 1,
    max,
  })

export const numbersOnly = { x: { about: images } } as const
export const sameSize = { about: { en: 'images of the same shape', zh: '形状相同的图像' } }

/** The window needs a middle. */
export function expectOdd(size: number, fail: Fail): boolean {
  if (size % 2 === 1) return true
  const expected = { en: 'an odd number', zh: '奇数' }
  const nearest = size - 1
  fail({
    code: 'param.invalid',
    param: 'size',
    values: { param: 'size', expected, got: size },
    fixes: [{ title: { en: `Make it ${nearest}`, zh: `改为 ${nearest}` }, edits: [{ type: 'setParam', param: 'size', value: nearest }] }],
  })
  return false
}

/** Rows and columns around the images, as many on opposite sides. */
export function bordered(b: Emit, x: Tensor, [rows, columns]: readonly [number, number], border: Border): Tensor {
  if (border === 'zeros') return b.pad(x, [0, 0, rows, columns], [0, 0, rows, columns])
  return repeatEdge(b, repeatEdge(b, x, 2, rows), 3, columns)
}

function repeatEdge(b: Emit, x: Tensor, axis: 2 | 3, count: number): Tensor {
  if (count === 0) return x
  const extent = x.shape[axis] ?? 0
  const shape = x.shape.map((n, i) => (i === axis ? count : n))
  return b.concat([b.broadcast(part(b, x, axis, 0, 1), shape), x, b.broadcast(part(b, x, axis, extent - 1, 1), shape)], axis)
}

/** `length` rows (axis 2) or columns (axis 3) from `start`. */
export function part(b: Emit, x: Tensor, axis: 2 | 3, start: number, length: number): Tensor {
  const starts = x.shape.map((_, i) => (i === axis ? start : 0))
  const limits = x.shape.map((extent, i) => (i === axis ? start + length : extent))
  return b.slice(x, starts, limits)
}

/**
 * Σ tapᵤ · x[i + u] along one axis, without a border: shifted images added up, which becomes one loop whatever the number of channels.
 */
export function correlate(b: Emit, x: Tensor, taps: readonly number[], axis: 2 | 3): Tensor {
  const length = (x.shape[axis] ?? 0) - taps.length + 1
  const terms = taps.flatMap((tap, u) => (tap === 0 ? [] : [b.mul(part(b, x, axis, u, length), tap)]))
  const [first = b.mul(part(b, x, axis, 0, length), 0), ...others] = terms
  return others.reduce((sum, term) => b.add(sum, term), first)
}

/** How a filter of a given height and width is seen by the receptive field. */
export const fixedWindow = ([height, width]: readonly [number, number]) =>
  ({ kernel: [height, width], stride: [1, 1], padding: [(height - 1) / 2, (width - 1) / 2], dilation: [1, 1] }) as const

type Words = 'kind' | 'title' | 'aliases' | 'summary' | 'formula' | 'reference' | 'idStem' | 'brief'

interface FilterDefinition<S extends ParamSpecs> extends Pick<LayerDefinition<S>, Words> {
  readonly params: S
  /** Height and width of the window, both odd. */
  readonly size: (params: ParamValues<S>) => readonly [number, number]
  /** Values that cannot be; `size` odd is one. */
  readonly check?: (params: ParamValues<S>, fail: Fail) => boolean
  readonly apply: (b: Emit, x: Tensor, params: ParamValues<S>) => Tensor
  /** Operations per pixel. */
  readonly operations: (params: ParamValues<S>) => number
  /** The Python expression of the result for images `x` of `channels` channels. */
  readonly pytorch: (x: string, params: ParamValues<S>, channels: number) => string
  readonly cases: readonly LayerCase<ParamValues<S>>[]
}

export const defineFilter = <const S extends ParamSpecs>(filter: FilterDefinition<S>) => {
  const { size, check, apply, operations, pytorch, ...rest } = filter
  return defineLayer<S, typeof numbersOnly, 'y'>({
    ...rest,
    category: 'filter',
    inputs: numbersOnly,
    outputs: { y: sameSize },
    shape: ({ x }, params, fail) =>
      expectImages(x, fail) && (!check || check(params, fail)) ? { y: { shape: x.shape, dtype: 'f32' } } : undefined,
    lower: (b, { x }, _weights, params) => ({ y: apply(b, x, params) }),
    flops: ({ x }, params) => operations(params) * sizeOf(x.shape),
    window: (params) => fixedWindow(size(params)),
    pytorch: (params, { x }) => ({ call: (_self, [input = '']) => pytorch(input, params, x.shape[1] ?? 0) }),
  })
}

/** Half a window on each side, for the border. */
export const half = (size: number): readonly [number, number] => [(size - 1) / 2, (size - 1) / 2]

/** `F.pad(x, (left, right, top, bottom))`, and with the nearest pixel. */
export const pythonBorder = (x: string, [rows, columns]: readonly [number, number], border: Border): string =>
  `F.pad(${x}, (${columns}, ${columns}, ${rows}, ${rows})${border === 'zeros' ? '' : ", mode='replicate'"})`

/** One kernel for every channel by itself, given as Python's rows. */
export const pythonDepthwise = (x: string, rows: string, channels: number): string =>
  `F.conv2d(${x}, torch.tensor(${rows}, dtype=${x}.dtype, device=${x}.device).expand(${channels}, 1, -1, -1), groups=${channels})`
