/** @file AdaGrad: a step of its own for every parameter, shrinking with all the gradients it has seen (notes 002 §8; Duchi et al. 2011). */
import { defineOptimizer, epsilon, learningRate, stateOf } from '../kit'

export default defineOptimizer({
  kind: 'adagrad',
  title: { en: 'AdaGrad', zh: 'AdaGrad' },
  summary: {
    en: 'Large steps for parameters that rarely get a gradient, small ones for the rest. Good for sparse features; steps only ever shrink.',
    zh: '梯度稀疏的参数步子大，其余的步子小。适合稀疏特征；步长只减不增。',
  },
  formula: String.raw`s \leftarrow s + g^2, \qquad x \leftarrow x - \frac{\eta}{\sqrt{s + \epsilon}}\, g`,
  reference: 'notes 002 §8; Duchi, Hazan & Singer 2011',
  params: { lr: learningRate(0.1), epsilon: epsilon(1e-6) },
  state: ['s'],
  update: (b, _parameter, gradient, state, params, { lr }) => {
    const s = b.add(stateOf(state, 's'), b.mul(gradient, gradient))
    const step = b.div(b.mul(lr, gradient), b.sqrt(b.add(s, params.epsilon)))
    return { change: step, state: { s } }
  },
})
