/** @file All zeros: right for biases; units that start alike stay alike, so never for the kernel of a hidden layer (notes 002 §4). */
import { defineInitializer } from '../kit'

export default defineInitializer({
  kind: 'zeros',
  title: { en: 'Zeros', zh: '全零' },
  formula: 'w = 0',
  reference: 'notes 002 §4',
  params: {},
  fill: (values) => {
    values.fill(0)
  },
  pytorch: () => ({ call: 'nn.init.zeros_(w)' }),
})
