/** @file Layer normalisation: over the last axes of each sample (Ba, Kiros and Hinton 2016). */
import { formatBatch, type Shape, sizeOf } from '../core/tensor'
import { weightOf } from './kit/affine'
import { defineLayer, type WeightSpec } from './kit/define'
import { expectDType } from './kit/expect'
import { bool, float, int } from './kit/params'

const normalized = (shape: Shape, numAxes: number): Shape => shape.slice(shape.length - numAxes)

const layerNorm = defineLayer({
  kind: 'layerNorm',
  category: 'normalization',
  idStem: 'ln',
  title: { en: 'Layer normalization', zh: '层归一化' },
  aliases: { en: 'LN, layernorm, layer normalisation', zh: '层规范化' },
  summary: {
    en: 'Gives the features of each sample mean 0 and deviation 1, then a learned scale and shift. Other samples play no part, so it behaves the same in training and evaluation and suits sequences and small batches.',
    zh: '在每个样本自身的特征上归一化为均值 0、标准差 1，再作可学习的拉伸和偏移。与批内其他样本无关，训练和评估时行为一致，适合序列和小批量。',
  },
  formula: String.raw`y = \gamma \odot \frac{x - \mu(x)}{\sqrt{\sigma^2(x) + \epsilon}} + \beta`,
  reference: 'Ba, Kiros & Hinton 2016',
  inputs: { x: { about: { en: 'features (N, …)', zh: '特征 (N, …)' } } },
  outputs: { y: { about: { en: 'the same shape', zh: '与输入形状相同' } } },
  params: {
    numAxes: int({
      label: { en: 'Axes', zh: '归一化的轴数' },
      help: {
        en: 'How many of the last axes are normalised together: 1 for the features of a step, 3 for a whole image.',
        zh: '最后多少个轴一起归一化：1 为每一步的特征，3 为整张图像。',
      },
      default: 1,
      min: 1,
      max: 6,
    }),
    epsilon: float({
      label: { en: 'Epsilon', zh: 'ε' },
      help: { en: 'Added to the variance so that nothing is divided by zero.', zh: '加在方差上，避免除以零。' },
      default: 1e-5,
      min: 0,
      max: 1,
      above: true,
      advanced: true,
    }),
    affine: bool({
      label: { en: 'Learned scale and shift', zh: '可学习的拉伸和偏移' },
      help: { en: 'Off: mean 0 and deviation 1 as they are.', zh: '关闭时直接输出均值 0、标准差 1 的结果。' },
      default: true,
      advanced: true,
    }),
  },
  shape: ({ x }, { numAxes }, fail) => {
    if (!expectDType(x, 'f32', 'x', fail)) return undefined
    const most = x.shape.length - 1
    if (numAxes <= most) return { y: { shape: x.shape, dtype: 'f32' } }
    return fail({
      code: 'shape.axis',
      port: 'x',
      param: 'numAxes',
      values: { expected: `≤ ${most} (${formatBatch(x.shape)})`, got: numAxes },
      fixes:
        most < 1
          ? []
          : [
              {
                title: { en: 'Normalise over all axes but the batch', zh: '对批量以外的所有轴归一化' },
                edits: [{ type: 'setParam', param: 'numAxes', value: most }],
              },
            ],
    })
  },
  weights: ({ x }, { numAxes, affine }): Readonly<Record<string, WeightSpec>> => {
    if (!affine) return {}
    const shape = normalized(x.shape, numAxes)
    return { scale: { shape, init: 'ones' }, shift: { shape, init: 'zeros' } }
  },
  lower: (b, { x }, weights, { numAxes, epsilon, affine }) => {
    const axes = normalized(x.shape, numAxes).map((_, i) => x.shape.length - numAxes + i)
    const centered = b.sub(x, b.mean(x, axes, true))
    const deviation = b.sqrt(b.add(b.mean(b.mul(centered, centered), axes, true), epsilon))
    const normal = b.div(centered, deviation)
    return { y: affine ? b.add(b.mul(normal, weightOf(weights, 'scale')), weightOf(weights, 'shift')) : normal }
  },
  flops: ({ x }, { affine }) => (affine ? 8 : 6) * sizeOf(x.shape),
  pytorch: ({ numAxes, epsilon, affine }, { x }) => {
    const shape = normalized(x.shape, numAxes)
    const options = `${epsilon === 1e-5 ? '' : `, eps=${epsilon}`}${affine ? '' : ', elementwise_affine=False'}`
    return {
      module: `nn.LayerNorm(${shape.length === 1 ? `${shape[0]}` : `(${shape.join(', ')})`}${options})`,
      call: (self, [input]) => `${self}(${input})`,
      ...(affine && { weights: { scale: { name: 'weight', asBuilt: true }, shift: { name: 'bias', asBuilt: true } } }),
    }
  },
  cases: [
    { name: 'features', inputs: { x: [4, 7] } },
    { name: 'steps of a sequence', inputs: { x: [2, 5, 3] }, params: { epsilon: 1e-3 } },
    { name: 'whole images', inputs: { x: [2, 3, 4, 2] }, params: { numAxes: 3 } },
    { name: 'one sample, no scale and shift', inputs: { x: [1, 6] }, params: { affine: false } },
    { name: 'one feature', inputs: { x: [3, 2, 1] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    layerNorm: typeof layerNorm
  }
}
export default layerNorm
