/** @file The mean of |ŷ − y|, the L1 loss (notes 002 §9: offsets of boxes). */
import { reductionArgument } from './kit/average'
import { defineLoss } from './kit/loss'
import { expectTarget, regressionPorts } from './kit/target'

const meanAbsoluteError = defineLoss({
  kind: 'meanAbsoluteError',
  title: { en: 'Mean absolute error (L1)', zh: '平均绝对误差损失（L1）' },
  aliases: { en: 'MAE, L1 loss', zh: 'MAE, L1 损失' },
  summary: {
    en: 'A loss for regression that outliers pull less than they pull the squared error: every unit of distance counts the same. Usual for offsets of boxes.',
    zh: '回归任务的损失，受离群值的影响小于平方误差：每单位偏差的代价相同。常用于边界框偏移量。',
  },
  formula: String.raw`L = \frac{1}{n} \sum_i |\hat{y}_i - y_i|`,
  reference: 'notes 002 §9',
  inputs: regressionPorts,
  params: {},
  shape: ({ prediction, target }, _params, fail) => expectTarget(prediction, 'prediction', target, fail),
  each: (b, { prediction, target }) => b.abs(b.sub(prediction, target)),
  operations: 3,
  exposes: { prediction: 'prediction' },
  pytorch: ([prediction = '', target = ''], _params, _inputs, reduction) =>
    `F.l1_loss(${prediction}, ${target}${reductionArgument(reduction)})`,
  cases: [
    { inputs: { prediction: [4, 3], target: [4, 3] } },
    { name: 'one number a sample, batch 1', inputs: { prediction: [1], target: [1] } },
    { name: 'masked offsets', inputs: { prediction: [2, 8], target: [2, 8], mask: [2, 8] } },
    { name: 'weighted samples', inputs: { prediction: [3, 2, 5], target: [3, 2, 5], weight: [3] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    meanAbsoluteError: typeof meanAbsoluteError
  }
}
export default meanAbsoluteError
