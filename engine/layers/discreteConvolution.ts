/**
 * @file The convolution of two functions given at whole numbers, (f ∗ g)(x) = Σ f(τ) g(x − τ), at every x where it is not empty
 * (notes 002 §1, §5). Commutative and associative, unlike the cross-correlation that convolution layers compute: that one slides g as it
 * stands, this one mirrored. It is the adjoint of cross-correlation, so the same primitive as a transposed convolution.
 */
import { formatBatches, type Shape, sameShape, sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectDType, expectRank } from './kit/expect'

const functions = { en: 'values of a function (N, …, L)', zh: '函数的取值 (N, …, L)' }
const lengthOf = (shape: Shape): number => shape.at(-1) ?? 1

const discreteConvolution = defineLayer({
  kind: 'discreteConvolution',
  category: 'arithmetic',
  idStem: 'convolve',
  title: { en: 'Convolution of functions', zh: '函数卷积' },
  aliases: { en: 'convolution of sequences, discrete convolution', zh: '离散卷积, 卷积运算' },
  summary: {
    en: 'The convolution of two sequences, each sample with its own: the distribution of a sum, the answer of a filter, the product of polynomials. It mirrors one of the two; convolution layers do not, they compute the cross-correlation.',
    zh: '两个序列的卷积，逐样本进行：和的分布、滤波器的响应、多项式的乘积。它把其中一个翻转；而卷积层不翻转，计算的是互相关。',
  },
  formula: String.raw`(f * g)(x) = \sum_{\tau} f(\tau)\, g(x - \tau)`,
  reference: 'notes 002 §1, §5',
  inputs: { f: { about: functions }, g: { about: functions } },
  outputs: { y: { about: { en: 'f ∗ g at every overlap (N, …, L + M − 1)', zh: '所有有重叠之处的 f ∗ g (N, …, L + M − 1)' } } },
  params: {},
  shape: ({ f, g }, _params, fail) => {
    if (!expectDType(f, 'f32', 'f', fail) || !expectDType(g, 'f32', 'g', fail)) return undefined
    if (!expectRank(f, [2, 3, 4, 5], functions, 'f', fail)) return undefined
    const leading = f.shape.slice(0, -1)
    if (sameShape(leading, g.shape.slice(0, -1)))
      return { y: { shape: [...leading, lengthOf(f.shape) + lengthOf(g.shape) - 1], dtype: 'f32' } }
    return fail({ code: 'shape.mismatch', port: 'g', values: formatBatches([...leading, lengthOf(g.shape)], g.shape) })
  },
  lower: (b, { f, g }) => {
    const leading = f.shape.slice(0, -1)
    const [pairs, length, width] = [sizeOf(leading), lengthOf(f.shape), lengthOf(g.shape)]
    // Every pair of functions is a channel with a kernel of its own.
    const window = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: pairs, layout: 'NCHW' } as const
    const image = [1, pairs, 1, length + width - 1]
    const y = b.conv2dInputGrad(b.reshape(f, [1, pairs, 1, length]), b.reshape(g, [pairs, 1, 1, width]), window, image)
    return { y: b.reshape(y, [...leading, length + width - 1]) }
  },
  flops: ({ f, g }) => 2 * sizeOf(f.shape) * lengthOf(g.shape),
  pytorch: (_params, { f, g }) => ({
    call: (_self, [first, second]) => {
      const pairs = sizeOf(f.shape.slice(0, -1))
      const [length, width] = [lengthOf(f.shape), lengthOf(g.shape)]
      const product = `F.conv_transpose1d(${first}.reshape(1, ${pairs}, ${length}), ${second}.reshape(${pairs}, 1, ${width}), groups=${pairs})`
      return `${product}.reshape(${[...f.shape.slice(0, -1), length + width - 1].join(', ')})`
    },
  }),
  cases: [
    { inputs: { f: [3, 5], g: [3, 4] } },
    { name: 'the second longer', inputs: { f: [2, 2], g: [2, 7] } },
    { name: 'one number, one sample', inputs: { f: [1, 1], g: [1, 5] } },
    { name: 'several functions a sample', inputs: { f: [2, 3, 4], g: [2, 3, 3] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    discreteConvolution: typeof discreteConvolution
  }
}
export default discreteConvolution
