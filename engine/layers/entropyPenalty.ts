/**
 * @file The entropy of what the network would answer, added to the loss: answers become certain, so that boundaries move to where there are
 * few samples (notes 004, semi-supervised learning; Grandvalet and Bengio 2005).
 */
import { reducedFormula } from './kit/average'
import { axisOf, classAxis } from './kit/classes'
import { expectRank } from './kit/expect'
import { definePenalty } from './kit/penalty'

const entropyPenalty = definePenalty({
  kind: 'entropyPenalty',
  title: { en: 'Entropy penalty', zh: '熵惩罚' },
  aliases: { en: 'entropy minimisation, entropy minimization, semi-supervised', zh: '熵最小化, 半监督' },
  summary: {
    en: 'Hands scores on and adds the entropy of their softmax to the loss, so that the network decides. For samples without labels, which a mask picks out; the average over all places.',
    zh: '原样传递得分，并把其 softmax 的熵计入损失，促使网络作出明确判断。用于无标签样本（可用掩码选出）；对所有位置取平均。',
  },
  formula: String.raw`L \mathrel{+}= -\frac{\lambda}{N} \sum_i \sum_k p_{ik} \log p_{ik}, \qquad p_i = \operatorname{softmax}(z_i)`,
  reference: 'notes 004; Grandvalet and Bengio 2005',
  params: { axis: classAxis },
  shape: (x, { axis }, fail) => {
    const scores = { en: 'scores (N, …, classes) or (N, classes, …)', zh: '得分 (N, …, 类别数) 或 (N, 类别数, …)' }
    if (!expectRank(x, [2, 3, 4, 5], scores, 'x', fail)) return undefined
    const classes = axisOf(x.shape, axis)
    return x.shape.filter((_, i) => i !== classes)
  },
  over: ({ shape }, { axis }) => [axisOf(shape, axis)],
  each: (b, x, { axis }) => {
    const logs = b.logSoftmax(x, axisOf(x.shape, axis))
    return b.neg(b.mul(b.exp(logs), logs))
  },
  reduction: 'mean',
  operations: 8,
  brief: ({ strength }) => `λ ${strength}`,
  pytorch: (x, { axis }, { shape }, reduction) => {
    const classes = axisOf(shape, axis)
    return reducedFormula(`-(F.softmax(${x}, ${classes}) * F.log_softmax(${x}, ${classes})).sum(${classes})`, reduction)
  },
  cases: [
    { inputs: { x: [4, 3] }, params: { strength: 0.5 } },
    { name: 'samples without labels', inputs: { x: [5, 2], mask: [5] }, params: { strength: 1 } },
    { name: 'every pixel', inputs: { x: [2, 3, 1, 2] }, params: { axis: 'channels', strength: 2 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    entropyPenalty: typeof entropyPenalty
  }
}
export default entropyPenalty
