/** @file Uniform numbers between two bounds (notes 002 §4). */
import { float } from '../../layers/kit/params'
import { defineInitializer } from '../kit'

export default defineInitializer({
  kind: 'uniform',
  title: { en: 'Uniform', zh: '均匀分布' },
  formula: String.raw`w \sim \mathcal{U}(a, b)`,
  reference: 'notes 002 §4',
  params: {
    low: float({
      label: { en: 'From', zh: '下界' },
      help: { en: 'The least that a weight can start as.', zh: '权重初始值的最小可能值。' },
      default: -0.07,
    }),
    high: float({
      label: { en: 'To', zh: '上界' },
      help: { en: 'The most that a weight can start as.', zh: '权重初始值的最大可能值。' },
      default: 0.07,
    }),
  },
  fill: (values, random, _fans, { low, high }) => random.fillUniform(values, low, high),
  pytorch: (_unit, { low, high }) => ({ call: `nn.init.uniform_(w, ${low}, ${high})` }),
})
