/** @file The larger of two values, element by element (notes 002 §14). */
import { definePairwise, extreme } from './kit/pairwise'

const maximum = definePairwise({
  kind: 'maximum',
  idStem: 'max',
  title: { en: 'Maximum', zh: '逐元素最大值' },
  summary: {
    en: 'Keeps the larger of two values in every place: two experts of which the stronger speaks, a floor under a signal. Only the winner gets a gradient; equal ones share it.',
    zh: '逐元素保留两者中较大的值：两路之中强者输出，或为信号设下限。只有较大者得到梯度，相等时平分。',
  },
  formula: String.raw`Y = \max(A, B)`,
  reference: 'notes 002 §14',
  apply: (emit, a, b) => extreme(emit, 'max', a, b),
  pytorch: (a, b) => `torch.maximum(${a}, ${b})`,
})

declare module './kit/kinds' {
  interface LayerKinds {
    maximum: typeof maximum
  }
}
export default maximum
