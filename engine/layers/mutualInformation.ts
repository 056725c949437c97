/** @file What one variable says of another: I(X; Y) = H(X) + H(Y) − H(X, Y) (notes 002 §12). */
import { defineMeasure, jointPort, marginals, orOne, PER_BIT, sumPerSample } from './kit/information'

const mutualInformation = defineMeasure({
  kind: 'mutualInformation',
  title: { en: 'Mutual information', zh: '互信息' },
  summary: {
    en: 'How many bits knowing one variable of a joint table saves on the other: 0 where they are independent. Finds features that have to do with a label.',
    zh: '已知联合概率表中的一个变量，可省去另一个变量多少比特的信息；二者独立时为 0。可用于找出与标签相关的特征。',
  },
  formula: String.raw`I(X; Y) = \sum_{x,y} p(x, y) \log_2 \frac{p(x, y)}{p(x)\, p(y)}`,
  takes: 'joint',
  gives: 'sample',
  inputs: { p: jointPort },
  params: {},
  apply: (b, { p }) => {
    const { px, py } = marginals(b, p)
    const independent = b.add(b.log(orOne(b, px)), b.log(orOne(b, py)))
    return b.mul(sumPerSample(b, b.mul(p, b.sub(b.log(orOne(b, p)), independent))), PER_BIT)
  },
  operations: 8,
  pytorch: ([p = '']) =>
    `(torch.special.entr(${p}.sum(2)).sum(1) + torch.special.entr(${p}.sum(1)).sum(1) - torch.special.entr(${p}).sum((1, 2))) / ${Math.LN2}`,
  cases: [{ inputs: { p: [2, 3, 4] } }, { name: 'one column, batch 1', inputs: { p: [1, 3, 1] } }],
})

declare module './kit/kinds' {
  interface LayerKinds {
    mutualInformation: typeof mutualInformation
  }
}
export default mutualInformation
