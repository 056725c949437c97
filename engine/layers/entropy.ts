/** @file Mean self-information of a distribution; of a joint table, the joint entropy (notes 002 §12; Shannon 1948). */
import { defineMeasure, distributionPort, orOne, PER_BIT, sumPerSample } from './kit/information'

const entropy = defineMeasure({
  kind: 'entropy',
  title: { en: 'Entropy, joint entropy', zh: '熵、联合熵' },
  aliases: { en: 'Shannon entropy', zh: '香农熵' },
  summary: {
    en: 'How uncertain a distribution is, in bits: 0 where one outcome is certain, largest where all are alike. Of a joint table (N, X, Y) it is the joint entropy.',
    zh: '分布的不确定程度（比特）：结果确定时为 0，均匀分布时最大。对联合概率表 (N, X, Y) 即为联合熵。',
  },
  formula: String.raw`H(X) = -\sum_x p(x) \log_2 p(x), \qquad H(X, Y) = -\sum_{x,y} p(x, y) \log_2 p(x, y)`,
  takes: 'distribution',
  gives: 'sample',
  inputs: { p: distributionPort },
  params: {},
  apply: (b, { p }) => b.mul(sumPerSample(b, b.mul(p, b.log(orOne(b, p)))), -PER_BIT),
  operations: 4,
  pytorch: ([p = '']) => `torch.special.entr(${p}).flatten(1).sum(1) / ${Math.LN2}`,
  cases: [{ inputs: { p: [3, 4] } }, { name: 'joint', inputs: { p: [2, 3, 2] } }, { name: 'one outcome, batch 1', inputs: { p: [1, 1] } }],
})

declare module './kit/kinds' {
  interface LayerKinds {
    entropy: typeof entropy
  }
}
export default entropy
