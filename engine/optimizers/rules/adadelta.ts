/** @file AdaDelta: RMSProp whose step length comes from the recent changes themselves, without a learning rate (notes 002 §8; Zeiler 2012). */
import { decay, defineOptimizer, epsilon, stateOf } from '../kit'

export default defineOptimizer({
  kind: 'adadelta',
  title: { en: 'AdaDelta', zh: 'AdaDelta' },
  summary: {
    en: 'Needs no learning rate: each step is as long as the recent ones were. Starts slowly.',
    zh: '无需学习率：步长由近期的更新量决定。起步较慢。',
  },
  formula: String.raw`s \leftarrow \rho s + (1 - \rho)\, g^2, \quad g' = \sqrt{\frac{\Delta + \epsilon}{s + \epsilon}}\, g, \quad x \leftarrow x - g', \quad \Delta \leftarrow \rho \Delta + (1 - \rho)\, g'^2`,
  reference: 'notes 002 §8; Zeiler 2012',
  params: {
    rho: decay(
      { en: 'Decay ρ', zh: '衰减 ρ' },
      { en: 'How long gradients and changes are remembered; 0.9 is about ten steps.', zh: '梯度与更新量记多久；0.9 约为十步。' },
      0.9,
    ),
    epsilon: epsilon(1e-5),
  },
  state: ['s', 'delta'],
  pytorch: ({ rho, epsilon: small }, { parameters, lr }) => ({
    expression: `torch.optim.Adadelta(${parameters}, lr=${lr}, rho=${rho}, eps=${small})`,
  }),
  update: (b, _parameter, gradient, state, { rho, epsilon: small }) => {
    const delta = stateOf(state, 'delta')
    const s = b.add(b.mul(stateOf(state, 's'), rho), b.mul(b.mul(gradient, gradient), 1 - rho))
    const change = b.mul(gradient, b.sqrt(b.div(b.add(delta, small), b.add(s, small))))
    const changes = b.add(b.mul(delta, rho), b.mul(b.mul(change, change), 1 - rho))
    return { change, state: { s, delta: changes } }
  },
})
