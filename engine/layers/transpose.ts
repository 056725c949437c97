/** @file The axes of each sample in another order (notes 002 §1). */
import { formatBatch } from '../core/tensor'
import { behindBatch } from './kit/axis'
import { defineLayer } from './kit/define'
import { expectRank } from './kit/expect'
import { ints } from './kit/params'

const transpose = defineLayer({
  kind: 'transpose',
  category: 'shape',
  idStem: 'transpose',
  title: { en: 'Transpose', zh: '转置' },
  aliases: { en: 'permute, swap axes', zh: '换轴, 轴交换' },
  summary: {
    en: 'Puts the axes of each sample in another order: features before steps for a 1-d convolution, channels last, matrices turned over.',
    zh: '调整每个样本各轴的次序：一维卷积前将特征移到时间步之前、把通道移到最后、矩阵转置等。',
  },
  formula: String.raw`Y_{n, i_{\pi_1}, \dots, i_{\pi_k}} = X_{n, i_1, \dots, i_k}`,
  reference: 'notes 002 §1',
  inputs: { x: { about: { en: 'samples (N, …)', zh: '样本 (N, …)' } } },
  outputs: { y: { about: { en: 'the same numbers, axes in the new order', zh: '数值不变，各轴按新的次序' } } },
  params: {
    order: ints({
      label: { en: 'Order of the axes', zh: '轴的次序' },
      help: {
        en: 'Each axis of the sample once, counted from 1, as they shall stand: 2, 1 turns a matrix over; 2, 3, 1 puts channels last.',
        zh: '样本的每个轴各写一次，从 1 数起，按新的次序排列：2, 1 为矩阵转置；2, 3, 1 将通道移到最后。',
      },
      default: [2, 1],
      min: 1,
      max: 7,
      maxLength: 7,
    }),
  },
  shape: ({ x }, { order }, fail) => {
    const axes = x.shape.map((_, axis) => axis).slice(1)
    if (axes.length === 0) {
      expectRank(x, [2], behindBatch, 'x', fail)
      return undefined
    }
    if (order.toSorted((a, b) => a - b).join() !== axes.join())
      return fail({
        code: 'shape.permutation',
        port: 'x',
        param: 'order',
        values: { expected: `${axes.join(', ')} (${formatBatch(x.shape)})`, got: order.join(', ') || '–' },
        fixes: [
          {
            title: { en: 'Turn the axes round', zh: '颠倒各轴次序' },
            edits: [{ type: 'setParam', param: 'order', value: axes.toReversed() }],
          },
        ],
      })
    return { y: { ...x, shape: [0, ...order].map((axis) => x.shape[axis] ?? 1) } }
  },
  lower: (b, { x }, _weights, { order }) => ({ y: b.transpose(x, [0, ...order]) }),
  flops: () => 0,
  brief: ({ order }) => order.join(', '),
  pytorch: ({ order }) => ({ call: (_self, [x]) => `${x}.permute(${[0, ...order].join(', ')})` }),
  cases: [
    { name: 'matrices turned over', inputs: { x: [2, 3, 4] } },
    { name: 'channels last', inputs: { x: [2, 3, 4, 5] }, params: { order: [2, 3, 1] } },
    { name: 'axes of 1, batch 1', inputs: { x: [1, 1, 5, 1] }, params: { order: [3, 1, 2] } },
    { name: 'nothing to do', inputs: { x: [3, 4] }, params: { order: [1] } },
    { name: 'whole numbers', inputs: { x: { shape: [2, 3, 2], dtype: 'i32', classes: 4 } } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    transpose: typeof transpose
  }
}
export default transpose
