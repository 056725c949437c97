/**
 * @file max(0, x) + a · min(0, x) with a learned a: one for all, or one for each feature or channel
 * (notes 002 §14; He et al. 2015).
 */
import { sizeOf } from '../core/tensor'
import { weightOf } from './kit/affine'
import { behindBatch } from './kit/axis'
import { defineLayer } from './kit/define'
import { expectDType, expectRank } from './kit/expect'
import { bool, float } from './kit/params'
import { rectified } from './kit/rectifier'

const prelu = defineLayer({
  kind: 'prelu',
  category: 'activation',
  idStem: 'prelu',
  title: { en: 'PReLU', zh: 'PReLU 激活' },
  aliases: { en: 'parametric ReLU', zh: '参数化 ReLU' },
  summary: {
    en: 'A leaky ReLU that learns its slope below zero, one for all values or one a feature or channel. Leave weight decay off it: decay would pull it back to a plain ReLU.',
    zh: '负半轴斜率可学习的 leaky ReLU，可共用一个斜率，也可每个特征或通道各用一个。不宜对它做权重衰减，否则会退回普通 ReLU。',
  },
  formula: String.raw`y = \max(0, x) + a \min(0, x), \quad \frac{\partial y}{\partial a} = \min(0, x)`,
  reference: 'notes 002 §14; He et al. 2015',
  inputs: { x: { about: { en: 'features (N, F) or images (N, C, …)', zh: '特征 (N, F) 或图像 (N, C, …)' } } },
  outputs: { y: { about: { en: 'the same shape', zh: '与输入形状相同' } } },
  params: {
    perChannel: bool({
      label: { en: 'One slope a channel', zh: '每通道一个斜率' },
      help: {
        en: 'Learns a slope for every feature or channel (axis 1) instead of one for all.',
        zh: '每个特征或通道（轴 1）各学一个斜率，而非共用一个。',
      },
      default: false,
    }),
    start: float({
      label: { en: 'First slope', zh: '初始斜率' },
      help: { en: 'What the slopes are before training.', zh: '训练前的斜率。' },
      default: 0.25,
      min: -1,
      max: 1,
      advanced: true,
    }),
  },
  shape: ({ x }, { perChannel }, fail) => {
    if (!expectDType(x, 'f32', 'x', fail)) return undefined
    if (perChannel && x.shape.length < 2) {
      const fix = {
        title: { en: 'Use one slope for all', zh: '共用一个斜率' },
        edits: [{ type: 'setParam', param: 'perChannel', value: false }],
      } as const
      expectRank(x, [2], behindBatch, 'x', fail, [fix])
      return undefined
    }
    return { y: { shape: x.shape, dtype: 'f32' } }
  },
  weights: ({ x }, { perChannel, start }) => ({
    slope: { shape: [perChannel ? (x.shape[1] ?? 1) : 1], init: { kind: 'constant', value: start } },
  }),
  lower: (b, { x }, weights, { perChannel }) => {
    const slope = weightOf(weights, 'slope')
    const spread = perChannel ? b.perChannel(slope, x.shape) : b.broadcast(b.reshape(slope, []), x.shape)
    return { y: rectified(b, x, spread) }
  },
  flops: ({ x }) => 3 * sizeOf(x.shape),
  pytorch: ({ perChannel }, { x }) => ({
    module: `nn.PReLU(${perChannel ? (x.shape[1] ?? 1) : ''})`,
    call: (self, [input]) => `${self}(${input})`,
    weights: { slope: { name: 'weight' } },
  }),
  cases: [
    { inputs: { x: [4, 7] } },
    { name: 'one number a sample', inputs: { x: [5] } },
    { name: 'per feature, batch 1', inputs: { x: [1, 5] }, params: { perChannel: true } },
    { name: 'per channel', inputs: { x: [2, 3, 4, 5] }, params: { perChannel: true, start: 0.1 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    prelu: typeof prelu
  }
}
export default prelu
