/** @file The same learning rate throughout. */
import { defineSchedule } from '../kit'

export default defineSchedule({
  kind: 'constant',
  title: { en: 'Constant', zh: '恒定' },
  summary: { en: 'The learning rate stays as it is.', zh: '学习率保持不变。' },
  formula: String.raw`\eta_k = \eta`,
  reference: 'notes 003',
  params: {},
  pytorch: (_params, base) => `${base}`,
  rate: ({ base }) => base,
})
