/** @file The bits wasted by believing q where p is so: D(p‖q), infinite where q = 0 < p (notes 002 §12; Kullback and Leibler 1951). */
import { defineMeasure, distributionPort, orOne, PER_BIT, sumPerSample } from './kit/information'

const relativeEntropy = defineMeasure({
  kind: 'relativeEntropy',
  title: { en: 'Relative entropy (KL divergence in bits)', zh: '相对熵（KL 散度，比特）' },
  aliases: { en: 'Kullback–Leibler, Kullback-Leibler', zh: 'KL 距离' },
  summary: {
    en: 'How far the distribution q is from p, in bits: 0 where they are equal, infinite where q rules out what p does not. To train with it, take the KL divergence loss, which stays finite.',
    zh: '分布 q 与 p 的差距（比特）：相等时为 0；q 排除了 p 中可能的结果时为无穷大。用于训练时，请改用始终有限的 KL 散度损失。',
  },
  formula: String.raw`D(p \,\|\, q) = \sum_x p(x) \log_2 \frac{p(x)}{q(x)}`,
  takes: 'distribution',
  gives: 'sample',
  inputs: { p: distributionPort, q: distributionPort },
  params: {},
  apply: (b, { p, q }) => {
    const ratio = b.sub(b.log(orOne(b, p)), b.log(orOne(b, q, p)))
    return b.mul(sumPerSample(b, b.mul(p, ratio)), PER_BIT)
  },
  operations: 6,
  pytorch: ([p = '', q = '']) => `(torch.xlogy(${p}, ${p}) - torch.xlogy(${p}, ${q})).flatten(1).sum(1) / ${Math.LN2}`,
  cases: [{ inputs: { p: [3, 4], q: [3, 4] } }, { name: 'tables, batch 1', inputs: { p: [1, 2, 3], q: [1, 2, 3] } }],
})

declare module './kit/kinds' {
  interface LayerKinds {
    relativeEntropy: typeof relativeEntropy
  }
}
export default relativeEntropy
