/** @file xᵖ for a fixed exponent (notes 002 §1). */
import { float } from './kit/params'
import { defineArithmetic } from './kit/unary'

const power = defineArithmetic({
  kind: 'power',
  idStem: 'power',
  title: { en: 'Power', zh: '幂' },
  summary: {
    en: 'Raises every value to a fixed power: 2 squares, 0.5 takes the root, −1 inverts. Negative values need a whole exponent, zero one that is not negative.',
    zh: '对每个值取固定的幂：2 为平方，0.5 为开方，−1 为倒数。负值要求指数为整数，零要求指数非负。',
  },
  formula: 'y = x^{p}',
  reference: 'notes 002 §1',
  params: {
    exponent: float({
      label: { en: 'Exponent p', zh: '指数 p' },
      help: {
        en: 'To which power each number is raised: 2 squares, 0.5 takes the root, −1 the inverse.',
        zh: '对每个数取几次幂：2 为平方，0.5 为平方根，−1 为倒数。',
      },
      default: 2,
      min: -64,
      max: 64,
    }),
  },
  apply: (b, x, { exponent }) => b.pow(x, exponent),
  operations: 2,
  brief: ({ exponent }) => `p = ${exponent}`,
  pytorch: (x, { exponent }) => `torch.pow(${x}, ${exponent})`,
  cases: [
    { name: 'fifth power of both signs', inputs: { x: [3, 5] }, params: { exponent: 5 } },
    { name: 'root', inputs: { x: [2, 7] }, params: { exponent: 0.5 }, ranges: { x: [0.1, 4] } },
    { name: 'broken exponent', inputs: { x: [5, 3] }, params: { exponent: -1.7 }, ranges: { x: [0.2, 3] } },
    { name: 'inverse of negative numbers', inputs: { x: [4] }, params: { exponent: -1 }, ranges: { x: [-3, -0.5] } },
    { name: 'exponent zero', inputs: { x: [2, 3] }, params: { exponent: 0 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    power: typeof power
  }
}
export default power
