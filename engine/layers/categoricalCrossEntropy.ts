/** @file Categorical cross-entropy of probabilities that a softmax has made already (notes 002 §1). */
import { reducedFormula } from './kit/average'
import {
  axisOf,
  classAxis,
  classMeasures,
  expectClasses,
  labelPort,
  labelSmoothing,
  negativeLogLikelihoods,
  negativeLogLikelihoodsInPython,
} from './kit/classes'
import { defineLoss } from './kit/loss'
import { boundedLog } from './kit/probability'

const categoricalCrossEntropy = defineLoss({
  kind: 'categoricalCrossEntropy',
  title: { en: 'Cross-entropy of probabilities', zh: '概率的交叉熵损失' },
  aliases: { en: 'log loss, categorical crossentropy', zh: '多类交叉熵, 分类交叉熵' },
  summary: {
    en: 'The loss for classification where the network already gives probabilities, as after a softmax layer. On raw scores take softmax cross-entropy, which is exact for extreme scores too.',
    zh: '网络已输出概率（例如经过 softmax 层）时的分类损失。若输出为原始得分，请用 Softmax 交叉熵，它对极端得分同样精确。',
  },
  formula: String.raw`L = -\frac{1}{N} \sum_i \log \hat{y}_{i,y_i}`,
  reference: 'notes 002 §1',
  inputs: {
    probabilities: { about: { en: 'probabilities (N, …, classes) or (N, classes, …)', zh: '概率 (N, …, 类别数) 或 (N, 类别数, …)' } },
    label: labelPort,
  },
  params: { axis: classAxis, labelSmoothing },
  shape: ({ probabilities, label }, { axis }, fail) => expectClasses('probabilities', probabilities, label, axis, fail),
  over: ({ probabilities }, { axis }) => [axisOf(probabilities.shape, axis)],
  each: (b, { probabilities, label }, { axis, labelSmoothing: smoothing }) =>
    negativeLogLikelihoods(b, boundedLog(b, probabilities), label, axis, smoothing),
  operations: 3,
  exposes: { probabilities: 'probabilities' },
  measures: (b, { probabilities, label }, { axis }) =>
    classMeasures(b, probabilities, label, axis, () => negativeLogLikelihoods(b, boundedLog(b, probabilities), label, axis, 0)),
  pytorch: ([p = '', y = ''], { axis, labelSmoothing: smoothing }, { probabilities, label }, reduction) =>
    reducedFormula(negativeLogLikelihoodsInPython(`torch.log(${p})`, y, label, axisOf(probabilities.shape, axis), smoothing), reduction),
  ranges: { probabilities: [0.05, 1], label: [0, 1] },
  cases: [
    { inputs: { probabilities: [4, 3], label: { shape: [4], dtype: 'i32', classes: 3 } } },
    { name: 'a sequence, masked', inputs: { probabilities: [2, 3, 2], label: { shape: [2, 3], dtype: 'i32', classes: 2 }, mask: [2, 3] } },
    {
      name: 'images, smoothed',
      inputs: { probabilities: [1, 3, 2, 2], label: { shape: [1, 2, 2], dtype: 'i32', classes: 3 }, weight: [1, 2, 2] },
      params: { axis: 'channels', labelSmoothing: 0.1 },
    },
    { name: 'shares of classes', inputs: { probabilities: [3, 4], label: [3, 4] }, params: { labelSmoothing: 0.3 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    categoricalCrossEntropy: typeof categoricalCrossEntropy
  }
}
export default categoricalCrossEntropy
