/** @file Adam: momentum over RMSProp, both corrected for having started at zero (notes 002 §8; Kingma and Ba 2015). */
import type { Emit, Tensor } from '../../ir/emit'
import { decay, defineOptimizer, epsilon, learningRate, stateOf } from '../kit'

export default defineOptimizer({
  kind: 'adam',
  title: { en: 'Adam', zh: 'Adam' },
  summary: {
    en: 'Momentum with a step size of its own for every parameter. The usual first choice: works well with little tuning.',
    zh: '动量法加上每个参数各自的步长。通常的首选：几乎不用调参就有好效果。',
  },
  formula: String.raw`v \leftarrow \beta_1 v + (1 - \beta_1)\, g, \quad s \leftarrow \beta_2 s + (1 - \beta_2)\, g^2, \quad \hat v = \frac{v}{1 - \beta_1^t}, \quad \hat s = \frac{s}{1 - \beta_2^t}, \quad x \leftarrow x - \frac{\eta\, \hat v}{\sqrt{\hat s} + \epsilon}`,
  reference: 'notes 002 §8; Kingma & Ba 2015',
  params: {
    lr: learningRate(0.001),
    beta1: decay(
      { en: 'Momentum β₁', zh: '动量 β₁' },
      { en: 'How long gradients are remembered; 0.9 is about ten steps.', zh: '梯度记多久；0.9 约为十步。' },
      0.9,
    ),
    beta2: decay(
      { en: 'Decay β₂', zh: '衰减 β₂' },
      { en: 'How long gradient sizes are remembered; 0.999 is about a thousand steps.', zh: '梯度大小记多久；0.999 约为一千步。' },
      0.999,
    ),
    epsilon: epsilon(1e-8),
  },
  state: ['v', 's'],
  pytorch: ({ beta1, beta2, epsilon: small }, { parameters, lr }) => ({
    expression: `torch.optim.Adam(${parameters}, lr=${lr}, betas=(${beta1}, ${beta2}), eps=${small})`,
  }),
  update: (b, _parameter, gradient, state, { beta1, beta2, epsilon: small }, { lr, step }) => {
    const v = b.add(b.mul(stateOf(state, 'v'), beta1), b.mul(gradient, 1 - beta1))
    const s = b.add(b.mul(stateOf(state, 's'), beta2), b.mul(b.mul(gradient, gradient), 1 - beta2))
    const numerator = b.mul(v, b.mul(lr, correction(b, beta1, step)))
    const denominator = b.add(b.sqrt(b.mul(s, correction(b, beta2, step))), small)
    return { change: b.div(numerator, denominator), state: { v, s } }
  },
})

/**
 * 1 / (1 − βᵗ). In single precision 1 − 0.999 has lost four digits, so it is written with u = tanh(−t·ln β / 2), where
 * 1 − βᵗ = 2u / (1 + u) without a difference of near equals.
 */
function correction(b: Emit, beta: number, step: Tensor): Tensor {
  if (beta === 0) return b.constant(1)
  const u = b.tanh(b.mul(step, -Math.log(beta) / 2))
  return b.div(b.add(u, 1), b.mul(u, 2))
}
