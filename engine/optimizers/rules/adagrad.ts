/** @file AdaGrad: a step of its own for every parameter, shrinking with all the gradients it has seen (notes 002 §8; Duchi et al. 2011). */
import { defineOptimizer, epsilon, learningRate, stateOf } from '../kit'
import { optimizerClass } from '../pytorch'

const inPython = optimizerClass({
  name: 'AdaGrad',
  about: 's = s + g^2, w = w - lr g / sqrt(s + epsilon): epsilon stands inside the root, unlike in torch.optim.Adagrad.',
  settings: ['epsilon'],
  state: 's',
  update: ['s.add_(g * g)', 'w.sub_(lr * g / (s + epsilon).sqrt())'],
})

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
  pytorch: ({ epsilon: small }, { parameters, lr }) => ({
    expression: `AdaGrad(${parameters}, lr=${lr}, epsilon=${small})`,
    definitions: [inPython],
  }),
  update: (b, _parameter, gradient, state, params, { lr }) => {
    const s = b.add(stateOf(state, 's'), b.mul(gradient, gradient))
    const step = b.div(b.mul(lr, gradient), b.sqrt(b.add(s, params.epsilon)))
    return { change: step, state: { s } }
  },
})
