/** @file Positive numbers that add up to 1 along one axis (notes 002 §1). */
import { formatBatch, sizeOf } from '../core/tensor'
import { axisFromFront, takeLastAxis } from './kit/axis'
import { defineLayer } from './kit/define'
import { expectDType } from './kit/expect'
import { int } from './kit/params'

const softmax = defineLayer({
  kind: 'softmax',
  category: 'activation',
  idStem: 'softmax',
  title: { en: 'Softmax', zh: 'Softmax' },
  aliases: { en: 'normalised exponential', zh: '归一化指数' },
  summary: {
    en: 'Turns scores into probabilities: positive and adding up to 1. The cross-entropy loss has it built in.',
    zh: '把得分转换为概率：均为正数且总和为 1。交叉熵损失已内含 softmax。',
  },
  formula: String.raw`y_i = \frac{e^{x_i}}{\sum_j e^{x_j}}`,
  reference: 'notes 002 §1',
  inputs: { x: { about: { en: 'scores (N, …)', zh: '得分 (N, …)' } } },
  outputs: { y: { about: { en: 'probabilities, the same shape', zh: '概率，形状不变' } } },
  params: {
    axis: int({
      label: { en: 'Axis', zh: '轴' },
      help: {
        en: 'Along which axis the numbers add up to 1, the batch counted as 0; −1 is the last, 1 the channels of an image.',
        zh: '沿哪个轴求和为 1，批量维为 0；−1 为最后一个轴，1 为图像的通道。',
      },
      default: -1,
      min: -7,
      max: 7,
      advanced: true,
    }),
  },
  shape: ({ x }, { axis }, fail) => {
    if (!expectDType(x, 'f32', 'x', fail)) return undefined
    const rank = x.shape.length
    if (axis >= rank || axis < -rank)
      return fail({
        code: 'shape.axis',
        port: 'x',
        param: 'axis',
        values: { expected: `< ${rank} (${formatBatch(x.shape)})`, got: axis },
        fixes: rank === 0 ? [] : [takeLastAxis],
      })
    return { y: { shape: x.shape, dtype: 'f32' } }
  },
  lower: (b, { x }, _weights, { axis }) => ({ y: b.softmax(x, axisFromFront(x.shape, axis)) }),
  flops: ({ x }) => 5 * sizeOf(x.shape),
  pytorch: ({ axis }) => ({ call: (_self, [x]) => `torch.softmax(${x}, ${axis})` }),
  cases: [
    { inputs: { x: [4, 7] } },
    { name: 'one score', inputs: { x: [2, 1] } },
    { name: 'channels of an image', inputs: { x: [2, 3, 4, 5] }, params: { axis: 1 } },
    { name: 'every step of a sequence', inputs: { x: [2, 3, 4] } },
    { name: 'steps, from the end', inputs: { x: [2, 3, 4] }, params: { axis: -2 } },
    { name: 'over the batch', inputs: { x: [5, 2] }, params: { axis: 0 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    softmax: typeof softmax
  }
}
export default softmax
