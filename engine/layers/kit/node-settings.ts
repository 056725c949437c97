/**
 * @file What every node can be given beside its layer's own parameters, for the form and the check alike (notes 002 §9 on fine-tuning).
 * In: nothing. Out: specifications.
 */
import { USUAL_TIE } from '../../document/weight-settings'
import { bool, float } from './params'

/** Fine-tuning trains a fresh output layer up to a thousand times as fast as the copied ones before it. */
export const nodeSettings = {
  frozen: bool({
    label: { en: 'Freeze weights', zh: '冻结权重' },
    help: {
      en: 'Training leaves the weights of this layer as they are, such as those copied from a trained network.',
      zh: '训练时不改变此层的权重，例如从已训练网络复制来的权重。',
    },
    default: false,
  }),
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
  l2Penalty: float({
    label: { en: 'L2 penalty λ', zh: 'L2 惩罚 λ' },
    help: {
      en: 'λ/2 Σw² for this layer, in place of the λ in the training settings; 0 for none.',
      zh: '此层的 λ/2 Σw²，取代训练设置中的 λ；0 表示没有。',
    },
    default: 0,
    min: 0,
    max: 1000,
  }),
  l1Penalty: float({
    label: { en: 'L1 penalty λ', zh: 'L1 惩罚 λ' },
    help: {
      en: 'λ Σ|w| for this layer, in place of the λ in the training settings; 0 for none.',
      zh: '此层的 λ Σ|w|，取代训练设置中的 λ；0 表示没有。',
    },
    default: 0,
    min: 0,
    max: 1000,
  }),
  tieStrength: float({
    label: { en: 'Strength of the tie', zh: '绑定强度' },
    help: {
      en: 'Times ‖w − w′‖² in the loss: large ones make the two layers nearly equal.',
      zh: '损失中 ‖w − w′‖² 的系数：越大，两层的权重越接近。',
    },
    default: USUAL_TIE,
    min: 0,
    max: 1000,
  }),
} as const
