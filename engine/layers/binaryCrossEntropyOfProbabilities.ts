/** @file Binary cross-entropy of probabilities that a sigmoid has made already (notes 002 §1, §4). */
import { reductionArgument } from './kit/average'
import { binaryReduction, binarySmoothing, binaryTargetPort, smoothed, smoothedInPython, sumOf } from './kit/binary'
import { defineLoss } from './kit/loss'
import { boundedLog } from './kit/probability'
import { expectTarget } from './kit/target'

const binaryCrossEntropyOfProbabilities = defineLoss({
  kind: 'binaryCrossEntropyOfProbabilities',
  title: { en: 'Binary cross-entropy of probabilities', zh: '概率的二元交叉熵损失' },
  aliases: { en: 'BCE, log loss', zh: 'BCE' },
  summary: {
    en: 'The loss for yes/no questions where the network already gives probabilities, as after a sigmoid layer. On raw scores take sigmoid binary cross-entropy, which is exact for extreme scores too.',
    zh: '网络已输出概率（例如经过 sigmoid 层）时的是非判断损失。若输出为原始得分，请用 Sigmoid 二元交叉熵，它对极端得分同样精确。',
  },
  formula: ({ reduction }) => String.raw`L = ${sumOf(reduction)} -y_i \log \hat{y}_i - (1 - y_i) \log(1 - \hat{y}_i)`,
  reference: 'notes 002 §1, §4',
  inputs: { probabilities: { about: { en: 'probabilities of yes', zh: '为“是”的概率' } }, target: binaryTargetPort },
  params: { reduction: binaryReduction, labelSmoothing: binarySmoothing },
  shape: ({ probabilities, target }, _params, fail) => expectTarget(probabilities, 'probabilities', target, fail),
  each: (b, { probabilities, target }, { labelSmoothing }) => {
    const yes = smoothed(b, target, labelSmoothing)
    const [logYes, logNo] = [boundedLog(b, probabilities), boundedLog(b, b.sub(1, probabilities))]
    return b.neg(b.add(b.mul(yes, logYes), b.mul(b.sub(1, yes), logNo)))
  },
  reduction: ({ reduction }) => reduction,
  operations: 8,
  exposes: { probabilities: 'probabilities' },
  measures: (b, { probabilities, target }) => ({
    accuracy: { each: b.equal(b.greater(probabilities, 0.5), b.greater(target, 0.5)) },
  }),
  pytorch: ([p = '', y = ''], { labelSmoothing }, _inputs, reduction) =>
    `F.binary_cross_entropy(${p}, ${smoothedInPython(y, labelSmoothing)}${reductionArgument(reduction)})`,
  ranges: { probabilities: [0.05, 0.95], target: [0, 1] },
  cases: [
    { name: 'one label', inputs: { probabilities: [4, 1], target: [4, 1] } },
    { name: 'several labels, added up', inputs: { probabilities: [3, 5], target: [3, 5] }, params: { reduction: 'sum' } },
    { name: 'masked, smoothed', inputs: { probabilities: [2, 3], target: [2, 3], mask: [2, 3] }, params: { labelSmoothing: 0.2 } },
    { name: 'weighted', inputs: { probabilities: [5], target: [5], weight: [5] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    binaryCrossEntropyOfProbabilities: typeof binaryCrossEntropyOfProbabilities
  }
}
export default binaryCrossEntropyOfProbabilities
