/** @file The binary step and the sign: units that fire or do not (notes 001; notes 003; McCulloch and Pitts 1943). */
import { choice, float } from './kit/params'
import { defineActivation } from './kit/unary'

const step = defineActivation({
  kind: 'step',
  idStem: 'step',
  title: { en: 'Step', zh: '阶跃函数' },
  aliases: { en: 'sgn, sign, Heaviside, threshold, binary step, perceptron', zh: '符号函数, 阈值, 感知机' },
  summary: {
    en: 'Fires or does not: 1 from the threshold on, 0 below, or the sign. Its derivative is zero everywhere, so nothing before it learns by gradient descent; use it for perceptrons, fixed logic and decisions.',
    zh: '要么激活，要么抑制：达到阈值输出 1，否则输出 0；也可输出正负号。其导数处处为零，之前的层无法用梯度下降学习；适合感知机、固定的逻辑和判定。',
  },
  formula: ({ values }) =>
    values === 'binary'
      ? String.raw`y = \begin{cases} 1 & x \ge \theta \\ 0 & x < \theta \end{cases}`
      : String.raw`y = \operatorname{sgn}(x - \theta)`,
  derivative: "f'(x) = 0",
  reference: 'notes 001, 003; McCulloch & Pitts 1943',
  params: {
    values: choice({
      label: { en: 'Values', zh: '取值' },
      help: { en: '0 and 1, or −1 and 1 (0 exactly at the threshold).', zh: '0 和 1，或 −1 和 1（恰在阈值处为 0）。' },
      default: 'binary',
      options: { binary: { en: '0 and 1', zh: '0 和 1' }, sign: { en: '−1 and 1', zh: '−1 和 1' } },
    }),
    threshold: float({
      label: { en: 'Threshold θ', zh: '阈值 θ' },
      help: { en: 'Where the unit starts to fire.', zh: '神经元开始激活的位置。' },
      default: 0,
    }),
  },
  apply: (b, x, { values, threshold }) => (values === 'binary' ? b.sub(1, b.less(x, threshold)) : b.sign(b.sub(x, threshold))),
  gradient: () => 'none',
  operations: 2,
  brief: ({ values, threshold }) => `${values === 'binary' ? '0 / 1' : '−1 / 1'}${threshold === 0 ? '' : ` · θ = ${threshold}`}`,
  pytorch: (x, { values, threshold }) =>
    values === 'binary' ? `(${x} >= ${threshold}).to(${x}.dtype)` : `torch.sign(${x} - ${threshold})`,
  cases: [
    { name: 'a threshold', inputs: { x: [3, 7] }, params: { threshold: -0.3 } },
    { name: 'sign', inputs: { x: [2, 5] }, params: { values: 'sign' } },
    { name: 'sign from a threshold', inputs: { x: [1, 9] }, params: { values: 'sign', threshold: 0.25 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    step: typeof step
  }
}
export default step
