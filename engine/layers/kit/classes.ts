/**
 * @file What losses over classes share: where the classes lie, right classes as indices or as shares of each class, label smoothing
 * (notes 004, noise on labels; Szegedy et al. 2016), and how well the best class is hit.
 * In: types or values of scores and labels. Out: the shape of the single losses, the losses themselves, metrics, and their Python.
 */
import { formatBatch, formatBatches, type Shape, sameShape, type TensorType } from '../../core/tensor'
import type { Emit, Tensor } from '../../ir/emit'
import type { Fail } from './define'
import { expectDType, expectRank } from './expect'
import type { LayerFix } from './fixes'
import type { Measure } from './loss'
import { choice, float } from './params'

export const labelPort = {
  about: {
    en: 'right classes (N, …), or the share of each class, shaped like the scores',
    zh: '正确类别 (N, …)，或与得分同形的各类别占比',
  },
} as const

export const classAxis = choice({
  label: { en: 'Classes lie', zh: '类别所在的轴' },
  help: {
    en: 'On the last axis, as dense layers and sequences have them, or on the channels, as images of scores have them.',
    zh: '在最后一个轴上（全连接层和序列的输出），或在通道轴上（逐像素得分图）。',
  },
  default: 'last',
  options: { last: { en: 'On the last axis', zh: '最后一个轴' }, channels: { en: 'On the channels (axis 1)', zh: '通道轴（第 1 轴）' } },
  advanced: true,
})
type ClassAxis = 'last' | 'channels'

export const labelSmoothing = float({
  label: { en: 'Label smoothing', zh: '标签平滑' },
  help: {
    en: 'The share of each label that is spread over all classes: allows for wrong labels and keeps scores from growing without end. 0.1 is usual, 0 is none.',
    zh: '把每个标签的这一比例均匀分给所有类别，以容忍错误标签并抑制得分无限增大。常用 0.1，0 表示不平滑。',
  },
  default: 0,
  min: 0,
  max: 1,
  advanced: true,
})

export const axisOf = (scores: Shape, axis: ClassAxis): number => (axis === 'channels' ? 1 : scores.length - 1)
const without = (shape: Shape, axis: number): Shape => shape.filter((_, i) => i !== axis)

/** One loss for each place that has scores; undefined after `fail`. */
export function expectClasses(port: string, scores: TensorType, label: TensorType, where: ClassAxis, fail: Fail): Shape | undefined {
  if (!expectDType(scores, 'f32', port, fail)) return undefined
  const { shape } = scores
  const pixels = without(shape, 1)
  const toChannels: LayerFix = {
    title: { en: 'Take the classes from the channels', zh: '改为按通道取类别' },
    edits: [{ type: 'setParam', param: 'axis', value: 'channels' }],
  }
  const flatten: LayerFix = {
    title: { en: 'Insert a Flatten layer', zh: '插入展平层' },
    edits: [{ type: 'insertBefore', port, kind: 'flatten', params: {} }],
  }
  const expected =
    where === 'last' ? { en: 'scores (N, classes)', zh: '得分 (N, 类别数)' } : { en: 'scores (N, classes, …)', zh: '得分 (N, 类别数, …)' }
  const isPixelwise = label.dtype === 'i32' ? sameShape(label.shape, pixels) : sameShape(label.shape, shape)
  const fixes = shape.length > 3 ? [isPixelwise ? toChannels : flatten] : []
  if (!expectRank(scores, where === 'last' ? [2, 3] : [2, 3, 4, 5], expected, port, fail, fixes)) return undefined
  const axis = axisOf(shape, where)
  const places = without(shape, axis)
  const wanted = label.dtype === 'i32' ? places : shape
  if (label.dtype === 'f32' && !sameShape(label.shape, shape) && label.shape.length < shape.length) {
    const toClasses: LayerFix = {
      title: { en: 'Let the label give classes', zh: '改为给出类别的标签' },
      edits: [
        { type: 'adjustSource', port: 'label', what: 'answers', value: 'class' },
        { type: 'adjustSource', port: 'label', what: 'shape', value: places.slice(1) },
        { type: 'adjustSource', port: 'label', what: 'classes', value: shape[axis] },
      ],
    }
    expectDType(label, 'i32', 'label', fail, [toClasses])
    return undefined
  }
  if (!sameShape(label.shape, wanted))
    return fail({
      code: 'shape.mismatch',
      port: 'label',
      values: formatBatches(wanted, label.shape),
      fixes: [
        {
          title: { en: `Give the label the shape ${formatBatch(wanted)}`, zh: `将标签的形状设为 ${formatBatch(wanted)}` },
          edits: [{ type: 'adjustSource', port: 'label', what: 'shape', value: wanted.slice(1) }],
        },
      ],
    })
  const given = shape[axis] ?? 0
  const { classes = given } = label
  if (label.dtype === 'i32' && classes !== given)
    return fail({
      code: 'shape.classes',
      port,
      values: { expected: classes, got: given },
      fixes: [
        {
          title: { en: `Let the layer before give ${classes} scores`, zh: `将前一层的输出个数改为 ${classes}` },
          edits: [{ type: 'adjustSource', port, what: 'width', value: classes }],
        },
        {
          title: { en: `Set the label to ${given} classes`, zh: `将标签的类别数改为 ${given}` },
          edits: [{ type: 'adjustSource', port: 'label', what: 'classes', value: given }],
        },
      ],
    })
  return places
}

