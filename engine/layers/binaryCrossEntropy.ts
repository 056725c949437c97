/**
 * @file Binary cross-entropy on scores: logistic regression, or several independent yes/no labels (notes 002 §1 and §4).
 * −y log σ(z) − (1 − y) log(1 − σ(z)) = log(1 + eᶻ) − zy, written so that it neither overflows nor loses the gradient σ(z) − y.
 */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { choice } from './kit/params'
import { expectTarget } from './kit/target'

const binaryCrossEntropy = defineLayer({
  kind: 'binaryCrossEntropy',
  category: 'loss',
  idStem: 'loss',
  title: { en: 'Binary cross-entropy', zh: '二元交叉熵损失' },
  summary: {
    en: 'The loss for yes/no questions, one or several at once. Feed it raw scores, without a sigmoid; targets are 0 or 1.',
    zh: '是非判断的损失，可同时判断多个标签。请直接输入得分，前面不要加 sigmoid；目标值为 0 或 1。',
  },
  formula: String.raw`L = \frac{1}{n} \sum_i -y_i \log \sigma(z_i) - (1 - y_i) \log\bigl(1 - \sigma(z_i)\bigr)`,
  reference: 'notes 002 §1, §4',
  inputs: {
    logits: { about: { en: 'scores, before the sigmoid', zh: '得分，sigmoid 之前' } },
    target: { about: { en: '0 or 1, of the same shape', zh: '0 或 1，形状相同' } },
  },
  outputs: { loss: { about: { en: 'a single number', zh: '一个数' } } },
  params: {
    reduction: choice({
      label: { en: 'Several labels', zh: '多个标签' },
      help: {
        en: 'Whether the losses of one sample’s labels are averaged or added up; over the batch they are always averaged.',
        zh: '同一样本各标签的损失取平均还是求和；对一批样本始终取平均。',
      },
      default: 'mean',
      options: { mean: { en: 'Average', zh: '取平均' }, sum: { en: 'Add up', zh: '求和' } },
      advanced: true,
    }),
  },
  shape: ({ logits, target }, _params, fail) =>
    expectTarget(logits, 'logits', target, fail) ? { loss: { shape: [], dtype: 'f32' } } : undefined,
  lower: (b, { logits: z, target: y }, _weights, { reduction }) => {
    // log(1 + eᶻ) = m + log(e⁻ᵐ + eᶻ⁻ᵐ) for any m; with m = max(z, 0) neither exponential exceeds 1. As the value does not depend on m,
    // leaving m out of the derivative is exact, also at z = 0 where max has none.
    const m = b.stopGradient(b.max(z, 0))
    const softplus = b.add(m, b.log(b.add(b.exp(b.neg(m)), b.exp(b.sub(z, m)))))
    const total = b.sum(b.sub(softplus, b.mul(z, y)))
    return { loss: b.div(total, reduction === 'mean' ? sizeOf(z.shape) : (z.shape[0] ?? 1)) }
  },
  flops: ({ logits }) => 9 * sizeOf(logits.shape),
  pytorch: ({ reduction }) => ({
    call: (_self, [z, y]) =>
      `F.binary_cross_entropy_with_logits(${z}, ${y}${reduction === 'mean' ? '' : `, reduction='sum'`})${reduction === 'mean' ? '' : ` / ${z}.shape[0]`}`,
  }),
  role: {
    type: 'loss',
    exposes: { logits: 'logits' },
    metrics: (b, { logits, target }) => ({ accuracy: b.mean(b.equal(b.greater(logits, 0), b.greater(target, 0.5))) }),
  },
  cases: [
    { name: 'one label', inputs: { logits: [4, 1], target: [4, 1] } },
    { name: 'several labels, added up', inputs: { logits: [3, 5], target: [3, 5] }, params: { reduction: 'sum' } },
    { name: 'one number a sample', inputs: { logits: [6], target: [6] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    binaryCrossEntropy: typeof binaryCrossEntropy
  }
}
export default binaryCrossEntropy
