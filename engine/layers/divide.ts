/** @file The quotient of two tensors, element by element (notes 002 §1). */
import { definePairwise } from './kit/pairwise'

const divide = definePairwise({
  kind: 'divide',
  idStem: 'div',
  title: { en: 'Divide', zh: '相除' },
  aliases: { en: 'quotient, division', zh: '除法' },
  summary: {
    en: 'Divides the first input by the second, element by element: shares of a total, normalising by hand. Keep the divisor away from zero, for example by adding a small number.',
    zh: '将第一个输入按元素除以第二个：占总量的比例、手工归一化等。应使除数远离零，例如加上一个小数。',
  },
  formula: String.raw`Y = A \oslash B`,
  reference: 'notes 002 §1',
  apply: (emit, a, b) => emit.div(a, b),
  pytorch: (a, b) => `(${a} / ${b})`,
  range: [0.4, 3],
})

declare module './kit/kinds' {
  interface LayerKinds {
    divide: typeof divide
  }
}
export default divide
