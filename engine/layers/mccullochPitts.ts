/**
 * @file Threshold units: each compares a weighted sum with its threshold and fires or does not (notes 001; notes 002 §2;
 * McCulloch and Pitts 1943).
 */
import { sizeOf } from '../core/tensor'
import { initializerSpec, weightOf } from './kit/affine'
import { defineLayer } from './kit/define'
import { expectFeatures } from './kit/expect'
import { int } from './kit/params'

const mccullochPitts = defineLayer({
  kind: 'mccullochPitts',
  category: 'dense',
  idStem: 'neuron',
  title: { en: 'McCulloch–Pitts neuron', zh: 'M-P 神经元' },
  aliases: { en: 'MP neuron, perceptron, threshold unit', zh: '感知机, MP 神经元, 阈值单元' },
  summary: {
    en: 'Sums its weighted inputs and fires (1) when the sum reaches the threshold. The unit of the perceptron, and of logic gates set by hand. Its derivative is zero, so gradient descent does not move its weights.',
    zh: '对输入加权求和，达到阈值即激活（输出 1），否则抑制（输出 0）。它是感知机的单元，也可手工设定权重构成逻辑门。其导数为零，梯度下降不会改变它的权重。',
  },
  formula: String.raw`y_j = \begin{cases} 1 & \sum_i w_{ij} x_i \ge \theta_j \\ 0 & \sum_i w_{ij} x_i < \theta_j \end{cases}`,
  reference: 'notes 001, 002 §2; McCulloch & Pitts 1943; Rosenblatt 1958',
  inputs: { x: { about: { en: 'features (N, in)', zh: '特征 (N, in)' } } },
  outputs: { y: { about: { en: '0 or 1 for each unit (N, units)', zh: '每个神经元输出 0 或 1 (N, 神经元个数)' } } },
  params: {
    numHiddens: int({
      label: { en: 'Units', zh: '神经元个数' },
      help: { en: 'How many neurons look at the same inputs.', zh: '同时接收这些输入的神经元个数。' },
      default: 1,
      min: 1,
      max: 1_000_000,
    }),
    initializer: initializerSpec,
  },
  adjustable: { width: 'numHiddens' },
  shape: ({ x }, { numHiddens }, fail) =>
    expectFeatures(x, fail) ? { y: { shape: [x.shape[0] ?? 1, numHiddens], dtype: 'f32' } } : undefined,
  weights: ({ x }, { numHiddens, initializer }) => {
    const fanIn = x.shape[1] ?? 1
    return {
      kernel: { shape: [fanIn, numHiddens], init: initializer, fanIn, fanOut: numHiddens },
      threshold: { shape: [numHiddens], init: 'zeros' },
    }
  },
  lower: (b, { x }, weights) => ({
    y: b.sub(1, b.less(b.matmul(x, weightOf(weights, 'kernel')), weightOf(weights, 'threshold'))),
  }),
  gradient: () => 'none',
  flops: ({ x }, { numHiddens }) => 2 * sizeOf(x.shape) * numHiddens + (x.shape[0] ?? 1) * numHiddens,
  brief: ({ numHiddens }) => `${numHiddens}`,
  // A linear module holds the numbers; its bias is the threshold, compared with and not added.
  pytorch: ({ numHiddens }, { x }) => ({
    module: `nn.Linear(${x.shape[1]}, ${numHiddens})`,
    call: (self, [input]) => `(${input} @ ${self}.weight.T >= ${self}.bias).to(${input}.dtype)`,
    weights: { kernel: { name: 'weight', permutation: [1, 0] }, threshold: { name: 'bias' } },
  }),
  cases: [
    { name: 'one neuron', inputs: { x: [4, 2] } },
    { name: 'several', inputs: { x: [3, 5] }, params: { numHiddens: 4 } },
    { name: 'batch 1, one input', inputs: { x: [1, 1] }, params: { numHiddens: 3 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    mccullochPitts: typeof mccullochPitts
  }
}
export default mccullochPitts
