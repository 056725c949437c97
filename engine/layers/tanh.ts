/** @file Hyperbolic tangent, element by element (notes 002 §1). */
import { defineActivation } from './kit/unary'

const tanh = defineActivation({
  kind: 'tanh',
  idStem: 'tanh',
  title: { en: 'Tanh', zh: 'Tanh 激活' },
  aliases: { en: 'hyperbolic tangent', zh: '双曲正切' },
  summary: {
    en: 'Squeezes every value into (−1, 1), symmetric about zero. The activation of recurrent networks.',
    zh: '将每个值压缩到 (−1, 1) 之间，关于零对称。循环神经网络中常用的激活函数。',
  },
  formula: String.raw`y = \tanh(x) = \frac{e^{x} - e^{-x}}{e^{x} + e^{-x}}`,
  derivative: "f'(x) = 1 - f(x)^2",
  reference: 'notes 002 §1, 003',
  params: {},
  apply: (b, x) => b.tanh(x),
  operations: 5,
  pytorch: (x) => `torch.tanh(${x})`,
})

declare module './kit/kinds' {
  interface LayerKinds {
    tanh: typeof tanh
  }
}
export default tanh
