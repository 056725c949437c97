/** @file 1 / (1 + e⁻ˣ), element by element (notes 002 §1). */
import { defineActivation } from './kit/unary'

const sigmoid = defineActivation({
  kind: 'sigmoid',
  idStem: 'sigmoid',
  title: { en: 'Sigmoid', zh: 'Sigmoid 激活' },
  aliases: { en: 'logistic function', zh: '逻辑函数, S 型函数' },
  summary: {
    en: 'Squeezes every value into (0, 1). The classic activation; in deep networks its gradient fades where it saturates.',
    zh: '将每个值压缩到 (0, 1) 之间。经典的激活函数；在深层网络中容易因饱和而梯度消失。',
  },
  formula: String.raw`y = \sigma(x) = \frac{1}{1 + e^{-x}}`,
  derivative: String.raw`f'(x) = f(x)\,\bigl(1 - f(x)\bigr)`,
  reference: 'notes 002 §1, 003',
  params: {},
  apply: (b, x) => b.sigmoid(x),
  operations: 4,
  pytorch: (x) => `torch.sigmoid(${x})`,
})

declare module './kit/kinds' {
  interface LayerKinds {
    sigmoid: typeof sigmoid
  }
}
export default sigmoid
