/** @file Where data enters the network: one batch of what the data set calls an input (notes 002 §1: features of a sample). */
import type { TensorType } from '../core/tensor'
import { defineLayer } from './kit/define'
import { choice, int, ints } from './kit/params'

const input = defineLayer({
  kind: 'input',
  category: 'data',
  idStem: 'input',
  title: { en: 'Input', zh: '输入' },
  summary: {
    en: 'Feeds the network with one batch of samples from the data set: images, features or tokens.',
    zh: '把数据集中的一批样本送入网络：图像、特征或词元。',
  },
  formula: String.raw`X \in \mathbb{R}^{N \times \cdots}`,
  reference: 'notes 002 §1',
  inputs: {},
  outputs: { y: { about: { en: 'a batch of samples (N, …)', zh: '一批样本 (N, …)' } } },
  params: {
    shape: ints({
      label: { en: 'Shape of one sample', zh: '单个样本的形状' },
      help: {
        en: 'Without the batch: 1, 28, 28 is a grey image, 64 is a row of 64 features; empty is a single number.',
        zh: '不含批量维：1, 28, 28 表示灰度图像，64 表示 64 个特征；留空表示单个数。',
      },
      default: [1, 28, 28],
      min: 1,
      max: 1_000_000,
      maxLength: 5,
    }),
    dtype: choice({
      label: { en: 'Numbers', zh: '数值类型' },
      help: {
        en: 'Real numbers for images and features, whole numbers for tokens and ids.',
        zh: '图像和特征用实数，词元和编号用整数。',
      },
      default: 'f32',
      options: { f32: { en: 'Real', zh: '实数' }, i32: { en: 'Whole', zh: '整数' } },
    }),
    classes: int({
      label: { en: 'Number of tokens', zh: '词元种数' },
      help: {
        en: 'How many different whole numbers occur (the size of the vocabulary); 0 if unknown. Only for whole numbers.',
        zh: '整数取值的种数，即词表大小；未知时填 0。仅用于整数输入。',
      },
      default: 0,
      min: 0,
      max: 100_000_000,
      advanced: true,
    }),
  },
  adjustable: { shape: 'shape', classes: 'classes' },
  shape: (_inputs, { shape, dtype, classes }, _fail, { batchSize }) => {
    const type: TensorType = { shape: [batchSize, ...shape], dtype }
    return { y: dtype === 'i32' && classes > 0 ? { ...type, classes } : type }
  },
  lower: (_b, _inputs, _weights, _params, context) => ({ y: context.feed() }),
  flops: () => 0,
  brief: ({ shape, classes, dtype }) => `${shape.join('×') || '1'}${dtype === 'i32' && classes > 0 ? ` · ${classes}` : ''}`,
  pytorch: () => ({ call: (self) => self }),
  role: { type: 'input' },
  cases: [
    { name: 'image', inputs: {}, params: { shape: [3, 8, 6] } },
    { name: 'features', inputs: {}, params: { shape: [5] } },
    { name: 'tokens', inputs: {}, params: { shape: [7], dtype: 'i32', classes: 11 } },
    { name: 'one number', inputs: {}, params: { shape: [] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    input: typeof input
  }
}
export default input
