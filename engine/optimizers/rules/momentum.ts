/** @file Gradient descent with momentum: the velocity is a fading sum of steps (notes 002 §8; Polyak 1964). */
import { choice } from '../../layers/kit/params'
import { decay, defineOptimizer, learningRate, stateOf } from '../kit'
import { optimizerClass } from '../pytorch'

const inPython = optimizerClass({
  name: 'Momentum',
  about: 'v = gamma v + lr g, w = w - v: the rate of each step stays in the velocity, unlike in torch.optim.SGD.',
  settings: ['gamma'],
  state: 'v',
  update: ['v.mul_(gamma).add_(g, alpha=lr)', 'w.sub_(v)'],
})

export default defineOptimizer({
  kind: 'momentum',
  title: { en: 'Momentum', zh: '动量法' },
  summary: {
    en: 'Keeps part of its speed from step to step: faster along valleys, steadier across them.',
    zh: '每一步保留部分速度：沿谷底前进更快，横向摆动更小。',
  },
  formula: ({ form }) =>
    form === 'add'
      ? String.raw`v \leftarrow \alpha v - \epsilon\, g, \qquad \theta \leftarrow \theta + v`
      : String.raw`v \leftarrow \gamma v + \eta\, g, \qquad x \leftarrow x - v`,
  reference: 'notes 002 §8; notes 004; Polyak 1964',
  params: {
    lr: learningRate(0.02),
    gamma: decay(
      { en: 'Momentum γ', zh: '动量 γ' },
      { en: 'Share of the speed that is kept; 0.9 remembers about ten steps.', zh: '速度保留的比例；0.9 约相当于记住十步。' },
      0.9,
    ),
    form: choice({
      label: { en: 'Form', zh: '写法' },
      help: {
        en: 'Which way the velocity points: against the step or along it. Both give the same weights.',
        zh: '速度的方向：与更新方向相反或一致。两种写法得到相同的权重。',
      },
      default: 'subtract',
      options: { subtract: { en: 'x − v', zh: 'x − v' }, add: { en: 'θ + v', zh: 'θ + v' } },
      advanced: true,
    }),
  },
  state: ['v'],
  pytorch: ({ gamma }, { parameters, lr, steady }) =>
    steady
      ? { expression: `torch.optim.SGD(${parameters}, lr=${lr}, momentum=${gamma})` }
      : { expression: `Momentum(${parameters}, lr=${lr}, gamma=${gamma})`, definitions: [inPython] },
  update: (b, _parameter, gradient, state, { gamma, form }, { lr }) => {
    const kept = b.mul(stateOf(state, 'v'), gamma)
    const step = b.mul(lr, gradient)
    const velocity = form === 'add' ? b.sub(kept, step) : b.add(kept, step)
    return { change: form === 'add' ? b.neg(velocity) : velocity, state: { v: velocity } }
  },
})
