/**
 * @file Gated recurrent unit (notes 002 §7; Cho et al. 2014): R and Z gates, candidate tanh(X Wxh + (R ⊙ H′) Whh + b), H = Z ⊙ H′ + (1 − Z) ⊙ H̃.
 * The reset gate multiplies the state before the product, not after it. Gates lie in the order r, z, h.
 */
import type { Tensor } from '../ir/emit'
import { type Cell, gate } from './kit/recurrent'
import { recurrentInputs, recurrentOutputs } from './kit/recurrent-form'
import { defineRecurrent } from './kit/recurrent-layer'

const cell: Cell<'state'> = {
  gates: 3,
  states: ['state'],
  parts: [2, 1],
  step: (b, z, states, kernels) => {
    const [h, both, fresh] = [...states, ...kernels] as [Tensor, Tensor, Tensor]
    const units = h.shape[1] as number
    const gates = b.sigmoid(b.add(gate(b, z, 0, units, 2), b.matmul(h, both)))
    const [reset, update] = [gate(b, gates, 0, units), gate(b, gates, 1, units)]
    const candidate = b.tanh(b.add(gate(b, z, 2, units), b.matmul(b.mul(reset, h), fresh)))
    return [b.add(b.mul(update, h), b.mul(b.sub(1, update), candidate))]
  },
  python: `h = states[0]
r, u = torch.sigmoid(z[:, :2 * units] + h @ kernel[:, :2 * units]).chunk(2, 1)
candidate = torch.tanh(z[:, 2 * units:] + (r * h) @ kernel[:, 2 * units:])
return [u * h + (1 - u) * candidate]`,
}

const gru = defineRecurrent({
  kind: 'gru',
  title: { en: 'GRU layer', zh: 'GRU 层' },
  aliases: { en: 'gated recurrent unit, bidirectional, stacked', zh: '门控循环单元, 循环层, 双向' },
  summary: {
    en: 'Gated recurrent unit: a recurrent layer that learns when to forget its state (reset gate) and when to keep it (update gate). Remembers far longer than a plain recurrent layer, with less work than an LSTM.',
    zh: '门控循环单元：能学习何时遗忘状态（重置门）、何时保留状态（更新门）的循环层。记忆远长于普通循环层，计算量小于 LSTM。',
  },
  formula: String.raw`\begin{aligned} R_t &= \sigma(X_t W_{xr} + H_{t-1} W_{hr} + b_r) \\ Z_t &= \sigma(X_t W_{xz} + H_{t-1} W_{hz} + b_z) \\ \tilde H_t &= \tanh(X_t W_{xh} + (R_t \odot H_{t-1}) W_{hh} + b_h) \\ H_t &= Z_t \odot H_{t-1} + (1 - Z_t) \odot \tilde H_t \end{aligned}`,
  reference: 'notes 002 §7; Cho et al. 2014',
  inputs: recurrentInputs,
  outputs: recurrentOutputs,
  params: {},
  cell: () => cell,
  className: () => 'GRU',
})

declare module './kit/kinds' {
  interface LayerKinds {
    gru: typeof gru
  }
}
export default gru
