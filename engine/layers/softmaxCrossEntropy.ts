/**
 * @file Softmax and categorical cross-entropy in one, the mean over the batch (notes 002 §1 and §4). Written on log-softmax, it does
 * not overflow, and its gradient with respect to the scores comes out as (ŷ − y) / N.
 */
import { reductionArgument } from './kit/average'
import {
  axisOf,
  classAxis,
  classesFirst,
  classMeasures,
  expectClasses,
  labelPort,
  labelSmoothing,
  negativeLogLikelihoods,
} from './kit/classes'
import { logOfMean } from './kit/ensemble'
import { defineLoss } from './kit/loss'

const softmaxCrossEntropy = defineLoss({
  kind: 'softmaxCrossEntropy',
  title: { en: 'Softmax cross-entropy', zh: 'Softmax 交叉熵损失' },
  aliases: { en: 'categorical cross-entropy with logits, log loss', zh: '多类交叉熵, 分类交叉熵' },
  summary: {
    en: 'The loss for classification: turns scores into probabilities and rewards a high one for the right class. Feed it raw scores, without a softmax.',
    zh: '分类任务的损失：把得分转为概率，并使正确类别的概率尽量高。请直接输入得分，前面不要加 softmax。',
  },
  formula: String.raw`L = -\frac{1}{N} \sum_{i} \log \frac{e^{z_{i,y_i}}}{\sum_j e^{z_{i,j}}}`,
  derivative: String.raw`\frac{\partial L}{\partial z_k} = \frac{1}{N} \Bigl(\frac{e^{z_k}}{\sum_j e^{z_j}} - [k = y]\Bigr)`,
  reference: 'notes 002 §1, §4',
  inputs: {
    logits: { about: { en: 'scores (N, …, classes) or (N, classes, …)', zh: '得分 (N, …, 类别数) 或 (N, 类别数, …)' } },
    label: labelPort,
  },
  params: { axis: classAxis, labelSmoothing },
  shape: ({ logits, label }, { axis }, fail) => expectClasses('logits', logits, label, axis, fail),
  over: ({ logits }, { axis }) => [axisOf(logits.shape, axis)],
  each: (b, { logits, label }, { axis, labelSmoothing: smoothing }) =>
    negativeLogLikelihoods(b, b.logSoftmax(logits, axisOf(logits.shape, axis)), label, axis, smoothing),
  operations: 6,
  exposes: { logits: 'logits' },
  combine: (b, values, { axis }) =>
    logOfMean(
      b,
      values.map((logits) => b.softmax(logits, axisOf(logits.shape, axis))),
    ),
  measures: (b, { logits, label }, { axis }) =>
    classMeasures(b, logits, label, axis, () =>
      negativeLogLikelihoods(b, b.logSoftmax(logits, axisOf(logits.shape, axis)), label, axis, 0),
    ),
  pytorch: ([z = '', y = ''], { axis, labelSmoothing: smoothing }, { logits, label }, reduction) => {
    const target = label.dtype === 'i32' ? y : classesFirst(y, label, axis)
    const smoothed = smoothing === 0 ? '' : `, label_smoothing=${smoothing}`
    return `F.cross_entropy(${classesFirst(z, logits, axis)}, ${target}${smoothed}${reductionArgument(reduction)})`
  },
  cases: [
    { inputs: { logits: [4, 3], label: { shape: [4], dtype: 'i32', classes: 3 } } },
    { name: 'batch 1, two classes', inputs: { logits: [1, 2], label: { shape: [1], dtype: 'i32', classes: 2 } } },
    { name: 'every step of a sequence', inputs: { logits: [2, 5, 7], label: { shape: [2, 5], dtype: 'i32', classes: 7 } } },
    {
      name: 'every step of a sequence, masked',
      inputs: { logits: [2, 5, 3], label: { shape: [2, 5], dtype: 'i32', classes: 3 }, mask: [2, 5] },
    },
    {
      name: 'every pixel, a weight for each sample, smoothed',
      inputs: { logits: [2, 3, 4, 1], label: { shape: [2, 4, 1], dtype: 'i32', classes: 3 }, weight: [2] },
      params: { axis: 'channels', labelSmoothing: 0.1 },
    },
    {
      name: 'every pixel, a mask for each, a weight for each row',
      inputs: { logits: [2, 2, 3, 5], label: { shape: [2, 3, 5], dtype: 'i32', classes: 2 }, mask: [2, 3, 5], weight: [2, 3] },
      params: { axis: 'channels' },
    },
    { name: 'shares of classes', inputs: { logits: [4, 3], label: [4, 3] }, ranges: { label: [0, 1] }, params: { labelSmoothing: 0.2 } },
    { name: 'shares of classes at every step', inputs: { logits: [2, 3, 4], label: [2, 3, 4], mask: [2, 1] }, ranges: { label: [0, 1] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    softmaxCrossEntropy: typeof softmaxCrossEntropy
  }
}
export default softmaxCrossEntropy
