/**
 * @file λ times an ELU whose α and λ are chosen so that mean 0 and variance 1 are a fixed point of the layer
 * (notes 003; Klambauer et al. 2017).
 */
import { exponentialBelowZero } from './kit/exponential'
import { defineActivation } from './kit/unary'

/** The solution of the fixed-point equations, from the paper's appendix. */
const ALPHA = 1.6732632423543772
const SCALE = 1.0507009873554805

const selu = defineActivation({
  kind: 'selu',
  idStem: 'selu',
  title: { en: 'SELU', zh: 'SELU 激活' },
  summary: {
    en: 'An ELU with fixed constants that keep activations near mean 0 and deviation 1 through many dense layers without normalisation. Start the weights with LeCun’s initialiser.',
    zh: '常数固定的 ELU，使激活值在多层全连接网络中保持均值约 0、标准差约 1，无需归一化。权重宜用 LeCun 初始化。',
  },
  formula: String.raw`y = \lambda \begin{cases} x & x > 0 \\ \alpha\,(e^{x} - 1) & x \le 0 \end{cases}, \quad \lambda \approx 1.0507,\ \alpha \approx 1.6733`,
  reference: 'notes 003; Klambauer et al. 2017',
  params: {},
  apply: (b, x) => b.mul(exponentialBelowZero(b, x, ALPHA), SCALE),
  operations: 5,
  pytorch: (x) => `F.selu(${x})`,
  cases: [{ name: 'far from zero', inputs: { x: [5, 3] }, ranges: { x: [-90, 90] } }],
})

declare module './kit/kinds' {
  interface LayerKinds {
    selu: typeof selu
  }
}
export default selu
