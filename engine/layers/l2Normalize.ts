/** @file x / ‖x‖₂ along one axis: vectors of length 1 (notes 002 §1; Schroff et al. 2015 for embeddings). */
import { sizeOf } from '../core/tensor'
import { axisFromFront, axisSpec, sampleAxis } from './kit/axis'
import { defineLayer } from './kit/define'
import { expectDType } from './kit/expect'
import { float } from './kit/params'

const l2Normalize = defineLayer({
  kind: 'l2Normalize',
  category: 'normalization',
  idStem: 'l2',
  title: { en: 'L2 normalization', zh: 'L2 归一化' },
  aliases: { en: 'unit length, cosine', zh: '单位长度, 余弦' },
  summary: {
    en: 'Gives each vector length 1, so that products of two are cosines. For embeddings that are compared by direction.',
    zh: '将每个向量缩放为长度 1，使两向量的内积即余弦相似度。适合按方向比较的嵌入向量。',
  },
  formula: String.raw`y = \frac{x}{\max(\lVert x \rVert_2,\ \epsilon)}`,
  reference: 'notes 002 §1; Schroff et al. 2015',
  inputs: { x: { about: { en: 'vectors (N, …)', zh: '向量 (N, …)' } } },
  outputs: { y: { about: { en: 'the same shape, of length 1', zh: '形状不变，长度为 1' } } },
  params: {
    axis: axisSpec(
      {
        en: 'Along which axis a vector lies: −1 the last, 1 the channels of an image.',
        zh: '向量所在的轴：−1 为最后一个轴，1 为图像的通道。',
      },
      -1,
    ),
    epsilon: float({
      label: { en: 'Epsilon', zh: 'ε' },
      help: { en: 'Smallest length that is divided by, so that zero stays zero.', zh: '作除数的最小长度，使零向量仍为零。' },
      default: 1e-12,
      // Its square must still be a number of single precision.
      min: 1e-18,
      max: 1,
      advanced: true,
    }),
  },
  shape: ({ x }, { axis }, fail) =>
    expectDType(x, 'f32', 'x', fail) && sampleAxis(x, axis, fail) !== undefined ? { y: { shape: x.shape, dtype: 'f32' } } : undefined,
  // The root is taken of what is not zero: at zero its derivative would not be finite.
  lower: (b, { x }, _weights, { axis, epsilon }) => {
    const squared = b.sum(b.mul(x, x), [axisFromFront(x.shape, axis)], true)
    return { y: b.div(x, b.sqrt(b.max(squared, epsilon * epsilon))) }
  },
  flops: ({ x }) => 3 * sizeOf(x.shape),
  pytorch: ({ axis, epsilon }) => ({ call: (_self, [x]) => `F.normalize(${x}, dim=${axis}, eps=${epsilon})` }),
  cases: [
    { inputs: { x: [4, 7] } },
    { name: 'channels of an image', inputs: { x: [2, 3, 2, 5] }, params: { axis: 1 } },
    { name: 'one vector of two numbers', inputs: { x: [1, 2] } },
    { name: 'shorter than epsilon', inputs: { x: [2, 3] }, params: { epsilon: 1 }, ranges: { x: [-0.4, 0.4] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    l2Normalize: typeof l2Normalize
  }
}
export default l2Normalize
