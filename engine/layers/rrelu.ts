/**
 * @file A leaky ReLU whose slope is drawn anew for every value while training; evaluation takes the mean
 * (notes 003; Xu et al. 2015).
 */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectDType } from './kit/expect'
import { float } from './kit/params'
import { rectified } from './kit/rectifier'

const rrelu = defineLayer({
  kind: 'rrelu',
  category: 'activation',
  idStem: 'rrelu',
  title: { en: 'RReLU', zh: 'RReLU 激活' },
  aliases: { en: 'randomised leaky ReLU, randomized leaky ReLU', zh: '随机 ReLU' },
  summary: {
    en: 'A leaky ReLU with a random slope below zero for every value in training and their mean in evaluation. The noise counters overfitting on small data sets.',
    zh: '训练时为每个负值随机取斜率、评估时取平均斜率的 leaky ReLU。这种噪声可减轻小数据集上的过拟合。',
  },
  formula: String.raw`y = \max(0, x) + a \min(0, x), \quad a \sim U(l, u), \quad \mathrm{E}[a] = \tfrac{l + u}{2}`,
  reference: 'notes 003; Xu et al. 2015',
  inputs: { x: { about: { en: 'real numbers of any shape', zh: '任意形状的实数' } } },
  outputs: { y: { about: { en: 'the same shape', zh: '与输入形状相同' } } },
  params: {
    lower: float({
      label: { en: 'Lowest slope l', zh: '最小斜率 l' },
      help: { en: 'Smallest slope that is drawn.', zh: '随机斜率的下限。' },
      default: 0.125,
      min: -1,
      max: 1,
    }),
    upper: float({
      label: { en: 'Highest slope u', zh: '最大斜率 u' },
      help: {
        en: 'Largest slope that is drawn; equal to the lowest it is a leaky ReLU.',
        zh: '随机斜率的上限；与下限相等即为 leaky ReLU。',
      },
      default: 1 / 3,
      min: -1,
      max: 1,
    }),
  },
  shape: ({ x }, { lower, upper }, fail) => {
    if (lower > upper)
      return fail({
        code: 'param.invalid',
        param: 'lower',
        values: { param: 'lower', expected: { en: `at most the highest slope, ${upper}`, zh: `不大于最大斜率 ${upper}` }, got: lower },
        fixes: [
          {
            title: { en: 'Swap the two slopes', zh: '对调两个斜率' },
            edits: [
              { type: 'setParam', param: 'lower', value: upper },
              { type: 'setParam', param: 'upper', value: lower },
            ],
          },
        ],
      })
    return expectDType(x, 'f32', 'x', fail) ? { y: { shape: x.shape, dtype: 'f32' } } : undefined
  },
  lower: (b, { x }, _weights, { lower, upper }, { training }) => {
    const slope = training && lower < upper ? b.add(b.mul(b.random(x.shape), upper - lower), lower) : (lower + upper) / 2
    return { y: rectified(b, x, slope) }
  },
  flops: ({ x }) => 5 * sizeOf(x.shape),
  brief: ({ lower, upper }) => [lower, upper].map((slope) => Number(slope.toPrecision(3))).join(' … '),
  pytorch: ({ lower, upper }) => ({ module: `nn.RReLU(${lower}, ${upper})`, call: (self, [x]) => `${self}(${x})` }),
  cases: [
    { inputs: { x: [3, 8] }, mode: 'eval' },
    { name: 'wide range, images of batch 1', inputs: { x: [1, 2, 3, 5] }, params: { lower: -0.5, upper: 0.9 }, mode: 'eval' },
    { name: 'one slope in training too', inputs: { x: [2, 5] }, params: { lower: 0.2, upper: 0.2 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    rrelu: typeof rrelu
  }
}
export default rrelu
