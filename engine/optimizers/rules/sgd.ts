/** @file Stochastic gradient descent (notes 002 §8; Robbins and Monro 1951). */
import { defineOptimizer, learningRate } from '../kit'

export default defineOptimizer({
  kind: 'sgd',
  title: { en: 'SGD', zh: '随机梯度下降' },
  summary: {
    en: 'A step straight down the gradient of the batch. Simple and honest; needs a well-chosen learning rate.',
    zh: '沿小批量梯度的反方向走一步。简单直接，但需要合适的学习率。',
  },
  formula: String.raw`x \leftarrow x - \eta\, g`,
  reference: 'notes 002 §8',
  params: { lr: learningRate(0.1) },
  state: [],
  pytorch: (_params, { parameters, lr }) => ({ expression: `torch.optim.SGD(${parameters}, lr=${lr})` }),
  update: (b, _parameter, gradient, _state, _params, { lr }) => ({ change: b.mul(lr, gradient), state: {} }),
})
