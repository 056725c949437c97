/** @file Negative log-likelihood of log-probabilities: what the right class was given (notes 002 §1). */
import { reducedFormula } from './kit/average'
import {
  axisOf,
  classAxis,
  classMeasures,
  expectClasses,
  labelPort,
  negativeLogLikelihoods,
  negativeLogLikelihoodsInPython,
} from './kit/classes'
import { defineLoss } from './kit/loss'

const negativeLogLikelihood = defineLoss({
  kind: 'negativeLogLikelihood',
  title: { en: 'Negative log-likelihood', zh: '负对数似然损失' },
  aliases: { en: 'NLL', zh: 'NLL' },
  summary: {
    en: 'The loss for networks that give log-probabilities, such as mixtures or n-gram models: minus the log-probability of what really came.',
    zh: '网络直接输出对数概率（例如混合模型、n 元模型）时的损失：实际结果的对数概率取负。',
  },
  formula: String.raw`L = -\frac{1}{N} \sum_i \ell_{i,y_i}, \qquad \ell = \log p`,
  reference: 'notes 002 §1',
  inputs: {
    logProbabilities: {
      about: { en: 'log-probabilities (N, …, classes) or (N, classes, …)', zh: '对数概率 (N, …, 类别数) 或 (N, 类别数, …)' },
    },
    label: labelPort,
  },
  params: { axis: classAxis },
  shape: ({ logProbabilities, label }, { axis }, fail) => expectClasses('logProbabilities', logProbabilities, label, axis, fail),
  over: ({ logProbabilities }, { axis }) => [axisOf(logProbabilities.shape, axis)],
  each: (b, { logProbabilities, label }, { axis }) => negativeLogLikelihoods(b, logProbabilities, label, axis, 0),
  operations: 2,
  exposes: { logProbabilities: 'logProbabilities' },
  measures: (b, { logProbabilities, label }, { axis }) =>
    classMeasures(b, logProbabilities, label, axis, () => negativeLogLikelihoods(b, logProbabilities, label, axis, 0)),
  pytorch: ([logs = '', y = ''], { axis }, { logProbabilities, label }, reduction) =>
    reducedFormula(negativeLogLikelihoodsInPython(logs, y, label, axisOf(logProbabilities.shape, axis), 0), reduction),
  cases: [
    { inputs: { logProbabilities: [4, 3], label: { shape: [4], dtype: 'i32', classes: 3 } } },
    {
      name: 'a sequence, weighted',
      inputs: { logProbabilities: [2, 3, 4], label: { shape: [2, 3], dtype: 'i32', classes: 4 }, weight: [2] },
    },
    {
      name: 'images, masked',
      inputs: { logProbabilities: [2, 3, 1, 2], label: { shape: [2, 1, 2], dtype: 'i32', classes: 3 }, mask: [2, 1, 2] },
      params: { axis: 'channels' },
    },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    negativeLogLikelihood: typeof negativeLogLikelihood
  }
}
export default negativeLogLikelihood
