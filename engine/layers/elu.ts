/** @file x above zero, α(eˣ − 1) below (notes 003; Clevert, Unterthiner and Hochreiter 2016). */
import { exponentialBelowZero } from './kit/exponential'
import { float } from './kit/params'
import { defineActivation } from './kit/unary'

const elu = defineActivation({
  kind: 'elu',
  idStem: 'elu',
  title: { en: 'ELU', zh: 'ELU 激活' },
  summary: {
    en: 'Like ReLU above zero; below it levels off smoothly at −α, so activations average nearer to zero and learning is often faster.',
    zh: '正半轴与 ReLU 相同；负半轴平滑地趋于 −α，使激活值的均值更接近零，学习往往更快。',
  },
  formula: String.raw`y = \begin{cases} x & x > 0 \\ \alpha\,(e^{x} - 1) & x \le 0 \end{cases}`,
  reference: 'notes 003; Clevert et al. 2016',
  params: {
    alpha: float({
      label: { en: 'α', zh: 'α' },
      help: {
        en: 'Very negative values become −α; 1 keeps the slope continuous at zero.',
        zh: '很小的负值趋于 −α；取 1 时在零点斜率连续。',
      },
      default: 1,
      min: 0,
      max: 100,
    }),
  },
  apply: (b, x, { alpha }) => exponentialBelowZero(b, x, alpha),
  operations: 4,
  brief: ({ alpha }) => `α = ${alpha}`,
  pytorch: (x, { alpha }) => `F.elu(${x}, ${alpha})`,
  cases: [
    { name: 'low floor', inputs: { x: [3, 5] }, params: { alpha: 0.4 } },
    { name: 'far from zero', inputs: { x: [5, 3] }, ranges: { x: [-90, 90] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    elu: typeof elu
  }
}
export default elu
