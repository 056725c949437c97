/** @file One number everywhere (notes 002 §4). */
import { float } from '../../layers/kit/params'
import { defineInitializer } from '../kit'

export default defineInitializer({
  kind: 'constant',
  title: { en: 'Constant', zh: '常数' },
  formula: 'w = c',
  reference: 'notes 002 §4',
  params: {
    value: float({
      label: { en: 'Value', zh: '取值' },
      help: { en: 'What every weight starts as.', zh: '每个权重的初始值。' },
      default: 0,
    }),
  },
  fill: (values, _random, _fans, { value }) => {
    values.fill(value)
  },
  pytorch: (_unit, { value }) => ({ call: `nn.init.constant_(w, ${value})` }),
})
