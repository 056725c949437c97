/** @file Linear decay to a final rate, which is then kept (notes 004; Goodfellow et al. 2016 §8.3.1). */
import { defineSchedule, finalRate, steps } from '../kit'

export default defineSchedule({
  kind: 'linear',
  title: { en: 'Linear decay', zh: '线性衰减' },
  summary: {
    en: 'Falls in a straight line to the final rate and stays there: what stochastic gradients need to come to rest.',
    zh: '沿直线降到最终学习率后保持不变：随机梯度需要这样才能稳定下来。',
  },
  formula: String.raw`\epsilon_k = \left(1 - \tfrac{k}{\tau}\right)\epsilon_0 + \tfrac{k}{\tau}\,\epsilon_\tau \ (k \le \tau), \qquad \epsilon_k = \epsilon_\tau \ (k > \tau)`,
  reference: 'notes 004; Goodfellow et al. 2016, §8.3.1',
  params: {
    tau: steps({ en: 'Steps τ', zh: '步数 τ' }, { en: 'Steps until the final rate is reached.', zh: '经过多少步降到最终学习率。' }, 1000),
    final: finalRate,
  },
  pytorch: ({ tau, final }, base) => `${base} + (${final} - ${base}) * min(step / ${tau}, 1)`,
  span: ({ tau }) => tau,
  rate: ({ step, base }, { tau, final }) => {
    const share = Math.min(step / tau, 1)
    return (1 - share) * base + share * final
  },
})
