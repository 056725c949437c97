/** @file The largest value within each group of k features or channels (notes 002 §14; notes 003; Goodfellow et al. 2013). */
import { sizeOf } from '../core/tensor'
import { axisFromFront, axisSpec, expectDivides, sampleAxis, withExtent } from './kit/axis'
import { defineLayer } from './kit/define'
import { expectDType } from './kit/expect'
import { int } from './kit/params'

const maxout = defineLayer({
  kind: 'maxout',
  category: 'activation',
  idStem: 'maxout',
  title: { en: 'Maxout', zh: 'Maxout' },
  aliases: { en: 'maximum within groups', zh: '最大输出' },
  summary: {
    en: 'Takes the largest of every k neighbouring features, so a unit learns its own convex activation out of k straight lines. The layer before needs k times the width; works well with dropout.',
    zh: '在每 k 个相邻特征中取最大值，神经元由此用 k 条直线学出自己的凸激活函数。前一层的宽度需为 k 倍；常与丢弃法合用。',
  },
  formula: String.raw`h_i = \max_{j = 1, \dots, k} x_{(i-1)k + j}`,
  reference: 'notes 002 §14, 003; Goodfellow et al. 2013',
  inputs: { x: { about: { en: 'features (N, …)', zh: '特征 (N, …)' } } },
  outputs: { y: { about: { en: 'one value a group', zh: '每组一个值' } } },
  params: {
    groupSize: int({
      label: { en: 'Group size k', zh: '每组个数 k' },
      help: { en: 'How many features compete; must divide their number.', zh: '每组中相互竞争的特征个数，须能整除特征总数。' },
      default: 2,
      min: 2,
      max: 1_000_000,
    }),
    axis: axisSpec(
      {
        en: 'Which axis is grouped: 1 is features or the channels of an image, −1 the last.',
        zh: '沿哪个轴分组：1 为特征或图像的通道，−1 为最后一个轴。',
      },
      1,
    ),
  },
  shape: ({ x }, { groupSize, axis }, fail) => {
    if (!expectDType(x, 'f32', 'x', fail)) return undefined
    const at = sampleAxis(x, axis, fail)
    if (at === undefined) return undefined
    const extent = x.shape[at] ?? 1
    if (!expectDivides(extent, groupSize, 'groupSize', 'x', fail)) return undefined
    return { y: { shape: withExtent(x.shape, at, extent / groupSize), dtype: 'f32' } }
  },
  lower: (b, { x }, _weights, { groupSize, axis }) => {
    const at = axisFromFront(x.shape, axis)
    const groups = (x.shape[at] ?? 1) / groupSize
    const grouped = b.reshape(x, [...x.shape.slice(0, at), groups, groupSize, ...x.shape.slice(at + 1)])
    return { y: b.maximum(grouped, [at + 1]) }
  },
  flops: ({ x }, { groupSize }) => sizeOf(x.shape) - sizeOf(x.shape) / groupSize,
  brief: ({ groupSize }) => `k = ${groupSize}`,
  pytorch: ({ groupSize, axis }, { x: { shape } }) => {
    const at = axisFromFront(shape, axis)
    return { call: (_self, [x]) => `${x}.unflatten(${at}, (-1, ${groupSize})).amax(${at + 1})` }
  },
  cases: [
    { name: 'pairs', inputs: { x: [4, 6] } },
    { name: 'one group, batch 1', inputs: { x: [1, 5] }, params: { groupSize: 5 } },
    { name: 'channels of an image', inputs: { x: [2, 6, 3, 2] }, params: { groupSize: 3 } },
    { name: 'every step of a sequence', inputs: { x: [2, 3, 4] }, params: { axis: -1 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    maxout: typeof maxout
  }
}
export default maxout
