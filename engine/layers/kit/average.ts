/**
 * @file The mean of the losses of single samples, steps or values: over all of them, or over those that a mask leaves in, some of
 * them counting more than others. In: the single losses, a mask and weights where there are any. Out: one number; and its Python.
 * The mask decides what is averaged (notes 002 §10: the mean over mask = 1), a weight only how much a loss adds to the sum.
 * Where either is 0 the inputs themselves are left out before anything is computed of them: 0 · ∞ would be no number, forward and backward.
 */
import { formatBatch, formatShape, type Shape, sizeOf, type TensorType } from '../../core/tensor'
import type { Text } from '../../core/text'
import type { Emit, Tensor } from '../../ir/emit'
import type { Fail } from './define'
import { expectDType } from './expect'

/** `sum`: the losses of one sample are added up, and only the samples averaged. */
export type Reduction = 'mean' | 'sum'

export const countingPorts = {
  mask: {
    about: {
      en: '1 where the loss counts and 0 where it is left out: a number for each sample, each step or each value; the mean is over what counts',
      zh: '计入损失处为 1，不计处为 0；可按样本、按时间步或按元素给出；只对计入者求平均',
    },
    optional: true,
  },
  weight: {
    about: {
      en: 'what the loss of each sample, step or value is multiplied by, 0 leaves it out; the mean is still over as many as without weights',
      zh: '各样本、时间步或元素的损失所乘的权重，0 即排除；求平均时的个数与不加权时相同',
    },
    optional: true,
  },
} as const

/** What the optional ports carry. */
export interface Counting<T> {
  readonly mask?: T | undefined
  readonly weight?: T | undefined
}

/** A sum of masks below this is none at all: then the loss is 0, not 0 / 0. */
const NOTHING = 1e-12

/** What stands in for inputs that are left out: a probability, a variance, a score of which every loss is finite. */
const HARMLESS = 0.5

/** Axes of extent 1 at the end say nothing: a column (N, 1) is a number for each sample. */
function leading(shape: Shape): Shape {
  let rank = shape.length
  while (rank > 1 && shape[rank - 1] === 1) rank--
  return shape.slice(0, rank)
}

/** That the masks and weights there are have a number for each loss, or for each group of losses that share their first axes. */
export function expectCounting(counting: Counting<TensorType>, losses: Shape, fail: Fail): boolean {
  for (const port of ['mask', 'weight'] as const) {
    const type = counting[port]
    if (!type) continue
    if (!expectDType(type, 'f32', port, fail)) return false
    if (leading(type.shape).every((extent, axis) => extent === losses[axis])) continue
    // The batch stands as a number where it is what does not fit.
    const format = type.shape[0] === losses[0] ? formatBatch : formatShape
    const choices = losses.map((_, axis) => format(losses.slice(0, axis + 1)))
    const expected: Text = { en: choices.join(' or '), zh: choices.join(' 或 ') }
    const sample = losses.slice(1)
    fail({
      code: 'shape.counting',
      port,
      values: { port, expected, got: format(type.shape) },
      fixes: [
        {
          title: { en: `Give it the shape ${formatBatch(losses)}`, zh: `将其形状设为 ${formatBatch(losses)}` },
          edits: [{ type: 'adjustSource', port, what: 'shape', value: sample }],
        },
      ],
    })
    return false
  }
  return true
}

/** Single losses; where each is itself a sum, its parts and the axes they are added up over, so that one sum can do for all. */
export type Each = Tensor | { readonly parts: Tensor; readonly axes: readonly number[] }

/** The shape that the single losses have together. */
function shapeOf(all: Each): Shape {
  const { parts, axes } = 'parts' in all ? all : { parts: all, axes: [] }
  return parts.shape.filter((_, axis) => !axes.includes(axis))
}

/** Of how many losses (or, where those of a sample are summed, samples) a mask lets the mean be taken. */
function countedBy(b: Emit, mask: Tensor, shape: Shape, reduction: Reduction): Tensor {
  if (reduction === 'mean') return b.mul(b.sum(mask), sizeOf(shape) / sizeOf(mask.shape))
  return b.sum(b.greater(b.maximum(mask, mask.shape.map((_, axis) => axis).slice(1)), 0))
}

/** What `averaged` divides by; undefined without a mask: then the size of the batch decides. */
export const countOf = (b: Emit, all: Each, { mask }: Counting<Tensor>, reduction: Reduction): Tensor | undefined =>
  mask && countedBy(b, mask, shapeOf(all), reduction)

/** The numbers of a mask or of weights, one for each loss; with `over`, repeated over the axes that each loss is a sum over. */
function spread(b: Emit, x: Tensor, shape: Shape, over: readonly number[] = []): Tensor {
  const kept = leading(x.shape)
  const places = shape.map((_, axis) => axis).filter((axis) => !over.includes(axis))
  return b.broadcast(b.reshape(x, kept), shape, places.slice(0, kept.length))
}

/** The inputs as the losses see them: what is left out is a harmless number. `over`: axes of the inputs that each loss is a sum over. */
export function leftIn<Port extends string>(
  b: Emit,
  inputs: Readonly<Record<Port, Tensor>>,
  { mask, weight }: Counting<Tensor>,
  losses: Shape,
  over: readonly number[],
): Record<Port, Tensor> {
  const without = (x: Tensor): Tensor => {
    const axes = x.shape.length > losses.length ? over : []
    const isOut = (by: Tensor): Tensor => b.equal(spread(b, by, x.shape, axes), 0)
    const unmasked = mask ? b.select(isOut(mask), HARMLESS, x) : x
    return weight ? b.select(isOut(weight), HARMLESS, unmasked) : unmasked
  }
  const all = Object.entries<Tensor>(inputs).map(([port, x]) => [port, x.dtype === 'f32' ? without(x) : x])
  return Object.fromEntries(all)
}

