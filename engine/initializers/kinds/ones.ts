/** @file All ones: where a scale begins (notes 002 §6). */
import { defineInitializer } from '../kit'

export default defineInitializer({
  kind: 'ones',
  title: { en: 'Ones', zh: '全一' },
  formula: 'w = 1',
  reference: 'notes 002 §6',
  params: {},
  fill: (values) => {
    values.fill(1)
  },
  pytorch: () => ({ call: 'nn.init.ones_(w)' }),
})
