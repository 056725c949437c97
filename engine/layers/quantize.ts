/** @file Real numbers to the nearest of a few evenly spaced levels (notes 002 §13: a camera sees any brightness and stores one of 256). */
import { sizeOf } from '../core/tensor'
import type { Emit, Tensor } from '../ir/emit'
import { defineLayer } from './kit/define'
import { expectDType } from './kit/expect'
import { choice, float, int } from './kit/params'

function toNearestLevel(b: Emit, inside: Tensor, levels: number, low: number, high: number): Tensor {
  const step = (high - low) / (levels - 1)
  const level = b.floor(b.add(b.div(b.sub(inside, low), step), 0.5))
  return b.add(b.mul(level, step), low)
}

const quantize = defineLayer({
  kind: 'quantize',
  category: 'filter',
  idStem: 'quantize',
  title: { en: 'Quantization', zh: '量化' },
  aliases: { en: 'quantisation, rounding, bits', zh: '取整' },
  summary: {
    en: 'Rounds values to the nearest of a few evenly spaced levels, as a camera does when it stores an image; what lies outside the range takes its end. The derivative of a staircase is zero, so nothing before it learns; to train a network that will be quantised, let the gradient straight through.',
    zh: '将数值取到若干等间距级别中最近的一级，如同相机存储图像；超出范围的取端点。阶梯函数的导数为零，其前各层因此学不到东西；若要训练将被量化的网络，可令梯度直通。',
  },
  formula: String.raw`y = a + \Delta \left\lfloor \frac{\min(\max(x, a), b) - a}{\Delta} + \tfrac{1}{2} \right\rfloor,\quad \Delta = \frac{b - a}{L - 1}`,
  reference: 'notes 002 §13; Bengio, Léonard & Courville 2013',
  inputs: { x: { about: { en: 'real numbers of any shape', zh: '任意形状的实数' } } },
  outputs: { y: { about: { en: 'the same shape', zh: '与输入形状相同' } } },
  params: {
    levels: int({
      label: { en: 'Levels', zh: '级数' },
      help: { en: 'How many values are left; 256 for eight bits, 2 for black and white.', zh: '保留多少个取值；8 位为 256，黑白为 2。' },
      default: 256,
      min: 2,
      max: 65536,
    }),
    low: float({ label: { en: 'From', zh: '下限' }, help: { en: 'The lowest level.', zh: '最低的级别。' }, default: 0 }),
    high: float({ label: { en: 'To', zh: '上限' }, help: { en: 'The highest level.', zh: '最高的级别。' }, default: 1 }),
    gradient: choice({
      label: { en: 'Gradient', zh: '梯度' },
      help: {
        en: 'Zero, as the derivative is; or straight through: as if values inside the range were not rounded, so that layers before learn.',
        zh: '按导数取零；或直通估计：视范围内的值未经取整，使之前的层可以学习。',
      },
      default: 'zero',
      options: { zero: { en: 'Zero', zh: '零' }, straightThrough: { en: 'Straight through', zh: '直通' } },
      advanced: true,
    }),
  },
  shape: ({ x }, { low, high }, fail) => {
    if (!expectDType(x, 'f32', 'x', fail)) return undefined
    if (low < high) return { y: { shape: x.shape, dtype: 'f32' } }
    const expected = { en: `more than ${low}`, zh: `大于 ${low}` }
    return fail({
      code: 'param.invalid',
      param: 'high',
      values: { param: 'high', expected, got: high },
      fixes: [{ title: { en: `Make it ${low + 1}`, zh: `改为 ${low + 1}` }, edits: [{ type: 'setParam', param: 'high', value: low + 1 }] }],
    })
  },
  lower: (b, { x }, _weights, { levels, low, high, gradient }) => {
    // The ends of the range still belong to it, as in PyTorch's clamp.
    const inside = b.select(b.less(x, low), low, b.select(b.greater(x, high), high, x))
    const y = toNearestLevel(b, inside, levels, low, high)
    // Adds nothing, exactly, and has the derivative of the values that were not rounded.
    return { y: gradient === 'zero' ? y : b.add(y, b.sub(inside, b.stopGradient(inside))) }
  },
  flops: ({ x }) => 8 * sizeOf(x.shape),
  brief: ({ levels }) => `${levels}`,
  pytorch: ({ levels, low, high, gradient }) => ({
    call: (_self, [x]) => {
      const step = (high - low) / (levels - 1)
      const inside = `${x}.clamp(${low}, ${high})`
      const level = `torch.floor((${inside} - ${low}) / ${step} + 0.5) * ${step} + ${low}`
      return gradient === 'zero' ? level : `(${level}).detach() + (${inside} - ${inside}.detach())`
    },
  }),
  gradient: ({ gradient }) => (gradient === 'zero' ? 'none' : 'surrogate'),
  cases: [
    { name: 'four levels of images', inputs: { x: [2, 1, 4, 5] }, params: { levels: 4 } },
    { name: 'black and white', inputs: { x: [3, 7] }, params: { levels: 2, low: -1 } },
    {
      name: 'straight through, outside too',
      inputs: { x: [1, 9] },
      params: { levels: 5, low: -0.5, high: 0.5, gradient: 'straightThrough' },
    },
    { name: 'one number, eight levels, outside too', inputs: { x: [9] }, params: { levels: 8, low: -0.5, high: 0.25 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    quantize: typeof quantize
  }
}
export default quantize
