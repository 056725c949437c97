/**
 * @file What every node can be given beside its layer's own parameters, for the form and the check alike (notes 002 §9 on fine-tuning).
 * In: nothing. Out: specifications.
 */
import { float } from './params'

/** Fine-tuning trains a fresh output layer up to a thousand times as fast as the copied ones before it. */
export const nodeSettings = {
  rateMultiplier: float({
    label: { en: 'Learning rate ×', zh: '学习率倍数' },
    help: {
      en: 'This layer learns so many times as fast as the others: above 1 for a fresh output layer, below 1 for layers copied from a trained network.',
      zh: '此层的学习速度是其他层的多少倍：新的输出层取大于 1，从已训练网络复制来的层取小于 1。',
    },
    default: 1,
    min: 0,
    max: 1000,
  }),
} as const
