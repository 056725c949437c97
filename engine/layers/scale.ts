/** @file y = ax + b with two fixed numbers (notes 002 §1). */
import { float } from './kit/params'
import { defineArithmetic } from './kit/unary'

const scale = defineArithmetic({
  kind: 'scale',
  idStem: 'scale',
  title: { en: 'Scale and shift', zh: '缩放与平移' },
  summary: {
    en: 'Multiplies every value by a fixed number and adds another: units, ranges such as [0, 1] to [−1, 1], the 1/√d of attention.',
    zh: '将每个值乘以一个固定的数，再加上另一个数：换算单位、把 [0, 1] 变为 [−1, 1]、注意力中的 1/√d 等。',
  },
  formula: 'y = a x + b',
  reference: 'notes 002 §1',
  params: {
    factor: float({
      label: { en: 'Factor a', zh: '系数 a' },
      help: { en: 'What every number is multiplied by.', zh: '每个数所乘的系数。' },
      default: 1,
    }),
    offset: float({
      label: { en: 'Offset b', zh: '偏移 b' },
      help: { en: 'What is added to every number after it was multiplied.', zh: '相乘之后给每个数加上的值。' },
      default: 0,
    }),
  },
  apply: (b, x, { factor, offset }) => b.add(b.mul(x, factor), offset),
  operations: 2,
  brief: ({ factor, offset }) => `${factor} x${offset === 0 ? '' : offset < 0 ? ` − ${-offset}` : ` + ${offset}`}`,
  pytorch: (x, { factor, offset }) => `(${factor} * ${x} + ${offset})`,
  cases: [
    { name: 'to [−1, 1]', inputs: { x: [3, 5] }, params: { factor: 2, offset: -1 } },
    { name: 'nothing is left', inputs: { x: [2, 3] }, params: { factor: 0, offset: 0.5 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    scale: typeof scale
  }
}
export default scale
