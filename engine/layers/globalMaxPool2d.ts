/** @file The largest value of each whole feature map, one number a channel: (N, C, H, W) → (N, C) (notes 002 §9). */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectImages, images } from './kit/expect'

const globalMaxPool2d = defineLayer({
  kind: 'globalMaxPool2d',
  category: 'pooling',
  idStem: 'globalPool',
  title: { en: 'Global max pooling', zh: '全局最大池化层' },
  aliases: { en: 'GMP', zh: '全局最大汇聚' },
  summary: {
    en: 'Reduces each feature map to its largest value: whether a feature is there at all, wherever it lies.',
    zh: '将每张特征图缩减为其最大值：只看某个特征是否出现，不论位置。',
  },
  formula: String.raw`Y_{n,c} = \max_{i,j} X_{n,c,i,j}`,
  reference: 'notes 002 §9',
  inputs: { x: { about: images } },
  outputs: { y: { about: { en: 'one number a channel (N, C)', zh: '每个通道一个数 (N, C)' } } },
  params: {},
  shape: ({ x }, _params, fail) => (expectImages(x, fail) ? { y: { shape: x.shape.slice(0, 2), dtype: 'f32' } } : undefined),
  lower: (b, { x }) => ({ y: b.maximum(x, [2, 3]) }),
  flops: ({ x }) => sizeOf(x.shape),
  pytorch: () => ({ call: (_self, [x]) => `${x}.amax((2, 3))` }),
  cases: [
    { inputs: { x: [2, 3, 5, 4] } },
    { name: 'one pixel', inputs: { x: [1, 4, 1, 1] } },
    { name: 'one row', inputs: { x: [3, 1, 1, 7] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    globalMaxPool2d: typeof globalMaxPool2d
  }
}
export default globalMaxPool2d
