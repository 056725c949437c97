/** @file x times the normal distribution's cumulative function, in its usual approximation by tanh (Hendrycks and Gimpel 2016). */
import { defineActivation } from './kit/unary'

const gelu = defineActivation({
  kind: 'gelu',
  idStem: 'gelu',
  title: { en: 'GELU', zh: 'GELU 激活' },
  summary: {
    en: 'Weights each value by how likely a normal number lies below it: a smooth ReLU, the usual activation of transformers.',
    zh: '以标准正态数小于该值的概率对其加权：平滑的 ReLU，Transformer 中常用的激活函数。',
  },
  formula: String.raw`y = \frac{x}{2}\left(1 + \tanh\!\left(\sqrt{\tfrac{2}{\pi}}\,(x + 0.044715\,x^3)\right)\right)`,
  reference: 'Hendrycks & Gimpel 2016',
  params: {},
  apply: (b, x) => {
    const cubic = b.add(x, b.mul(b.mul(b.mul(x, x), x), 0.044715))
    return b.mul(b.mul(x, 0.5), b.add(b.tanh(b.mul(cubic, Math.sqrt(2 / Math.PI))), 1))
  },
  operations: 9,
  pytorch: (x) => `F.gelu(${x}, approximate='tanh')`,
  cases: [{ name: 'far from zero', inputs: { x: [5, 3] }, ranges: { x: [-12, 12] } }],
})

declare module './kit/kinds' {
  interface LayerKinds {
    gelu: typeof gelu
  }
}
export default gelu
