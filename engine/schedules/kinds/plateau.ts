/** @file The rate is halved whenever validation has stopped improving (notes 003). */
import { int } from '../../layers/kit/params'
import { defineSchedule, dropFactor } from '../kit'

export default defineSchedule({
  kind: 'plateau',
  title: { en: 'Halve on a plateau', zh: '停滞时减半' },
  summary: {
    en: 'Lowers the rate whenever the validation loss has not improved for a few epochs: no plan is needed beforehand.',
    zh: '验证损失连续几轮没有改善时降低学习率：无需事先规划。',
  },
  formula: String.raw`\min_{k - p < j \le k} L_j \ge \min_{j \le k - p} L_j \;\Rightarrow\; \eta \leftarrow f\,\eta`,
  reference: 'notes 003',
  params: {
    patience: int({
      label: { en: 'Patience', zh: '耐心轮数' },
      help: { en: 'Epochs without a better validation loss before the rate falls.', zh: '验证损失连续多少轮没有改善时降低学习率。' },
      default: 2,
      min: 1,
      max: 100_000,
    }),
    factor: dropFactor(0.5),
  },
  needsValidation: true,
  rate: ({ base, validation }, { patience, factor }) => {
    let best = Number.POSITIVE_INFINITY
    let waited = 0
    let drops = 0
    for (const loss of validation) {
      // A loss that is no number is no better one, and nothing to compare later ones with.
      const isBetter = loss < best
      waited = isBetter ? 0 : waited + 1
      if (isBetter) best = loss
      if (waited < patience) continue
      drops++
      waited = 0
    }
    return base * factor ** drops
  },
})
