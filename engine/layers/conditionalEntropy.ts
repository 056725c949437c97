/** @file What remains unknown of one variable once the other is known: H(Y|X) = H(X, Y) − H(X) (notes 002 §12). */
import { defineMeasure, jointPort, marginals, orOne, PER_BIT, sumPerSample } from './kit/information'
import { choice } from './kit/params'

const conditionalEntropy = defineMeasure({
  kind: 'conditionalEntropy',
  title: { en: 'Conditional entropy', zh: '条件熵' },
  summary: {
    en: 'How uncertain one variable of a joint table still is, in bits, once the other is known: 0 where it follows from the other.',
    zh: '已知联合概率表中的一个变量后，另一个变量仍有的不确定程度（比特）；若可由前者决定则为 0。',
  },
  formula: String.raw`H(Y \mid X) = -\sum_{x,y} p(x, y) \log_2 \frac{p(x, y)}{p(x)}`,
  takes: 'joint',
  gives: 'sample',
  inputs: { p: jointPort },
  params: {
    given: choice({
      label: { en: 'Known', zh: '已知' },
      help: { en: 'Which variable is known: X has the rows, Y the columns.', zh: '已知的变量：X 对应行，Y 对应列。' },
      default: 'x',
      options: { x: { en: 'X, the rows', zh: 'X（行）' }, y: { en: 'Y, the columns', zh: 'Y（列）' } },
    }),
  },
  apply: (b, { p }, { given }) => {
    const known = marginals(b, p)[given === 'x' ? 'px' : 'py']
    const share = b.sub(b.log(orOne(b, p)), b.log(orOne(b, known)))
    return b.mul(sumPerSample(b, b.mul(p, share)), -PER_BIT)
  },
  operations: 6,
  brief: ({ given }) => (given === 'x' ? 'H(Y|X)' : 'H(X|Y)'),
  pytorch: ([p = ''], { given }) =>
    `(torch.xlogy(${p}, ${p}.sum(${given === 'x' ? 2 : 1}, keepdim=True)) - torch.xlogy(${p}, ${p})).sum((1, 2)) / ${Math.LN2}`,
  cases: [
    { inputs: { p: [2, 3, 4] } },
    { name: 'the columns known', inputs: { p: [2, 3, 4] }, params: { given: 'y' } },
    { name: 'one row, batch 1', inputs: { p: [1, 1, 3] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    conditionalEntropy: typeof conditionalEntropy
  }
}
export default conditionalEntropy
