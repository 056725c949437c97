/** @file max(0, x), element by element; its derivative at 0 is taken as 0 (notes 003; Nair and Hinton 2010). */
import { defineActivation } from './kit/unary'

const relu = defineActivation({
  kind: 'relu',
  idStem: 'relu',
  title: { en: 'ReLU', zh: 'ReLU 激活' },
  aliases: { en: 'rectifier, rectified linear unit', zh: '修正线性单元, 线性整流' },
  summary: {
    en: 'Passes positive values, blocks negative ones. The usual activation of deep networks: its gradient does not fade.',
    zh: '保留正值，负值置零。深层网络最常用的激活函数，梯度不易消失。',
  },
  formula: String.raw`y = \max(0, x)`,
  derivative: String.raw`f'(x) = \begin{cases} 1 & x > 0 \\ 0 & x \le 0 \end{cases}`,
  reference: 'notes 002 §14, 003; Nair & Hinton 2010',
  params: {},
  apply: (b, x) => b.max(x, 0),
  operations: 1,
  pytorch: (x) => `F.relu(${x})`,
})

declare module './kit/kinds' {
  interface LayerKinds {
    relu: typeof relu
  }
}
export default relu
