/** @file The mean of (ŷ − y)², or half of it as the notes write it for linear regression (notes 002 §4). */
import { reductionArgument } from './kit/average'
import { defineLoss } from './kit/loss'
import { bool } from './kit/params'
import { expectTarget, regressionPorts } from './kit/target'

const meanSquaredError = defineLoss({
  kind: 'meanSquaredError',
  title: { en: 'Mean squared error', zh: '均方误差损失' },
  aliases: { en: 'MSE, half mean squared error, squared loss, L2 loss, regression', zh: 'MSE, 平方损失, 均方损失, 回归' },
  summary: {
    en: 'The loss for regression: the squared distance between prediction and target, averaged over all numbers.',
    zh: '回归任务的损失：预测值与目标值之差的平方，对所有数取平均。',
  },
  formula: ({ half }) => String.raw`L = \frac{1}{${half ? '2' : ''}n} \sum_i (\hat{y}_i - y_i)^2`,
  derivative: ({ half }) => String.raw`\frac{\partial L}{\partial \hat{y}_i} = \frac{${half ? '1' : '2'}}{n} (\hat{y}_i - y_i)`,
  reference: 'notes 002 §4',
  inputs: regressionPorts,
  params: {
    half: bool({
      label: { en: 'Half', zh: '乘以 ½' },
      help: { en: 'Multiplies by ½, so that the derivative is ŷ − y.', zh: '乘以 ½，使导数恰为 ŷ − y。' },
      default: false,
    }),
  },
  shape: ({ prediction, target }, _params, fail) => expectTarget(prediction, 'prediction', target, fail),
  each: (b, { prediction, target }, { half }) => {
    const difference = b.sub(prediction, target)
    const square = b.mul(difference, difference)
    return half ? b.mul(square, 0.5) : square
  },
  operations: 3,
  exposes: { prediction: 'prediction' },
  squaredError: { prediction: 'prediction', target: 'target' },
  measures: (b, { prediction, target }) => ({ absoluteError: { each: b.abs(b.sub(prediction, target)) } }),
  brief: ({ half }) => (half ? '½' : ''),
  pytorch: ([prediction = '', target = ''], { half }, _inputs, reduction) =>
    `${half ? '0.5 * ' : ''}F.mse_loss(${prediction}, ${target}${reductionArgument(reduction)})`,
  cases: [
    { inputs: { prediction: [4, 3], target: [4, 3] } },
    { name: 'half, one number a sample', inputs: { prediction: [5], target: [5] }, params: { half: true } },
    { name: 'images', inputs: { prediction: [1, 2, 3, 4], target: [1, 2, 3, 4] } },
    { name: 'half, masked values', inputs: { prediction: [3, 4], target: [3, 4], mask: [3, 4] }, params: { half: true } },
    { name: 'weighted samples, given as a column', inputs: { prediction: [5, 2], target: [5, 2], weight: [5, 1] } },
    { name: 'masked samples, weighted values', inputs: { prediction: [2, 3, 2], target: [2, 3, 2], mask: [2], weight: [2, 3, 2] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    meanSquaredError: typeof meanSquaredError
  }
}
export default meanSquaredError