/** The mean of the single losses of what is `leftIn`, or of what a metric says of each. */
export function averaged(b: Emit, all: Each, { mask, weight }: Counting<Tensor>, reduction: Reduction): Tensor {
  const { parts, axes } = 'parts' in all ? all : { parts: all, axes: [] }
  const shape = shapeOf(all)
  const mean = (total: Tensor) => b.mul(total, 1 / (reduction === 'mean' ? sizeOf(shape) : (shape[0] ?? 1)))
  if (!mask && !weight) return mean(b.sum(parts))
  const each = axes.length > 0 ? b.sum(parts, axes) : parts
  const [share, scale] = [mask, weight].map((x) => x && spread(b, x, shape))
  // Where the mask is 0 the weight may be no number either.
  const kept = share && scale ? b.mul(b.select(b.equal(share, 0), 0, scale), share) : (share ?? scale)
  const weighted = kept ? b.select(b.equal(kept, 0), 0, b.mul(each, kept)) : each
  if (!mask) return mean(b.sum(weighted))
  return b.div(b.sum(weighted), b.max(countedBy(b, mask, shape, reduction), NOTHING))
}

/** The mean over the batch of each unit: over the samples that a mask leaves in, and `none` where it leaves in none. */
export function batchMean(b: Emit, x: Tensor, mask: Tensor | undefined, none: number): Tensor {
  if (!mask) return b.mean(x, [0])
  const kept = leftIn(b, { x }, { mask }, x.shape, [])
  const share = spread(b, mask, x.shape)
  const count = b.sum(share, [0])
  const mean = b.div(b.sum(b.mul(kept.x, share), [0]), b.max(count, NOTHING))
  return b.select(b.greater(count, NOTHING), mean, none)
}

/** How the inputs of a loss are called in Python, and what they are. */
interface PythonInputs {
  /** Of what the losses are computed, in the order of the ports. */
  readonly args: readonly { readonly name: string; readonly type: TensorType | undefined }[]
  readonly mask: string
  readonly weight: string
}

/** A mask or weights, shaped to be multiplied with what has the shape of the losses. */
function spreadInPython(name: string, { shape }: TensorType, losses: Shape): string {
  const extents = losses.slice(1).map((extent, i) => (i + 1 < leading(shape).length ? extent : 1))
  return shape.length === losses.length && leading(shape).length === losses.length
    ? name
    : `${name}.reshape(${[-1, ...extents].join(', ')})`
}

/** `batchMean` in Python. */
export function batchMeanInPython(
  x: string,
  shape: Shape,
  mask: { readonly name: string; readonly type: TensorType } | undefined,
  none: number,
): string {
  if (!mask) return `${x}.mean(0)`
  const share = spreadInPython(mask.name, mask.type, shape)
  const [sum, count] = [`(${x}.masked_fill(${share} == 0, ${HARMLESS}) * ${share}).sum(0)`, `${share}.expand_as(${x}).sum(0)`]
  return `torch.where(${count} > ${NOTHING}, ${sum} / ${count}.clamp(min=${NOTHING}), ${none})`
}

/** The mean of single losses in Python. `loss` writes the loss as PyTorch's functions know it: each by itself, or already reduced. */
export function averagedInPython(
  loss: (reduction: Reduction | 'none', args: readonly string[]) => string,
  losses: Shape,
  over: readonly number[],
  { mask, weight }: Counting<TensorType>,
  { args, ...names }: PythonInputs,
  reduction: Reduction,
): string {
  const all = args.map(({ name }) => name)
  const [first = ''] = all
  if (!mask && !weight) return reduction === 'mean' ? loss('mean', all) : `${loss('sum', all)} / ${first}.shape[0]`
  const counting = [
    ...(weight ? [spreadInPython(names.weight, weight, losses)] : []),
    ...(mask ? [spreadInPython(names.mask, mask, losses)] : []),
  ]
  const isOut = counting.map((name) => (counting.length > 1 ? `(${name} == 0)` : `${name} == 0`)).join(' | ')
  const kept = args.map(({ name, type }) => {
    if (type?.dtype !== 'f32') return name
    const places = type.shape.length > losses.length ? `(${isOut})${over.map((axis) => `.unsqueeze(${axis})`).join('')}` : isOut
    return `${name}.masked_fill(${places}, ${HARMLESS})`
  })
  const [scale, ...others] = counting
  const factors = others.length > 0 ? [`${scale}.masked_fill(${others[0]} == 0, 0)`, ...others] : counting
  const product = `(${[loss('none', kept), ...factors].join(' * ')})`
  if (!mask) return reduction === 'mean' ? `${product}.mean()` : `${product}.sum() / ${first}.shape[0]`
  const repeats = sizeOf(losses) / sizeOf(mask.shape)
  const count =
    reduction === 'mean'
      ? `${names.mask}.sum()${repeats === 1 ? '' : `.mul(${repeats})`}`
      : `(${names.mask}${mask.shape.length === 1 ? '' : '.flatten(1).amax(1)'} > 0).sum()`
  return `${product}.sum() / ${count}.clamp(min=${NOTHING})`
}

/** What PyTorch's loss functions are told of the reduction. */
export const reductionArgument = (reduction: Reduction | 'none'): string => (reduction === 'mean' ? '' : `, reduction='${reduction}'`)

/** A formula of single losses, reduced. */
export const reducedFormula = (each: string, reduction: Reduction | 'none'): string =>
  reduction === 'none' ? `(${each})` : `(${each}).${reduction}()`
