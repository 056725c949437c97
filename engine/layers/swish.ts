/** @file x σ(x), also called SiLU (Ramachandran, Zoph and Le 2017; Elfwing et al. 2018). */
import { defineActivation } from './kit/unary'

const swish = defineActivation({
  kind: 'swish',
  idStem: 'swish',
  title: { en: 'Swish (SiLU)', zh: 'Swish（SiLU）激活' },
  aliases: { en: 'SiLU', zh: 'SiLU' },
  summary: {
    en: 'A smooth ReLU that dips a little below zero before it rises. Often a bit better than ReLU in deep networks, at some cost.',
    zh: '平滑的 ReLU，上升前略低于零。在深层网络中常略优于 ReLU，计算稍贵。',
  },
  formula: String.raw`y = x\,\sigma(x) = \frac{x}{1 + e^{-x}}`,
  reference: 'Ramachandran et al. 2017; Elfwing et al. 2018',
  params: {},
  apply: (b, x) => b.mul(x, b.sigmoid(x)),
  operations: 5,
  pytorch: (x) => `F.silu(${x})`,
  cases: [{ name: 'far from zero', inputs: { x: [5, 3] }, ranges: { x: [-30, 30] } }],
})

declare module './kit/kinds' {
  interface LayerKinds {
    swish: typeof swish
  }
}
export default swish
