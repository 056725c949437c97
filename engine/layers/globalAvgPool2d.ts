/** @file The mean of each whole feature map, one number a channel: (N, C, H, W) → (N, C) (Lin et al. 2013, “Network in network”). */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectImages, images } from './kit/expect'

const globalAvgPool2d = defineLayer({
  kind: 'globalAvgPool2d',
  category: 'pooling',
  idStem: 'globalPool',
  title: { en: 'Global average pooling', zh: '全局平均池化层' },
  aliases: { en: 'GAP', zh: '全局均值汇聚' },
  summary: {
    en: 'Averages each feature map to a single number, whatever the image size. Stands before the output layer of modern networks.',
    zh: '将每张特征图平均为一个数，与图像大小无关。现代卷积网络常放在输出层之前。',
  },
  formula: String.raw`Y_{n,c} = \frac{1}{HW} \sum_{i,j} X_{n,c,i,j}`,
  reference: 'notes 002 §5; Lin et al. 2013',
  inputs: { x: { about: images } },
  outputs: { y: { about: { en: 'one number a channel (N, C)', zh: '每个通道一个数 (N, C)' } } },
  params: {},
  shape: ({ x }, _params, fail) => (expectImages(x, fail) ? { y: { shape: x.shape.slice(0, 2), dtype: 'f32' } } : undefined),
  lower: (b, { x }) => ({ y: b.mean(x, [2, 3]) }),
  flops: ({ x }) => sizeOf(x.shape),
  pytorch: () => ({ call: (_self, [x]) => `${x}.mean((2, 3))` }),
  cases: [{ inputs: { x: [2, 3, 5, 4] } }, { name: 'one pixel', inputs: { x: [1, 4, 1, 1] } }],
})

declare module './kit/kinds' {
  interface LayerKinds {
    globalAvgPool2d: typeof globalAvgPool2d
  }
}
export default globalAvgPool2d
