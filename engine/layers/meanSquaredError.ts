/** @file The mean of (ŷ − y)², or half of it as the notes write it for linear regression (notes 002 §4). */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { bool } from './kit/params'
import { expectTarget } from './kit/target'

const meanSquaredError = defineLayer({
  kind: 'meanSquaredError',
  category: 'loss',
  idStem: 'loss',
  title: { en: 'Mean squared error', zh: '均方误差损失' },
  summary: {
    en: 'The loss for regression: the squared distance between prediction and target, averaged over all numbers.',
    zh: '回归任务的损失：预测值与目标值之差的平方，对所有数取平均。',
  },
  formula: String.raw`L = \frac{1}{n} \sum_i (\hat{y}_i - y_i)^2 \quad\text{or}\quad \frac{1}{2n} \sum_i (\hat{y}_i - y_i)^2`,
  reference: 'notes 002 §4',
  inputs: {
    prediction: { about: { en: 'what the network gives', zh: '网络的预测值' } },
    target: { about: { en: 'what it should give, of the same shape', zh: '目标值，形状相同' } },
  },
  outputs: { loss: { about: { en: 'a single number', zh: '一个数' } } },
  params: {
    half: bool({
      label: { en: 'Half', zh: '乘以 ½' },
      help: { en: 'Multiplies by ½, so that the derivative is ŷ − y.', zh: '乘以 ½，使导数恰为 ŷ − y。' },
      default: false,
    }),
  },
  shape: ({ prediction, target }, _params, fail) =>
    expectTarget(prediction, 'prediction', target, fail) ? { loss: { shape: [], dtype: 'f32' } } : undefined,
  lower: (b, { prediction, target }, _weights, { half }) => {
    const difference = b.sub(prediction, target)
    const mean = b.mean(b.mul(difference, difference))
    return { loss: half ? b.mul(mean, 0.5) : mean }
  },
  flops: ({ prediction }) => 3 * sizeOf(prediction.shape),
  brief: ({ half }) => (half ? '½' : ''),
  pytorch: ({ half }) => ({ call: (_self, [prediction, target]) => `${half ? '0.5 * ' : ''}F.mse_loss(${prediction}, ${target})` }),
  role: { type: 'loss', exposes: { prediction: 'prediction' }, squaredError: { prediction: 'prediction', target: 'target' } },
  cases: [
    { inputs: { prediction: [4, 3], target: [4, 3] } },
    { name: 'half, one number a sample', inputs: { prediction: [5], target: [5] }, params: { half: true } },
    { name: 'images', inputs: { prediction: [1, 2, 3, 4], target: [1, 2, 3, 4] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    meanSquaredError: typeof meanSquaredError
  }
}
export default meanSquaredError
