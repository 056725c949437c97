/** @file max(0, x) + a · min(0, x) with a small fixed a (notes 002 §14; Maas et al. 2013). */
import { float } from './kit/params'
import { rectified } from './kit/rectifier'
import { defineActivation } from './kit/unary'

const leakyRelu = defineActivation({
  kind: 'leakyRelu',
  idStem: 'leakyRelu',
  title: { en: 'Leaky ReLU', zh: 'Leaky ReLU 激活' },
  aliases: { en: 'leaky rectifier', zh: '带泄露的 ReLU, 渗漏' },
  summary: {
    en: 'Like ReLU, but lets a little of negative values through, so that no unit falls silent for good.',
    zh: '与 ReLU 相似，但让负值保留一小部分，避免神经元永久失活。',
  },
  formula: String.raw`y = \max(0, x) + a \min(0, x)`,
  derivative: String.raw`f'(x) = \begin{cases} 1 & x > 0 \\ a & x \le 0 \end{cases}`,
  reference: 'notes 002 §14; Maas et al. 2013',
  params: {
    slope: float({
      label: { en: 'Slope below zero', zh: '负半轴斜率' },
      help: { en: 'What remains of negative values; −1 gives the absolute value.', zh: '负值保留的比例；取 −1 即为绝对值。' },
      default: 0.01,
      min: -1,
      max: 1,
    }),
  },
  apply: (b, x, { slope }) => rectified(b, x, slope),
  operations: 3,
  brief: ({ slope }) => `a = ${slope}`,
  pytorch: (x, { slope }) => `F.leaky_relu(${x}, ${slope})`,
  cases: [
    { name: 'steep', inputs: { x: [3, 5] }, params: { slope: 0.3 } },
    { name: 'absolute value', inputs: { x: [2, 4] }, params: { slope: -1 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    leakyRelu: typeof leakyRelu
  }
}
export default leakyRelu
