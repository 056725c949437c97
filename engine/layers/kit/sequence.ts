/**
 * @file What layers share that slide along a sequence of channels: in which order the axes stand, and windows of one axis.
 * In: (N, L, C) as embeddings and recurrent layers give it, or (N, C, L). Out: extents by name, images one pixel high that the
 * two-dimensional primitives take, or a diagnostic.
 */
import { type Shape, sizeOf, type TensorType } from '../../core/tensor'
import type { Text } from '../../core/text'
import type { Emit, Tensor } from '../../ir/emit'
import { windowCount } from '../../ir/window'
import type { Fail } from './define'
import { expectVectors } from './expect'
import { choice, int } from './params'
import { largestWindow, reducePadding, shrinkWindow } from './window'

export const sequences: Text = {
  en: 'sequences (N, L, C), or (N, C, L) as “Order of the axes” says',
  zh: '序列 (N, L, C)；按“轴的次序”也可为 (N, C, L)',
}

export const layoutSpec = choice({
  label: { en: 'Order of the axes', zh: '轴的次序' },
  help: {
    en: 'Embeddings and recurrent layers give steps before channels; recorded signals often come as channels before steps. The result keeps the order.',
    zh: '嵌入层和循环层的输出先时间步后通道；采集的信号常为先通道后时间步。输出保持同样的次序。',
  },
  default: 'NLC',
  options: {
    NLC: { en: '(N, L, C): steps, channels', zh: '(N, L, C)：时间步、通道' },
    NCL: { en: '(N, C, L): channels, steps', zh: '(N, C, L)：通道、时间步' },
  },
  advanced: true,
})
export type SequenceLayout = 'NLC' | 'NCL'

export interface Sequence {
  readonly batch: number
  readonly channels: number
  readonly length: number
}

export function sequenceOf({ shape: [batch = 0, second = 0, third = 0] }: { readonly shape: Shape }, layout: SequenceLayout): Sequence {
  return layout === 'NLC' ? { batch, length: second, channels: third } : { batch, channels: second, length: third }
}

export const sequenceShape = ({ batch, channels, length }: Sequence, layout: SequenceLayout): Shape =>
  layout === 'NLC' ? [batch, length, channels] : [batch, channels, length]

export const stepAxis = (layout: SequenceLayout): number => (layout === 'NLC' ? 1 : 2)

export const expectSequence = (type: TensorType, fail: Fail): boolean => expectVectors(type, sequences, fail)

/** (N, C, 1, L) */
export function asImages(b: Emit, x: Tensor, layout: SequenceLayout): Tensor {
  const { batch, channels, length } = sequenceOf(x, layout)
  const channelsFirst = layout === 'NCL' ? x : b.transpose(x, [0, 2, 1])
  return b.reshape(channelsFirst, [batch, channels, 1, length])
}

export function fromImages(b: Emit, images: Tensor, layout: SequenceLayout): Tensor {
  const [batch = 0, channels = 0, , length = 0] = images.shape
  const channelsFirst = b.reshape(images, [batch, channels, length])
  return layout === 'NCL' ? channelsFirst : b.transpose(channelsFirst, [0, 2, 1])
}

export interface StepWindow {
  readonly kernelSize: number
  readonly stride: number
  readonly padding: number
  readonly dilation?: number
}

/** The form's fields, with a layer's own defaults. */
export const stepWindowParams = (defaults: { kernelSize: number; stride: number; padding: number }) => ({
  kernelSize: int({
    label: { en: 'Window', zh: '窗口大小' },
    help: { en: 'Length of the window in steps.', zh: '窗口的长度，以时间步计。' },
    default: defaults.kernelSize,
    min: 1,
    max: 65536,
  }),
  stride: int({
    label: { en: 'Stride', zh: '步幅' },
    help: {
      en: 'How many steps the window moves each time; 2 halves the sequence.',
      zh: '窗口每次移动的时间步数；取 2 时序列长度减半。',
    },
    default: defaults.stride,
    min: 1,
    max: 65536,
  }),
  padding: int({
    label: { en: 'Padding', zh: '填充' },
    help: {
      en: 'Steps added at both ends; half an odd window keeps the length of the sequence.',
      zh: '两端各补上的时间步数；奇数窗口取其一半可保持序列长度不变。',
    },
    default: defaults.padding,
    min: 0,
    max: 65536,
  }),
})

/** The same window over an image one pixel high. */
export const flatWindow = ({ stride, padding, dilation = 1 }: StepWindow) =>
  ({ stride: [1, stride], padding: [0, padding], dilation: [1, dilation], layout: 'NCHW' }) as const

/** Steps of the result, or undefined after `fail`. */
export function slideAlong(length: number, { kernelSize, stride, padding, dilation = 1 }: StepWindow, fail: Fail): number | undefined {
  const [covered, padded] = [dilation * (kernelSize - 1) + 1, length + 2 * padding]
  if (covered > padded)
    return fail({
      code: 'shape.steps',
      port: 'x',
      param: 'kernelSize',
      values: { expected: covered, got: padded },
      fixes: [shrinkWindow(largestWindow(padded, dilation), `${largestWindow(padded, dilation)}`)],
    })
  return windowCount(length, kernelSize, stride, padding, dilation)
}

/** A pool's window must not lie in the padding alone: at most half of it may be padding (as in PyTorch). */
export function stepPaddingFits({ kernelSize, padding }: StepWindow, fail: Fail): boolean {
  const most = Math.floor(kernelSize / 2)
  if (padding <= most) return true
  fail({ code: 'shape.padding', param: 'padding', values: { expected: most, got: padding }, fixes: [reducePadding(most)] })
  return false
}

/** The result of a pool, or undefined after `fail`. */
export function pooledSequence(
  x: TensorType,
  params: StepWindow & { readonly layout: SequenceLayout },
  fail: Fail,
): TensorType | undefined {
  if (!expectSequence(x, fail) || !stepPaddingFits(params, fail)) return undefined
  const sequence = sequenceOf(x, params.layout)
  const length = slideAlong(sequence.length, params, fail)
  return length === undefined ? undefined : { shape: sequenceShape({ ...sequence, length }, params.layout), dtype: 'f32' }
}

/** Operations that do `perElement` work for every element of the result. */
export function stepFlops(
  x: TensorType,
  params: StepWindow & { readonly layout: SequenceLayout },
  channels: number,
  perElement: number,
): number {
  const { batch, length } = sequenceOf(x, params.layout)
  const steps = slideAlong(length, params, () => undefined) ?? 0
  return sizeOf([batch, channels, steps]) * perElement
}

/** PyTorch has the channels first; `call` is handed what PyTorch's own functions take. */
export const pythonSequence = (x: string, layout: SequenceLayout, call: (channelsFirst: string) => string): string =>
  layout === 'NCL' ? call(x) : `${call(`${x}.transpose(1, 2)`)}.transpose(1, 2)`
