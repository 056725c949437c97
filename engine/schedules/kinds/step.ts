/** @file The rate falls by a factor every so many steps. */
import { defineSchedule, dropFactor, steps } from '../kit'

export default defineSchedule({
  kind: 'step',
  title: { en: 'Steps', zh: '阶梯衰减' },
  summary: {
    en: 'Keeps the rate for a while, then multiplies it with a factor, again and again: the classic plan for image classifiers.',
    zh: '每隔一段时间将学习率乘以一个倍率：训练图像分类器的经典做法。',
  },
  formula: String.raw`\eta_k = \eta\, f^{\lfloor k / n \rfloor}`,
  reference: 'notes 003; Krizhevsky et al. 2012',
  params: {
    every: steps(
      { en: 'Every n steps', zh: '每 n 步' },
      { en: 'Steps from one drop of the rate to the next.', zh: '相邻两次下降之间的步数。' },
      1000,
    ),
    factor: dropFactor(0.1),
  },
  pytorch: ({ every, factor }, base) => `${base} * ${factor} ** (step // ${every})`,
  span: ({ every }) => every,
  rate: ({ step, base }, { every, factor }) => base * factor ** Math.floor(step / every),
})
