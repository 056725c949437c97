/** @file Words on charts. */
import { defineWords } from '../i18n/i18n'

export const chartWords = defineWords('charts', {
  loss: { en: 'loss', zh: '损失' },
  accuracy: { en: 'accuracy', zh: '准确率' },
  validationLoss: { en: 'validation loss', zh: '验证损失' },
  validationAccuracy: { en: 'validation accuracy', zh: '验证准确率' },
  chart: { en: 'Training curves: {summary}', zh: '训练曲线：{summary}' },
  at: { en: 'epoch {epoch} · step {step}', zh: '第 {epoch} 轮 · 第 {step} 步' },
  log: { en: 'log', zh: '对数' },
  logHint: { en: 'Logarithmic loss axis', zh: '损失轴使用对数刻度' },
})
