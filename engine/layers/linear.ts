/** @file The identity: the linear unit (notes 002 §11 and §14; notes 004). */
import { defineActivation } from './kit/unary'

const linear = defineActivation({
  kind: 'linear',
  idStem: 'linear',
  title: { en: 'Linear', zh: '线性单元' },
  aliases: { en: 'identity', zh: '恒等' },
  summary: {
    en: 'Hands every value through unchanged. The activation of output units that predict numbers; written out, it shows where a network has none other.',
    zh: '原样输出每个值。用于预测数值的输出单元；写明它，可看出网络在此处没有其他激活函数。',
  },
  formula: 'y = x',
  derivative: "f'(x) = 1",
  reference: 'notes 002 §11, 004',
  params: {},
  apply: (_b, x) => x,
  operations: 0,
  pytorch: (x) => x,
})

declare module './kit/kinds' {
  interface LayerKinds {
    linear: typeof linear
  }
}
export default linear
