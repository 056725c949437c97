/**
 * @file The pairwise hinge loss: the wanted score must lead by a margin (notes 002 §11). With margin 1 it is the max-margin ranking loss
 * max(0, 1 − s + s_c) of a true and a corrupted example (Collobert and Weston 2008).
 */
import { float } from './kit/params'
import { defineRankingLoss } from './kit/ranking'

const pairwiseHinge = defineRankingLoss({
  kind: 'pairwiseHinge',
  title: { en: 'Pairwise hinge (max-margin ranking)', zh: '成对合页损失（最大间隔排序）' },
  aliases: { en: 'margin ranking, triplet', zh: '间隔排序, 三元组' },
  summary: {
    en: 'A loss for ranking: what is wanted must score higher than what is not, by a margin; pairs that do cost nothing. For recommendations, and for true against corrupted examples.',
    zh: '排序任务的损失：正例得分须比负例高出一个间隔，满足的样本对不产生代价。用于推荐，也用于区分真实样本与被破坏的样本。',
  },
  formula: String.raw`L = \frac{1}{n} \sum_i \max(0,\; m - s_i + s^-_i)`,
  reference: 'notes 002 §11; Collobert and Weston 2008',
  params: {
    margin: float({
      label: { en: 'Margin m', zh: '间隔 m' },
      help: { en: 'By how much the wanted score must lead to cost nothing.', zh: '正例得分须领先多少才不产生代价。' },
      default: 1,
      min: 0,
      max: 1_000_000,
    }),
  },
  // Just at the margin the derivative is that of a pair that costs something, as in PyTorch: scores that are all alike can part.
  each: (b, lead, { margin }) => b.max(0, b.sub(margin, lead)),
  operations: 3,
  brief: ({ margin }) => `m ${margin}`,
  pytorch: (lead, { margin }) => `(${margin} - ${lead}).clamp(min=0)`,
  cases: [{ name: 'a small margin', inputs: { score: [3, 2, 2], negativeScore: [3, 2, 2] }, params: { margin: 0.25 } }],
})

declare module './kit/kinds' {
  interface LayerKinds {
    pairwiseHinge: typeof pairwiseHinge
  }
}
export default pairwiseHinge
