/** @file The smaller of two values, element by element (notes 002 §14). */
import { definePairwise, extreme } from './kit/pairwise'

const minimum = definePairwise({
  kind: 'minimum',
  idStem: 'min',
  title: { en: 'Minimum', zh: '逐元素最小值' },
  summary: {
    en: 'Keeps the smaller of two values in every place: a ceiling over a signal, the fuzzy AND. Only the smaller one gets a gradient; equal ones share it.',
    zh: '逐元素保留两者中较小的值：为信号设上限，或作模糊逻辑的“与”。只有较小者得到梯度，相等时平分。',
  },
  formula: String.raw`Y = \min(A, B)`,
  reference: 'notes 002 §14',
  apply: (emit, a, b) => extreme(emit, 'min', a, b),
  pytorch: (a, b) => `torch.minimum(${a}, ${b})`,
})

declare module './kit/kinds' {
  interface LayerKinds {
    minimum: typeof minimum
  }
}
export default minimum
