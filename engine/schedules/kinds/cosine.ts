/** @file The rate follows half a cosine down to its final value (Loshchilov and Hutter 2017, without restarts). */
import { defineSchedule, finalRate, steps } from '../kit'

export default defineSchedule({
  kind: 'cosine',
  title: { en: 'Cosine', zh: '余弦衰减' },
  summary: {
    en: 'Falls gently at first and at the end, fast in between; set τ to the length of the run.',
    zh: '开头和结尾缓慢下降，中间较快；τ 宜设为整个训练的步数。',
  },
  formula: String.raw`\eta_k = \eta_\tau + \tfrac12 (\eta - \eta_\tau)\left(1 + \cos \tfrac{\pi k}{\tau}\right) \ (k \le \tau)`,
  reference: 'Loshchilov & Hutter 2017',
  params: {
    tau: steps({ en: 'Steps τ', zh: '步数 τ' }, { en: 'Steps until the final rate is reached.', zh: '经过多少步降到最终学习率。' }, 1000),
    final: finalRate,
  },
  pytorch: ({ tau, final }, base) => `${final} + 0.5 * (${base} - ${final}) * (1 + math.cos(math.pi * min(step, ${tau}) / ${tau}))`,
  span: ({ tau }) => tau,
  rate: ({ step, base }, { tau, final }) => final + 0.5 * (base - final) * (1 + Math.cos((Math.PI * Math.min(step, tau)) / tau)),
})
