/** @file Lays all axes of a sample out in one row, row-major: (N, C, H, W) → (N, C·H·W). */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'

const flatten = defineLayer({
  kind: 'flatten',
  category: 'shape',
  idStem: 'flatten',
  title: { en: 'Flatten', zh: '展平层' },
  aliases: { en: 'ravel', zh: '拉平' },
  summary: {
    en: 'Turns each sample into one row of numbers, so that a dense layer can follow a convolution.',
    zh: '把每个样本排成一行数，使卷积层之后可以接全连接层。',
  },
  formula: String.raw`(N, C, H, W) \to (N,\; C H W)`,
  reference: 'notes 002 §5',
  inputs: { x: { about: { en: 'samples (N, …)', zh: '样本 (N, …)' } } },
  outputs: { y: { about: { en: 'rows (N, features)', zh: '行向量 (N, 特征数)' } } },
  params: {},
  shape: ({ x }) => ({ y: { ...x, shape: [x.shape[0] ?? 1, sizeOf(x.shape.slice(1))] } }),
  lower: (b, { x }) => ({ y: b.reshape(x, [x.shape[0] ?? 1, sizeOf(x.shape.slice(1))]) }),
  flops: () => 0,
  pytorch: (_params, { x: { shape } }) => ({ call: (_self, [x]) => (shape.length === 1 ? `${x}.unsqueeze(1)` : `torch.flatten(${x}, 1)`) }),
  cases: [
    { inputs: { x: [2, 3, 4, 5] } },
    { name: 'batch 1', inputs: { x: [1, 2, 1, 7] } },
    { name: 'flat already', inputs: { x: [3, 5] } },
    { name: 'one number a sample', inputs: { x: [4] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    flatten: typeof flatten
  }
}
export default flatten
