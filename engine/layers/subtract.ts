/** @file The difference of two tensors, element by element (notes 002 §1). */
import { definePairwise } from './kit/pairwise'

const subtract = definePairwise({
  kind: 'subtract',
  idStem: 'sub',
  title: { en: 'Subtract', zh: '相减' },
  aliases: { en: 'minus, difference, subtraction', zh: '减法, 差' },
  summary: {
    en: 'Takes the second input from the first, element by element: errors, distances, what a layer changed.',
    zh: '将第一个输入按元素减去第二个：误差、距离、某一层带来的变化。',
  },
  formula: 'Y = A - B',
  reference: 'notes 002 §1',
  apply: (emit, a, b) => emit.sub(a, b),
  pytorch: (a, b) => `(${a} - ${b})`,
})

declare module './kit/kinds' {
  interface LayerKinds {
    subtract: typeof subtract
  }
}
export default subtract
