/** @file How much more often a pair comes than it would by chance: log₂ p(x, y) / (p(x) p(y)) (notes 002 §12; Church and Hanks 1990). */
import { defineMeasure, jointPort, marginals, orOne, PER_BIT } from './kit/information'

const pointwiseMutualInformation = defineMeasure({
  kind: 'pointwiseMutualInformation',
  title: { en: 'Pointwise mutual information', zh: '点互信息' },
  aliases: { en: 'PMI', zh: 'PMI, 点间互信息' },
  summary: {
    en: 'For each pair of a joint table, in bits: above 0 the two come together more often than by chance, below 0 more rarely; −∞ where never. For words that belong together.',
    zh: '联合概率表中每一对取值的关联（比特）：大于 0 表示共现多于偶然，小于 0 表示少于偶然，从不共现时为 −∞。可用于寻找常搭配的词。',
  },
  formula: String.raw`\operatorname{pmi}(x, y) = \log_2 \frac{p(x, y)}{p(x)\, p(y)}`,
  takes: 'joint',
  gives: 'each',
  inputs: { p: jointPort },
  params: {},
  apply: (b, { p }) => {
    const { px, py } = marginals(b, p)
    const chance = b.mul(px, py)
    // Where a row or a column is empty there is nothing to compare.
    return b.mul(b.sub(b.log(orOne(b, p, chance)), b.log(orOne(b, chance))), PER_BIT)
  },
  operations: 7,
  pytorch: ([p = '']) => {
    const chance = `(${p}.sum(2, keepdim=True) * ${p}.sum(1, keepdim=True))`
    return `torch.where(${chance} > 0, torch.log2(${p} / ${chance}), 0.0)`
  },
  cases: [{ inputs: { p: [2, 3, 4] } }, { name: 'one pair, batch 1', inputs: { p: [1, 1, 1] } }],
})

declare module './kit/kinds' {
  interface LayerKinds {
    pointwiseMutualInformation: typeof pointwiseMutualInformation
  }
}
export default pointwiseMutualInformation
