/**
 * @file Binary cross-entropy on scores: logistic regression, or several independent yes/no labels (notes 002 §1, §4 and §10: masked).
 * −y log σ(z) − (1 − y) log(1 − σ(z)) = log(1 + eᶻ) − zy, written so that it neither overflows nor loses the gradient σ(z) − y.
 */
import { reductionArgument } from './kit/average'
import { binaryReduction, binarySmoothing, binaryTargetPort, smoothed, smoothedInPython, sumOf } from './kit/binary'
import { logOfMean } from './kit/ensemble'
import { softplusOf } from './kit/exponential'
import { defineLoss } from './kit/loss'
import { expectTarget } from './kit/target'

const binaryCrossEntropy = defineLoss({
  kind: 'binaryCrossEntropy',
  title: { en: 'Sigmoid binary cross-entropy', zh: 'Sigmoid 二元交叉熵损失' },
  aliases: { en: 'BCE with logits, logistic loss, log loss, multi-label, masked sigmoid loss', zh: 'BCE, 逻辑回归, 多标签, 掩码' },
  summary: {
    en: 'The loss for yes/no questions, one or several at once. Feed it raw scores, without a sigmoid; targets are 0 or 1. A mask leaves padding out.',
    zh: '是非判断的损失，可同时判断多个标签。请直接输入得分，前面不要加 sigmoid；目标值为 0 或 1。可用掩码去掉填充部分。',
  },
  formula: ({ reduction }) => String.raw`L = ${sumOf(reduction)} -y_i \log \sigma(z_i) - (1 - y_i) \log\bigl(1 - \sigma(z_i)\bigr)`,
  derivative: ({ reduction }) =>
    String.raw`\frac{\partial L}{\partial z_i} = \frac{1}{${reduction === 'mean' ? 'n' : 'N'}} \bigl(\sigma(z_i) - y_i\bigr)`,
  reference: 'notes 002 §1, §4, §10',
  inputs: { logits: { about: { en: 'scores, before the sigmoid', zh: '得分，sigmoid 之前' } }, target: binaryTargetPort },
  params: { reduction: binaryReduction, labelSmoothing: binarySmoothing },
  shape: ({ logits, target }, _params, fail) => expectTarget(logits, 'logits', target, fail),
  each: (b, { logits, target }, { labelSmoothing }) => b.sub(softplusOf(b, logits), b.mul(logits, smoothed(b, target, labelSmoothing))),
  reduction: ({ reduction }) => reduction,
  operations: 9,
  exposes: { logits: 'logits' },
  // The score whose sigmoid is the mean probability.
  combine: (b, values) =>
    b.sub(
      logOfMean(
        b,
        values.map((z) => b.sigmoid(z)),
      ),
      logOfMean(
        b,
        values.map((z) => b.sigmoid(b.neg(z))),
      ),
    ),
  measures: (b, { logits, target }) => ({ accuracy: { each: b.equal(b.greater(logits, 0), b.greater(target, 0.5)) } }),
  pytorch: ([z = '', y = ''], { labelSmoothing }, _inputs, reduction) =>
    `F.binary_cross_entropy_with_logits(${z}, ${smoothedInPython(y, labelSmoothing)}${reductionArgument(reduction)})`,
  cases: [
    { name: 'one label', inputs: { logits: [4, 1], target: [4, 1] } },
    { name: 'several labels, added up', inputs: { logits: [3, 5], target: [3, 5] }, params: { reduction: 'sum' } },
    { name: 'one number a sample', inputs: { logits: [6], target: [6] } },
    { name: 'masked', inputs: { logits: [3, 4], target: [3, 4], mask: [3, 4] }, params: { labelSmoothing: 0.1 } },
    { name: 'masked, added up', inputs: { logits: [3, 4], target: [3, 4], mask: [3, 4], weight: [3] }, params: { reduction: 'sum' } },
    { name: 'masked samples, added up', inputs: { logits: [3, 2], target: [3, 2], mask: [3] }, params: { reduction: 'sum' } },
    { name: 'weighted samples, added up', inputs: { logits: [1, 2], target: [1, 2], weight: [1] }, params: { reduction: 'sum' } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    binaryCrossEntropy: typeof binaryCrossEntropy
  }
}
export default binaryCrossEntropy
