/**
 * @file Long short-term memory (notes 002 §7; Hochreiter and Schmidhuber 1997): I, F, O gates and a candidate cell, C = F ⊙ C′ + I ⊙ C̃,
 * H = O ⊙ tanh C. Gates lie in the order i, f, o, c.
 */
import type { Tensor } from '../ir/emit'
import { type Cell, gate } from './kit/recurrent'
import { recurrentInputs, recurrentOutputs } from './kit/recurrent-form'
import { defineRecurrent } from './kit/recurrent-layer'

const cell: Cell<'state' | 'cell'> = {
  gates: 4,
  states: ['state', 'cell'],
  step: (b, z, states, kernels) => {
    const [h, before, kernel] = [...states, ...kernels] as [Tensor, Tensor, Tensor]
    const units = h.shape[1] as number
    const sums = b.add(z, b.matmul(h, kernel))
    const [input, forget, output] = [0, 1, 2].map((i) => b.sigmoid(gate(b, sums, i, units))) as [Tensor, Tensor, Tensor]
    const next = b.add(b.mul(forget, before), b.mul(input, b.tanh(gate(b, sums, 3, units))))
    return [b.mul(output, b.tanh(next)), next]
  },
  python: `h, c = states
i, f, o, candidate = (z + h @ kernel).chunk(4, 1)
c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(candidate)
return [torch.sigmoid(o) * torch.tanh(c), c]`,
}

const lstm = defineRecurrent({
  kind: 'lstm',
  title: { en: 'LSTM layer', zh: 'LSTM 层' },
  aliases: { en: 'long short-term memory, bidirectional, stacked, recurrent', zh: '长短期记忆, 循环层, 双向' },
  summary: {
    en: 'Long short-term memory: a recurrent layer with a memory cell beside its state, and gates that let numbers in, keep them and let them out. The usual choice for long sequences.',
    zh: '长短期记忆：在隐藏状态之外另有记忆细胞的循环层，以输入门、遗忘门和输出门控制写入、保留与读出。处理长序列的常用选择。',
  },
  formula: String.raw`\begin{aligned} I_t &= \sigma(X_t W_{xi} + H_{t-1} W_{hi} + b_i) \\ F_t &= \sigma(X_t W_{xf} + H_{t-1} W_{hf} + b_f) \\ O_t &= \sigma(X_t W_{xo} + H_{t-1} W_{ho} + b_o) \\ \tilde C_t &= \tanh(X_t W_{xc} + H_{t-1} W_{hc} + b_c) \\ C_t &= F_t \odot C_{t-1} + I_t \odot \tilde C_t \\ H_t &= O_t \odot \tanh C_t \end{aligned}`,
  reference: 'notes 002 §7; Hochreiter & Schmidhuber 1997',
  inputs: {
    ...recurrentInputs,
    cell: { about: { en: 'cell before the first step (N, units)', zh: '第一步之前的记忆细胞 (N, 隐藏单元个数)' }, optional: true },
  },
  outputs: {
    ...recurrentOutputs,
    cell: { about: { en: 'cell after the last step (N, units)', zh: '最后一步之后的记忆细胞 (N, 隐藏单元个数)' } },
  },
  params: {},
  cell: () => cell,
  className: () => 'LSTM',
})

declare module './kit/kinds' {
  interface LayerKinds {
    lstm: typeof lstm
  }
}
export default lstm
