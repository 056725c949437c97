/** @file Constant at first, then falling like one over the number of steps (notes 003; Bengio 2012). */
import { defineSchedule, steps } from '../kit'

export default defineSchedule({
  kind: 'inverse',
  title: { en: 'Inverse decay', zh: '反比衰减' },
  summary: {
    en: 'Keeps the rate for τ steps, then lets it fall like 1/t: it slows down for ever but never stops.',
    zh: '前 τ 步保持不变，之后按 1/t 衰减：不断变慢，但永不停止。',
  },
  formula: String.raw`\alpha_t = \frac{\alpha_0\, \tau}{\max(t, \tau)}`,
  reference: 'notes 003; Bengio 2012',
  params: {
    tau: steps(
      { en: 'Steps τ', zh: '步数 τ' },
      { en: 'Steps before the rate begins to fall; after twice as many it has halved.', zh: '学习率开始下降前的步数；到两倍步数时减半。' },
      1000,
    ),
  },
  pytorch: ({ tau }, base) => `${base} * ${tau} / max(step, ${tau})`,
  span: ({ tau }) => tau,
  rate: ({ step, base }, { tau }) => (base * tau) / Math.max(step, tau),
})
