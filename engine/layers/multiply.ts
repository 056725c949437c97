/** @file The element-wise (Hadamard) product of several equal shapes: gates, and the product tower of NeuMF (notes 002 §7 and §11). */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { commonType } from './kit/merge'

const multiply = defineLayer({
  kind: 'multiply',
  category: 'merge',
  idStem: 'multiply',
  title: { en: 'Multiply', zh: '相乘' },
  aliases: { en: 'product, times, Hadamard, gate', zh: '乘法, 乘积, 门' },
  summary: {
    en: 'Multiplies its inputs element by element: one of them can open and close the other like a gate.',
    zh: '将各输入按元素相乘：其中一路可以像门一样控制另一路。',
  },
  formula: String.raw`Y = X_1 \odot X_2 \odot \dots \odot X_m`,
  reference: 'notes 002 §7, §11',
  inputs: { x: { about: { en: 'tensors of one shape', zh: '形状相同的张量' }, variadic: true } },
  outputs: { y: { about: { en: 'the same shape', zh: '与输入形状相同' } } },
  params: {},
  shape: ({ x }, _params, fail) => {
    const y = commonType(x, fail)
    return y && { y }
  },
  lower: (b, { x }) => ({ y: x.reduce((product, next) => b.mul(product, next)) }),
  flops: ({ x }) => (x.length - 1) * sizeOf(x[0]?.shape ?? []),
  pytorch: () => ({ call: (_self, xs) => xs.join(' * ') }),
  cases: [
    {
      name: 'gate',
      inputs: {
        x: [
          [2, 5],
          [2, 5],
        ],
      },
    },
    {
      name: 'three images',
      inputs: {
        x: [
          [1, 2, 3, 2],
          [1, 2, 3, 2],
          [1, 2, 3, 2],
        ],
      },
    },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    multiply: typeof multiply
  }
}
export default multiply