/** −target · log p of each class, to be added up at each place; the target is the right class or the given shares, smoothed. */
export function negativeLogLikelihoods(b: Emit, logs: Tensor, label: Tensor, where: ClassAxis, smoothing: number): Tensor {
  const axis = axisOf(logs.shape, where)
  const costs = b.neg(logs)
  const spread = smoothing / (logs.shape[axis] ?? 1)
  const kept = 1 - smoothing
  if (label.dtype === 'f32') {
    const shares = smoothing === 0 ? label : b.add(b.mul(label, kept), spread)
    return b.mul(costs, shares)
  }
  const right = oneHotAt(b, label, logs.shape, axis)
  // What has no share may be infinite, which times 0 would be no number.
  return smoothing === 0 ? b.select(right, costs, 0) : b.mul(costs, b.add(b.mul(right, kept), spread))
}

/** 1 where the index of the class is the label. */
function oneHotAt(b: Emit, label: Tensor, shape: Shape, axis: number): Tensor {
  const others = shape.map((_, i) => i).filter((i) => i !== axis)
  return b.equal(b.broadcast(label, shape, others), b.iota(shape, axis))
}

/** How often the best class is right; of sequences also how many tokens the network hesitates between (perplexity, notes 002 §7). */
export function classMeasures(
  b: Emit,
  scores: Tensor,
  label: Tensor,
  where: ClassAxis,
  losses: () => Tensor,
): Readonly<Record<string, Measure>> {
  const axis = axisOf(scores.shape, where)
  const right = label.dtype === 'i32' ? label : b.argMax(label, axis)
  const accuracy = { each: b.equal(b.argMax(scores, axis), right) }
  if (where !== 'last' || scores.shape.length !== 3) return { accuracy }
  return { accuracy, perplexity: { each: { parts: losses(), axes: [axis] }, after: (emit, mean) => emit.exp(mean) } }
}

/** PyTorch wants classes on axis 1. */
export const classesFirst = (name: string, { shape }: TensorType, where: ClassAxis): string =>
  where === 'last' && shape.length > 2 ? `${name}.movedim(-1, 1)` : name

/** The single losses in Python, from log-probabilities with their classes on the given axis. */
export function negativeLogLikelihoodsInPython(logs: string, label: string, type: TensorType, axis: number, smoothing: number): string {
  const likelihood =
    type.dtype === 'i32' ? `${logs}.gather(${axis}, ${label}.unsqueeze(${axis})).squeeze(${axis})` : `(${logs} * ${label}).sum(${axis})`
  return smoothing === 0 ? `-${likelihood}` : `-${1 - smoothing} * ${likelihood} - ${smoothing} * ${logs}.mean(${axis})`
}
