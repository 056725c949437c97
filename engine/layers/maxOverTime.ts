/** @file The largest value of each channel along a whole sequence: (N, L, C) or (N, C, L) → (N, C) (notes 002 §10; Collobert et al. 2011). */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectSequence, layoutSpec, sequenceOf, sequences, stepAxis } from './kit/sequence'

const maxOverTime = defineLayer({
  kind: 'maxOverTime',
  category: 'pooling',
  idStem: 'maxOverTime',
  title: { en: 'Max over time', zh: '时序最大池化层' },
  summary: {
    en: 'Keeps the strongest response of each filter, wherever in the sequence it was: texts of any length become vectors of one width. Stands behind 1-d convolutions.',
    zh: '只保留每个卷积核在整个序列中的最强响应，与出现位置无关：任意长度的文本都变为同样宽度的向量。接在一维卷积之后。',
  },
  formula: String.raw`Y_{n,c} = \max_{t} X_{n,t,c}`,
  reference: 'notes 002 §10; Collobert et al. 2011',
  inputs: { x: { about: sequences } },
  outputs: { y: { about: { en: 'one number a channel (N, C)', zh: '每个通道一个数 (N, C)' } } },
  params: { layout: layoutSpec },
  shape: ({ x }, { layout }, fail) => {
    if (!expectSequence(x, fail)) return undefined
    const { batch, channels } = sequenceOf(x, layout)
    return { y: { shape: [batch, channels], dtype: 'f32' } }
  },
  lower: (b, { x }, _weights, { layout }) => ({ y: b.maximum(x, [stepAxis(layout)]) }),
  flops: ({ x }) => sizeOf(x.shape),
  pytorch: ({ layout }) => ({ call: (_self, [x]) => `${x}.amax(${stepAxis(layout)})` }),
  cases: [
    { inputs: { x: [3, 7, 4] } },
    { name: 'channels first', inputs: { x: [2, 5, 3] }, params: { layout: 'NCL' } },
    { name: 'one step', inputs: { x: [2, 1, 6] } },
    { name: 'one channel', inputs: { x: [1, 9, 1] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    maxOverTime: typeof maxOverTime
  }
}
export default maxOverTime
