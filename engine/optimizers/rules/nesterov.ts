/** @file Momentum that looks ahead: the slope is taken where the velocity is about to lead (notes 004; Nesterov 1983, Sutskever et al. 2013). */
import { decay, defineOptimizer, learningRate, stateOf } from '../kit'

export default defineOptimizer({
  kind: 'nesterov',
  title: { en: 'Nesterov momentum', zh: 'Nesterov 动量' },
  summary: {
    en: 'Momentum that corrects itself a step earlier: less overshooting at high speed.',
    zh: '提前一步修正的动量法：速度高时更少越过谷底。',
  },
  formula: String.raw`v \leftarrow \gamma v + g, \qquad x \leftarrow x - \eta\,(g + \gamma v)`,
  reference: 'notes 004; Nesterov 1983; Sutskever et al. 2013',
  params: {
    lr: learningRate(0.02),
    gamma: decay(
      { en: 'Momentum γ', zh: '动量 γ' },
      { en: 'Share of the speed that is kept; 0.9 remembers about ten steps.', zh: '速度保留的比例；0.9 约相当于记住十步。' },
      0.9,
    ),
  },
  state: ['v'],
  pytorch: ({ gamma }, { parameters, lr }) => ({
    // PyTorch refuses to look ahead of a velocity that is not kept.
    expression: `torch.optim.SGD(${parameters}, lr=${lr}${gamma === 0 ? '' : `, momentum=${gamma}, nesterov=True`})`,
  }),
  update: (b, _parameter, gradient, state, { gamma }, { lr }) => {
    const velocity = b.add(b.mul(stateOf(state, 'v'), gamma), gradient)
    return { change: b.mul(lr, b.add(gradient, b.mul(velocity, gamma))), state: { v: velocity } }
  },
})
