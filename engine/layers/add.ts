/** @file The sum of several equal shapes; residual blocks add the input to what the block learned (notes 002 §6; He et al. 2015). */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { commonType } from './kit/merge'

const add = defineLayer({
  kind: 'add',
  category: 'merge',
  idStem: 'add',
  title: { en: 'Add', zh: '相加' },
  aliases: { en: 'sum, plus, addition, residual, shortcut', zh: '加法, 求和, 残差' },
  summary: {
    en: 'Adds its inputs element by element. A shortcut around layers, added back, makes a residual block.',
    zh: '将各输入按元素相加。跨层的捷径与主路相加，即构成残差块。',
  },
  formula: String.raw`Y = \sum_k X_k`,
  reference: 'notes 002 §6; He et al. 2015',
  inputs: { x: { about: { en: 'tensors of one shape', zh: '形状相同的张量' }, variadic: true } },
  outputs: { y: { about: { en: 'the same shape', zh: '与输入形状相同' } } },
  params: {},
  shape: ({ x }, _params, fail) => {
    const y = commonType(x, fail)
    return y && { y }
  },
  lower: (b, { x }) => ({ y: x.reduce((sum, next) => b.add(sum, next)) }),
  flops: ({ x }) => (x.length - 1) * sizeOf(x[0]?.shape ?? []),
  pytorch: () => ({ call: (_self, xs) => xs.join(' + ') }),
  cases: [
    {
      name: 'residual',
      inputs: {
        x: [
          [2, 3, 4, 5],
          [2, 3, 4, 5],
        ],
      },
    },
    {
      name: 'three',
      inputs: {
        x: [
          [3, 2],
          [3, 2],
          [3, 2],
        ],
      },
    },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    add: typeof add
  }
}
export default add
