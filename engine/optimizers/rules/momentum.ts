/** @file Gradient descent with momentum: the velocity is a fading sum of steps (notes 002 §8; Polyak 1964). */
import { decay, defineOptimizer, learningRate, stateOf } from '../kit'

export default defineOptimizer({
  kind: 'momentum',
  title: { en: 'Momentum', zh: '动量法' },
  summary: {
    en: 'Keeps part of its speed from step to step: faster along valleys, steadier across them.',
    zh: '每一步保留部分速度：沿谷底前进更快，横向摆动更小。',
  },
  formula: String.raw`v \leftarrow \gamma v + \eta\, g, \qquad x \leftarrow x - v`,
  reference: 'notes 002 §8; Polyak 1964',
  params: {
    lr: learningRate(0.02),
    gamma: decay(
      { en: 'Momentum γ', zh: '动量 γ' },
      { en: 'Share of the speed that is kept; 0.9 remembers about ten steps.', zh: '速度保留的比例；0.9 约相当于记住十步。' },
      0.9,
    ),
  },
  state: ['v'],
  update: (b, parameter, gradient, state, { gamma }, { lr }) => {
    const velocity = b.add(b.mul(stateOf(state, 'v'), gamma), b.mul(lr, gradient))
    return { parameter: b.sub(parameter, velocity), state: { v: velocity } }
  },
})
