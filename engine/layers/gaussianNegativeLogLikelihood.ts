/** @file Regression that also says how sure it is: −log of a normal density, without its constant (Nix and Weigend 1994). */
import { formatBatches, sameShape } from '../core/tensor'
import { reductionArgument } from './kit/average'
import { expectDType } from './kit/expect'
import { defineLoss } from './kit/loss'
import { expectTarget, regressionPorts } from './kit/target'

/** Variances below this would let one sample outweigh all others. */
const SMALLEST_VARIANCE = 1e-6

const gaussianNegativeLogLikelihood = defineLoss({
  kind: 'gaussianNegativeLogLikelihood',
  title: { en: 'Gaussian negative log-likelihood', zh: '高斯负对数似然损失' },
  aliases: { en: 'NLL, Gaussian likelihood', zh: 'NLL, 似然' },
  summary: {
    en: 'A loss for regression with a network that gives a mean and a variance for each number: large errors are forgiven where it says that it is unsure. Make the variance positive, by softplus say.',
    zh: '用于同时预测均值与方差的回归网络：网络表示不确定之处，较大的误差代价较小。方差须为正，可经 softplus 得到。',
  },
  formula: String.raw`L = \frac{1}{n} \sum_i \tfrac{1}{2} \Bigl( \log \sigma_i^2 + \frac{(\mu_i - y_i)^2}{\sigma_i^2} \Bigr)`,
  reference: 'Nix and Weigend 1994',
  inputs: {
    ...regressionPorts,
    variance: { about: { en: 'the variance of each prediction, positive, of the same shape', zh: '各预测值的方差，为正，形状相同' } },
  },
  params: {},
  shape: ({ prediction, target, variance }, _params, fail) => {
    const shape = expectTarget(prediction, 'prediction', target, fail)
    if (!shape || !expectDType(variance, 'f32', 'variance', fail)) return undefined
    if (sameShape(variance.shape, shape)) return shape
    return fail({ code: 'shape.mismatch', port: 'variance', values: formatBatches(shape, variance.shape) })
  },
  each: (b, { prediction, target, variance }) => {
    const bounded = b.max(variance, SMALLEST_VARIANCE)
    const difference = b.sub(prediction, target)
    return b.mul(b.add(b.log(bounded), b.div(b.mul(difference, difference), bounded)), 0.5)
  },
  operations: 7,
  exposes: { prediction: 'prediction', variance: 'variance' },
  measures: (b, { prediction, target }) => ({ absoluteError: { each: b.abs(b.sub(prediction, target)) } }),
  pytorch: ([prediction = '', target = '', variance = ''], _params, _inputs, reduction) =>
    `F.gaussian_nll_loss(${prediction}, ${target}, ${variance}${reductionArgument(reduction)})`,
  ranges: { variance: [0.2, 2] },
  cases: [
    { inputs: { prediction: [4, 3], target: [4, 3], variance: [4, 3] } },
    { name: 'one number a sample, masked', inputs: { prediction: [5], target: [5], variance: [5], mask: [5] } },
    { name: 'batch 1, weighted', inputs: { prediction: [1, 2, 2], target: [1, 2, 2], variance: [1, 2, 2], weight: [1, 2] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    gaussianNegativeLogLikelihood: typeof gaussianNegativeLogLikelihood
  }
}
export default gaussianNegativeLogLikelihood
