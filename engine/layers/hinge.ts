/** @file The hinge loss of support-vector machines (notes 002 §14; Cortes and Vapnik 1995), plain or squared. */
import { reducedFormula } from './kit/average'
import { defineLoss } from './kit/loss'
import { bool, float } from './kit/params'
import { expectTarget } from './kit/target'

const hinge = defineLoss({
  kind: 'hinge',
  title: { en: 'Hinge loss', zh: '合页损失' },
  aliases: { en: 'SVM, support-vector machine, max-margin', zh: '支持向量机, 铰链损失, 间隔' },
  summary: {
    en: 'The loss of support-vector machines: what lies on the right side of the boundary by more than the margin costs nothing. Targets are −1 or 1; 0 counts as −1.',
    zh: '支持向量机的损失：位于分界正确一侧且超出间隔的样本不产生代价。目标值为 −1 或 1，0 视为 −1。',
  },
  formula: ({ squared }) => String.raw`L = \frac{1}{n} \sum_i \max(0,\; m - y_i s_i)${squared ? '^2' : ''}, \qquad y_i \in \{-1, 1\}`,
  reference: 'notes 002 §14; Cortes and Vapnik 1995',
  inputs: {
    score: { about: { en: 'scores: positive for yes', zh: '得分，正值表示“是”' } },
    target: { about: { en: '−1 or 1 (or 0 and 1), of the same shape', zh: '−1 或 1（也可为 0 和 1），形状相同' } },
  },
  params: {
    margin: float({
      label: { en: 'Margin m', zh: '间隔 m' },
      help: { en: 'How far on the right side a score must lie to cost nothing.', zh: '得分须超出分界多少才不产生代价。' },
      default: 1,
      min: 0,
      max: 1_000_000,
    }),
    squared: bool({
      label: { en: 'Squared', zh: '取平方' },
      help: {
        en: 'Squares each loss: smoother near the margin, harder on points far off.',
        zh: '对每个损失取平方：在间隔附近更平滑，对远离者更严厉。',
      },
      default: false,
      advanced: true,
    }),
  },
  shape: ({ score, target }, _params, fail) => expectTarget(score, 'score', target, fail),
  each: (b, { score, target }, { margin, squared }) => {
    const missing = b.max(b.sub(margin, b.select(b.greater(target, 0), score, b.neg(score))), 0)
    return squared ? b.mul(missing, missing) : missing
  },
  operations: 5,
  exposes: { score: 'logits' },
  measures: (b, { score, target }) => ({ accuracy: { each: b.equal(b.greater(score, 0), b.greater(target, 0)) } }),
  brief: ({ margin }) => `m ${margin}`,
  pytorch: ([score = '', target = ''], { margin, squared }, _inputs, reduction) =>
    reducedFormula(`F.relu(${margin} - ((${target} > 0) * 2 - 1) * ${score})${squared ? ' ** 2' : ''}`, reduction),
  cases: [
    { inputs: { score: [4, 3], target: [4, 3] }, ranges: { score: [-3, 3] } },
    { name: 'one number a sample, squared', inputs: { score: [6], target: [6] }, params: { squared: true, margin: 0.5 } },
    { name: 'masked samples, weighted', inputs: { score: [3, 1], target: [3, 1], mask: [3], weight: [3, 1] }, params: { margin: 0.3 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    hinge: typeof hinge
  }
}
export default hinge
