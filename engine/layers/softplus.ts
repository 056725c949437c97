/** @file ln(1 + eˣ), the smooth rectifier (notes 003; Dugas et al. 2001). */
import { softplusOf } from './kit/exponential'
import { defineActivation } from './kit/unary'

const softplus = defineActivation({
  kind: 'softplus',
  idStem: 'softplus',
  title: { en: 'Softplus', zh: 'Softplus 激活' },
  aliases: { en: 'smooth ReLU', zh: '平滑 ReLU' },
  summary: {
    en: 'A smooth ReLU that is always positive; its derivative is the sigmoid. Use it where an output must be positive, such as a variance or a rate.',
    zh: '平滑且恒为正的 ReLU，其导数为 sigmoid。适合输出必须为正的量，例如方差或速率。',
  },
  formula: String.raw`y = \ln(1 + e^{x})`,
  derivative: String.raw`f'(x) = \sigma(x)`,
  reference: 'notes 003; Dugas et al. 2001',
  params: {},
  apply: softplusOf,
  operations: 8,
  pytorch: (x) => `F.softplus(${x})`,
  cases: [{ name: 'far from zero', inputs: { x: [5, 9] }, ranges: { x: [-150, 150] } }],
})

declare module './kit/kinds' {
  interface LayerKinds {
    softplus: typeof softplus
  }
}
export default softplus
