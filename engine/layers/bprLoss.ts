/** @file Bayesian personalised ranking: −log σ of the lead of the wanted score (notes 002 §11; Rendle et al. 2009). */
import { softplusOf } from './kit/exponential'
import { defineRankingLoss } from './kit/ranking'

const bprLoss = defineRankingLoss({
  kind: 'bprLoss',
  title: { en: 'BPR loss', zh: 'BPR 损失' },
  aliases: { en: 'Bayesian personalised ranking, Bayesian personalized ranking', zh: '贝叶斯个性化排序' },
  summary: {
    en: 'A loss for recommendations from what people did, without ratings: makes it likely that the chosen item scores higher than one that was not chosen.',
    zh: '用于只有行为、没有评分的推荐：提高“选中的物品得分高于未选中物品”的概率。',
  },
  formula: String.raw`L = -\frac{1}{n} \sum_i \log \sigma(s_i - s^-_i)`,
  reference: 'notes 002 §11; Rendle et al. 2009',
  params: {},
  each: (b, lead) => softplusOf(b, b.neg(lead)),
  operations: 9,
  pytorch: (lead) => `-F.logsigmoid${lead}`,
  cases: [{ name: 'far apart', inputs: { score: [4], negativeScore: [4] }, ranges: { score: [-200, 200] } }],
})

declare module './kit/kinds' {
  interface LayerKinds {
    bprLoss: typeof bprLoss
  }
}
export default bprLoss
