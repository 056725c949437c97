/** @file RMSProp: AdaGrad that forgets, so that steps need not shrink for ever (notes 002 §8; Tieleman and Hinton 2012). */
import { decay, defineOptimizer, epsilon, learningRate, stateOf } from '../kit'
import { optimizerClass } from '../pytorch'

const inPython = optimizerClass({
  name: 'RMSProp',
  about: 's = gamma s + (1 - gamma) g^2, w = w - lr g / sqrt(s + epsilon): epsilon stands inside the root, unlike in torch.optim.RMSprop.',
  settings: ['gamma', 'epsilon'],
  state: 's',
  update: ['s.mul_(gamma).add_((1 - gamma) * g * g)', 'w.sub_(lr * g / (s + epsilon).sqrt())'],
})

export default defineOptimizer({
  kind: 'rmsprop',
  title: { en: 'RMSProp', zh: 'RMSProp' },
  summary: {
    en: 'Divides each step by the recent size of that gradient. A steady choice for recurrent networks.',
    zh: '每个参数的步长除以其近期梯度的大小。常用于循环神经网络。',
  },
  formula: String.raw`s \leftarrow \gamma s + (1 - \gamma)\, g^2, \qquad x \leftarrow x - \frac{\eta}{\sqrt{s + \epsilon}}\, g`,
  reference: 'notes 002 §8; Tieleman & Hinton 2012',
  params: {
    lr: learningRate(0.01),
    gamma: decay(
      { en: 'Decay γ', zh: '衰减 γ' },
      { en: 'How long gradient sizes are remembered; 0.9 is about ten steps.', zh: '梯度大小记多久；0.9 约为十步。' },
      0.9,
    ),
    epsilon: epsilon(1e-6),
  },
  state: ['s'],
  pytorch: ({ gamma, epsilon: small }, { parameters, lr }) => ({
    expression: `RMSProp(${parameters}, lr=${lr}, gamma=${gamma}, epsilon=${small})`,
    definitions: [inPython],
  }),
  update: (b, _parameter, gradient, state, { gamma, epsilon: small }, { lr }) => {
    const s = b.add(b.mul(stateOf(state, 's'), gamma), b.mul(b.mul(gradient, gradient), 1 - gamma))
    const step = b.div(b.mul(lr, gradient), b.sqrt(b.add(s, small)))
    return { change: step, state: { s } }
  },
})
