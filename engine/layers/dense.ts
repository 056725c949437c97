/** @file Fully connected layer Z = XW + b (notes 002 §1 and §3). The kernel is (inputs, units); any axes before the last are batch. */
import { sizeOf } from '../core/tensor'
import { initializerSpec, kernelAndBias, pytorchKernelAndBias, useBiasSpec, weightOf } from './kit/affine'
import { defineLayer } from './kit/define'
import { expectDType, expectRank, flattened } from './kit/expect'
import { int } from './kit/params'

const dense = defineLayer({
  kind: 'dense',
  category: 'dense',
  idStem: 'dense',
  title: { en: 'Dense', zh: '全连接层' },
  aliases: { en: 'fully connected, FC, affine, linear layer, inner product', zh: '线性层, 仿射' },
  summary: {
    en: 'Every unit sees every input: a weighted sum plus a bias. The standard hidden layer, and the output layer of most networks.',
    zh: '每个神经元都与全部输入相连：加权求和再加偏置。最常用的隐藏层，也常作输出层。',
  },
  formula: 'Z = XW + b',
  reference: 'notes 002 §3; Rosenblatt 1958',
  inputs: { x: { about: { en: 'features (N, …, in)', zh: '特征 (N, …, in)' } } },
  outputs: { y: { about: { en: 'features (N, …, units)', zh: '特征 (N, …, 神经元个数)' } } },
  params: {
    numHiddens: int({
      label: { en: 'Units', zh: '神经元个数' },
      help: {
        en: 'Numbers this layer gives for each sample; in the output layer the number of classes.',
        zh: '每个样本输出的数的个数；作输出层时即类别数。',
      },
      default: 128,
      min: 1,
      max: 1_000_000,
    }),
    useBias: useBiasSpec,
    initializer: initializerSpec,
  },
  adjustable: { width: 'numHiddens' },
  affine: { input: 'x', output: 'y', kernel: 'kernel', bias: 'bias' },
  shape: ({ x }, { numHiddens }, fail) => {
    if (!expectDType(x, 'f32', 'x', fail)) return undefined
    const expected = { en: 'features (N, in) or (N, steps, in)', zh: '特征 (N, in) 或 (N, 时间步, in)' }
    if (!expectRank(x, [2, 3], expected, 'x', fail, flattened(x))) return undefined
    return { y: { shape: [...x.shape.slice(0, -1), numHiddens], dtype: 'f32' } }
  },
  weights: ({ x }, { numHiddens, useBias, initializer }) => {
    const fanIn = x.shape.at(-1) ?? 1
    const kernel = { shape: [fanIn, numHiddens], init: initializer, fanIn, fanOut: numHiddens }
    return kernelAndBias(kernel, numHiddens, useBias)
  },
  lower: (b, { x }, weights, { numHiddens }) => {
    const fanIn = x.shape.at(-1) ?? 1
    const rows = x.shape.length === 2 ? x : b.reshape(x, [sizeOf(x.shape) / fanIn, fanIn])
    const product = b.matmul(rows, weightOf(weights, 'kernel'))
    const z = weights.bias ? b.add(product, weights.bias) : product
    return { y: x.shape.length === 2 ? z : b.reshape(z, [...x.shape.slice(0, -1), numHiddens]) }
  },
  flops: ({ x }, { numHiddens, useBias }) =>
    sizeOf(x.shape) * 2 * numHiddens + (useBias ? (sizeOf(x.shape) / (x.shape.at(-1) ?? 1)) * numHiddens : 0),
  brief: ({ numHiddens }) => `${numHiddens}`,
  pytorch: ({ numHiddens, useBias }, { x }) => ({
    module: `nn.Linear(${x.shape.at(-1)}, ${numHiddens}${useBias ? '' : ', bias=False'})`,
    call: (self, [input]) => `${self}(${input})`,
    weights: pytorchKernelAndBias(useBias, [1, 0]),
  }),
  cases: [
    { inputs: { x: [4, 7] }, params: { numHiddens: 5 } },
    { name: 'batch 1, one unit', inputs: { x: [1, 3] }, params: { numHiddens: 1 } },
    { name: 'no bias', inputs: { x: [3, 9] }, params: { numHiddens: 4, useBias: false } },
    { name: 'every step of a sequence', inputs: { x: [2, 5, 3] }, params: { numHiddens: 6 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    dense: typeof dense
  }
}
export default dense
