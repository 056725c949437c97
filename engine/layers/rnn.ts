/**
 * @file A plain recurrent layer: H = φ(X Wxh + H′ Whh + b) at every step, H′ being the step before (notes 002 §7; Elman 1990).
 */
import type { Emit, Tensor } from '../ir/emit'
import { choice } from './kit/params'
import type { Cell } from './kit/recurrent'
import { recurrentInputs, recurrentOutputs } from './kit/recurrent-form'
import { defineRecurrent } from './kit/recurrent-layer'

const activations = {
  tanh: { write: (b: Emit, z: Tensor) => b.tanh(z), python: 'torch.tanh' },
  relu: { write: (b: Emit, z: Tensor) => b.max(z, 0), python: 'torch.relu' },
  sigmoid: { write: (b: Emit, z: Tensor) => b.sigmoid(z), python: 'torch.sigmoid' },
} as const

const cells = Object.fromEntries(
  Object.entries(activations).map(([name, { write, python }]): [string, Cell<'state'>] => [
    name,
    {
      gates: 1,
      states: ['state'],
      step: (b, z, [h], [kernel]) => [write(b, b.add(z, b.matmul(h as Tensor, kernel as Tensor)))],
      python: `return [${python}(z + states[0] @ kernel)]`,
    },
  ]),
) as Record<keyof typeof activations, Cell<'state'>>

const rnn = defineRecurrent({
  kind: 'rnn',
  title: { en: 'RNN layer', zh: 'RNN 层' },
  aliases: { en: 'recurrent network, Elman, bidirectional, stacked', zh: '循环神经网络, 循环层, 双向' },
  summary: {
    en: 'Plain recurrent layer: reads a sequence step by step and remembers what came before in its state. Simple and quick, but it forgets after some tens of steps: take a GRU or LSTM where more matters.',
    zh: '普通循环层：逐步读取序列，并以隐藏状态记住此前的内容。结构简单、速度快，但几十步之后便会遗忘；需要更长的记忆时用 GRU 或 LSTM。',
  },
  formula: String.raw`H_t = \phi(X_t W_{xh} + H_{t-1} W_{hh} + b)`,
  reference: 'notes 002 §7; Elman 1990',
  inputs: recurrentInputs,
  outputs: recurrentOutputs,
  params: {
    activation: choice({
      label: { en: 'Activation', zh: '激活函数' },
      help: { en: 'What each step passes its sums through.', zh: '每一步的求和结果所经过的函数。' },
      default: 'tanh',
      advanced: true,
      options: {
        tanh: { en: 'tanh', zh: 'tanh' },
        relu: { en: 'ReLU', zh: 'ReLU' },
        sigmoid: { en: 'sigmoid', zh: 'sigmoid' },
      },
    }),
  },
  cell: ({ activation }) => cells[activation],
  className: ({ activation }) => `${activation}RNN`,
  cases: [
    { name: 'ReLU', inputs: { x: [2, 3, 2] }, params: { numHiddens: 3, activation: 'relu' } },
    { name: 'sigmoid', inputs: { x: [2, 3, 2] }, params: { numHiddens: 3, activation: 'sigmoid' } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    rnn: typeof rnn
  }
}
export default rnn
