/** @file x times the normal distribution's cumulative function, itself or in its usual approximation by tanh (Hendrycks and Gimpel 2016). */
import { cumulativeNormal } from './kit/cumulative'
import { choice } from './kit/params'
import { defineActivation } from './kit/unary'

const gelu = defineActivation({
  kind: 'gelu',
  idStem: 'gelu',
  title: { en: 'GELU', zh: 'GELU 激活' },
  summary: {
    en: 'Weights each value by how likely a normal number lies below it: a smooth ReLU, the usual activation of transformers.',
    zh: '以标准正态数小于该值的概率对其加权：平滑的 ReLU，Transformer 中常用的激活函数。',
  },
  formula: String.raw`y = x\,\Phi(x) = \frac{x}{2}\left(1 + \operatorname{erf}\frac{x}{\sqrt 2}\right) \approx \frac{x}{2}\left(1 + \tanh\!\left(\sqrt{\tfrac{2}{\pi}}\,(x + 0.044715\,x^3)\right)\right)`,
  reference: 'Hendrycks & Gimpel 2016',
  params: {
    approximate: choice({
      label: { en: 'Approximation', zh: '近似方式' },
      help: {
        en: 'By tanh it is up to 0.0005 off and quicker; networks trained elsewhere must be run with the form they were trained with.',
        zh: '用 tanh 近似时误差不超过 0.0005，计算更快；在别处训练的网络须使用训练时的形式。',
      },
      default: 'none',
      options: { none: { en: 'None (error function)', zh: '不近似（误差函数）' }, tanh: { en: 'By tanh', zh: '用 tanh 近似' } },
    }),
  },
  apply: (b, x, { approximate }) => {
    if (approximate === 'none') return b.mul(x, cumulativeNormal(b, x))
    const cubic = b.add(x, b.mul(b.mul(b.mul(x, x), x), 0.044715))
    return b.mul(b.mul(x, 0.5), b.add(b.tanh(b.mul(cubic, Math.sqrt(2 / Math.PI))), 1))
  },
  operations: ({ approximate }) => (approximate === 'none' ? 54 : 9),
  brief: ({ approximate }) => (approximate === 'tanh' ? 'tanh' : ''),
  pytorch: (x, { approximate }) => `F.gelu(${x}${approximate === 'none' ? '' : `, approximate='${approximate}'`})`,
  cases: [
    { name: 'far from zero', inputs: { x: [5, 3] }, ranges: { x: [-12, 12] } },
    { name: 'by tanh', inputs: { x: [4, 3] }, params: { approximate: 'tanh' } },
    { name: 'by tanh, far from zero', inputs: { x: [5, 3] }, params: { approximate: 'tanh' }, ranges: { x: [-12, 12] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    gelu: typeof gelu
  }
}
export default gelu
