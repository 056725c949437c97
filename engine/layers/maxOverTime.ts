/** @file The largest value of each channel along a whole sequence: (N, L, C) or (N, C, L) → (N, C) (notes 002 §10; Collobert et al. 2011). */
import { formatBatches, sameShape, sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectDType } from './kit/expect'
import { maximumWhere } from './kit/masked'
import { expectSequence, layoutSpec, sequenceOf, sequenceShape, sequences, stepAxis } from './kit/sequence'

const maxOverTime = defineLayer({
  kind: 'maxOverTime',
  category: 'pooling',
  idStem: 'maxOverTime',
  title: { en: 'Max over time', zh: '时序最大池化层' },
  aliases: { en: 'max-over-time pooling', zh: '时间最大池化, 时序最大汇聚' },
  summary: {
    en: 'Keeps the strongest response of each filter, wherever in the sequence it was: texts of any length become vectors of one width. Stands behind 1-d convolutions. A mask leaves padding out; where it leaves nothing in, the result is 0.',
    zh: '只保留每个卷积核在整个序列中的最强响应，与出现位置无关：任意长度的文本都变为同样宽度的向量。接在一维卷积之后。可用掩码去掉填充部分；全部被去掉时结果为 0。',
  },
  formula: String.raw`Y_{n,c} = \max_{t:\, m_{n,t} > 0} X_{n,t,c}`,
  reference: 'notes 002 §10; Collobert et al. 2011',
  inputs: {
    x: { about: sequences },
    mask: {
      about: { en: '1 for steps that count, 0 for padding (N, L)', zh: '有效的时间步为 1，填充为 0 (N, L)' },
      optional: true,
    },
  },
  outputs: { y: { about: { en: 'one number a channel (N, C)', zh: '每个通道一个数 (N, C)' } } },
  params: { layout: layoutSpec },
  shape: ({ x, mask }, { layout }, fail) => {
    if (!expectSequence(x, fail)) return undefined
    const { batch, channels, length } = sequenceOf(x, layout)
    if (mask && !expectDType(mask, 'f32', 'mask', fail)) return undefined
    if (mask && !sameShape(mask.shape, [batch, length]))
      return fail({
        code: 'shape.mismatch',
        port: 'mask',
        values: formatBatches([batch, length], mask.shape),
        fixes: [
          {
            title: { en: `Give the mask ${length} steps`, zh: `将掩码设为 ${length} 个时间步` },
            edits: [{ type: 'adjustSource', port: 'mask', what: 'shape', value: [length] }],
          },
        ],
      })
    return { y: { shape: [batch, channels], dtype: 'f32' } }
  },
  lower: (b, { x, mask }, _weights, { layout }) => {
    const axes = [stepAxis(layout)]
    if (!mask) return { y: b.maximum(x, axes) }
    const counts = b.greater(mask, 0)
    const { batch, length } = sequenceOf(x, layout)
    const ofSteps = b.reshape(counts, sequenceShape({ batch, length, channels: 1 }, layout))
    return { y: maximumWhere(b, ofSteps, x, axes, b.maximum(counts, [1], true)) }
  },
  flops: ({ x }) => sizeOf(x.shape),
  pytorch: ({ layout }, { mask }) => ({
    call: (_self, [x, given]) => {
      const axis = stepAxis(layout)
      if (!mask) return `${x}.amax(${axis})`
      const left = `(${given} <= 0)`
      return `${x}.masked_fill(${left}.unsqueeze(${3 - axis}), -torch.inf).amax(${axis}).masked_fill(${left}.all(1, keepdim=True), 0)`
    },
  }),
  cases: [
    { inputs: { x: [3, 7, 4] } },
    { name: 'channels first', inputs: { x: [2, 5, 3] }, params: { layout: 'NCL' } },
    { name: 'one step', inputs: { x: [2, 1, 6] } },
    { name: 'one channel', inputs: { x: [1, 9, 1] } },
    { name: 'masked', inputs: { x: [3, 5, 2], mask: [3, 5] } },
    { name: 'masked, channels first', inputs: { x: [2, 4, 3], mask: [2, 3] }, params: { layout: 'NCL' } },
    { name: 'nothing left in', inputs: { x: [2, 3, 2], mask: [2, 3] }, ranges: { mask: [-1, 0] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    maxOverTime: typeof maxOverTime
  }
}
export default maxOverTime
