/** @file Mean, sum, largest or smallest value over axes of each sample (notes 002 §1). */
import { type Shape, sizeOf, type TensorType } from '../core/tensor'
import type { Emit, Tensor } from '../ir/emit'
import { axesBehindBatch, axisFromFront, behindBatch } from './kit/axis'
import { defineLayer, type Fail } from './kit/define'
import { expectDType, expectRank } from './kit/expect'
import type { LayerFix } from './kit/fixes'
import { bool, choice, ints } from './kit/params'

/** From the front, in order; none given means all behind the batch. */
const axesOf = (shape: Shape, axes: readonly number[]): readonly number[] =>
  axes.length === 0 ? shape.map((_, axis) => axis).slice(1) : axes.map((axis) => axisFromFront(shape, axis)).toSorted((a, b) => a - b)

function areAxes(x: TensorType, given: readonly number[], fail: Fail): boolean {
  const axes = axesOf(x.shape, given)
  const odd = axes.find((axis, i) => axis < 1 || axis >= x.shape.length || axes.indexOf(axis) !== i)
  if (odd === undefined) return true
  const all: LayerFix = {
    title: { en: 'Take all axes of the sample', zh: '取样本的全部轴' },
    edits: [{ type: 'setParam', param: 'axes', value: [] }],
  }
  if (expectRank(x, [2, 3, 4, 5, 6, 7, 8], behindBatch, 'x', fail, [all])) {
    const { en, zh } = axesBehindBatch(x.shape)
    const expected = { en: `different axes, ${en}`, zh: `互不相同的轴：${zh}` }
    fail({ code: 'shape.axis', port: 'x', param: 'axes', values: { expected, got: given.join(', ') }, fixes: [all] })
  }
  return false
}

const operations = {
  mean: (b: Emit, x: Tensor, axes: readonly number[], keep: boolean) => b.mean(x, axes, keep),
  sum: (b: Emit, x: Tensor, axes: readonly number[], keep: boolean) => b.sum(x, axes, keep),
  max: (b: Emit, x: Tensor, axes: readonly number[], keep: boolean) => b.maximum(x, axes, keep),
  min: (b: Emit, x: Tensor, axes: readonly number[], keep: boolean) => b.neg(b.maximum(b.neg(x), axes, keep)),
} as const

const inPyTorch = { mean: 'mean', sum: 'sum', max: 'amax', min: 'amin' } as const

const inTeX = {
  mean: String.raw`\frac{1}{|I|} \sum_{i \in I}`,
  sum: String.raw`\sum_{i \in I}`,
  max: String.raw`\max_{i \in I}`,
  min: String.raw`\min_{i \in I}`,
} as const

const reduce = defineLayer({
  kind: 'reduce',
  category: 'arithmetic',
  idStem: 'reduce',
  title: { en: 'Reduce', zh: '归约' },
  aliases: { en: 'sum, mean, average, max, min, aggregate', zh: '求和, 求均值, 聚合' },
  summary: {
    en: 'Turns many values into one along chosen axes: the mean of a sequence, the sum of features, the largest value. The batch is left alone.',
    zh: '沿选定的轴将多个值归为一个：序列的均值、特征之和、最大值等。批量维不变。',
  },
  formula: ({ operation }) => `y_n = ${inTeX[operation]} x_{n,i}`,
  reference: 'notes 002 §1',
  inputs: { x: { about: { en: 'samples (N, …)', zh: '样本 (N, …)' } } },
  outputs: { y: { about: { en: 'samples without the reduced axes', zh: '去掉归约轴后的样本' } } },
  params: {
    operation: choice({
      label: { en: 'Operation', zh: '运算' },
      help: { en: 'What becomes of the values.', zh: '如何归并这些值。' },
      default: 'mean',
      options: {
        mean: { en: 'Mean', zh: '均值' },
        sum: { en: 'Sum', zh: '求和' },
        max: { en: 'Maximum', zh: '最大值' },
        min: { en: 'Minimum', zh: '最小值' },
      },
    }),
    axes: ints({
      label: { en: 'Axes', zh: '轴' },
      help: {
        en: 'Which axes go, the batch counted as 0; negative ones count from the end, none means all of the sample.',
        zh: '归约哪些轴，批量维为 0；负数从末尾数起，留空表示样本的全部轴。',
      },
      default: [-1],
      min: -7,
      max: 7,
      maxLength: 7,
    }),
    keepAxes: bool({
      label: { en: 'Keep the axes', zh: '保留轴' },
      help: {
        en: 'Leaves extents of 1, so that the result can be subtracted or divided by again.',
        zh: '保留长度为 1 的轴，便于再与原值相减或相除。',
      },
      default: false,
    }),
  },
  shape: ({ x }, { axes, keepAxes }, fail) => {
    if (!expectDType(x, 'f32', 'x', fail) || !areAxes(x, axes, fail)) return undefined
    const gone = axesOf(x.shape, axes)
    const kept = x.shape.map((extent, axis) => (gone.includes(axis) ? 1 : extent))
    return { y: { shape: keepAxes ? kept : x.shape.filter((_, axis) => !gone.includes(axis)), dtype: 'f32' } }
  },
  lower: (b, { x }, _weights, { operation, axes, keepAxes }) => ({ y: operations[operation](b, x, axesOf(x.shape, axes), keepAxes) }),
  flops: ({ x }) => sizeOf(x.shape),
  brief: ({ operation, axes }) => (axes.length === 0 ? operation : `${operation} · ${axes.join(', ')}`),
  pytorch: ({ operation, axes, keepAxes }, { x: { shape } }) => {
    const dims = axesOf(shape, axes)
    // Without axes PyTorch would reduce everything.
    return {
      call: (_self, [x = '']) =>
        dims.length === 0 ? x : `${x}.${inPyTorch[operation]}((${dims.join(', ')},), keepdim=${keepAxes ? 'True' : 'False'})`,
    }
  },
  cases: [
    { name: 'mean of the last axis', inputs: { x: [3, 5] } },
    { name: 'sum over a sequence', inputs: { x: [2, 5, 3] }, params: { operation: 'sum', axes: [1] } },
    {
      name: 'maximum of each channel, axes kept',
      inputs: { x: [2, 3, 4, 5] },
      params: { operation: 'max', axes: [-1, 2], keepAxes: true },
    },
    { name: 'minimum of everything, batch 1', inputs: { x: [1, 2, 3] }, params: { operation: 'min', axes: [] } },
    { name: 'an axis of 1', inputs: { x: [2, 1, 3] }, params: { operation: 'max', axes: [1] } },
    { name: 'mean of channels and rows', inputs: { x: [2, 2, 3, 4] }, params: { axes: [1, 2] } },
    { name: 'one number a sample', inputs: { x: [4] }, params: { operation: 'sum', axes: [] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    reduce: typeof reduce
  }
}
export default reduce
