/**
 * @file Inverted dropout: in training each value is dropped with probability p and the others divided by 1 − p; in evaluation
 * nothing happens (notes 002 §4; Srivastava et al. 2014).
 */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectDType } from './kit/expect'
import { float } from './kit/params'

const dropout = defineLayer({
  kind: 'dropout',
  category: 'regularization',
  idStem: 'dropout',
  title: { en: 'Dropout', zh: '丢弃法' },
  aliases: { en: 'drop out', zh: '暂退法, 随机失活' },
  summary: {
    en: 'During training switches off a random share of the values, so that the network does not rely on any single one. Does nothing in evaluation.',
    zh: '训练时随机将一部分值置零，使网络不依赖个别神经元，减轻过拟合；评估时不起作用。',
  },
  formula: String.raw`y_i = \frac{m_i}{1-p}\, x_i, \qquad m_i \sim \mathrm{Bernoulli}(1-p)`,
  reference: 'notes 002 §4; Srivastava et al. 2014',
  inputs: { x: { about: { en: 'real numbers of any shape', zh: '任意形状的实数' } } },
  outputs: { y: { about: { en: 'the same shape', zh: '与输入形状相同' } } },
  params: {
    p: float({
      label: { en: 'Drop probability', zh: '丢弃概率' },
      help: { en: 'Share of the values that is dropped; ½ is usual for dense layers.', zh: '被丢弃的比例；全连接层常用 0.5。' },
      default: 0.5,
      min: 0,
      max: 0.99,
    }),
  },
  adjustable: { dropout: 'p' },
  shape: ({ x }, _params, fail) => (expectDType(x, 'f32', 'x', fail) ? { y: { shape: x.shape, dtype: 'f32' } } : undefined),
  lower: (b, { x }, _weights, { p }, { training }) => {
    if (!training || p === 0) return { y: x }
    const keep = b.less(b.random(x.shape), 1 - p)
    return { y: b.mul(x, b.mul(keep, 1 / (1 - p))) }
  },
  flops: ({ x }) => 2 * sizeOf(x.shape),
  brief: ({ p }) => `p = ${p}`,
  pytorch: ({ p }) => ({ module: `nn.Dropout(${p})`, call: (self, [x]) => `${self}(${x})` }),
  cases: [
    { inputs: { x: [3, 8] }, mode: 'eval' },
    { name: 'p = 0 in training too', inputs: { x: [2, 3, 2, 2] }, params: { p: 0 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    dropout: typeof dropout
  }
}
export default dropout
