/** @file Normal noise added while training; nothing in evaluation (notes 004; Bishop 1995). */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectDType } from './kit/expect'
import { standardNormal } from './kit/normal'
import { float } from './kit/params'

const gaussianNoise = defineLayer({
  kind: 'gaussianNoise',
  category: 'regularization',
  idStem: 'noise',
  title: { en: 'Gaussian noise', zh: '高斯噪声' },
  aliases: { en: 'jitter, noise on inputs', zh: '输入噪声, 加噪' },
  summary: {
    en: 'Adds normal noise to every value in training, so that the network learns not to mind small changes; behind the input it works like more data. Does nothing in evaluation.',
    zh: '训练时为每个值加上正态噪声，使网络对微小变化不敏感；接在输入之后，效果如同增加数据。评估时不起作用。',
  },
  formula: String.raw`y = x + \varepsilon, \qquad \varepsilon \sim \mathcal{N}(0, \sigma^2)`,
  reference: 'notes 004; Bishop 1995',
  inputs: { x: { about: { en: 'real numbers of any shape', zh: '任意形状的实数' } } },
  outputs: { y: { about: { en: 'the same shape', zh: '与输入形状相同' } } },
  params: {
    deviation: float({
      label: { en: 'Deviation σ', zh: '标准差 σ' },
      help: { en: 'How strong the noise is, in the units of the values; 0 for none.', zh: '噪声的强度，单位与数值相同；0 表示无噪声。' },
      default: 0.1,
      min: 0,
      max: 1_000_000,
    }),
  },
  shape: ({ x }, _params, fail) => (expectDType(x, 'f32', 'x', fail) ? { y: { shape: x.shape, dtype: 'f32' } } : undefined),
  lower: (b, { x }, _weights, { deviation }, { training }) => ({
    y: training && deviation > 0 ? b.add(x, b.mul(standardNormal(b, x.shape), deviation)) : x,
  }),
  flops: ({ x }) => 7 * sizeOf(x.shape),
  brief: ({ deviation }) => `σ = ${deviation}`,
  // The identity module has no numbers; it is there to know whether the model is training.
  pytorch: ({ deviation }) => ({
    module: 'nn.Identity()',
    call: (self, [x]) => `(${x} + ${deviation} * torch.randn_like(${x}) if ${self}.training else ${x})`,
  }),
  cases: [
    { inputs: { x: [3, 8] }, mode: 'eval' },
    { name: 'strong, images of batch 1', inputs: { x: [1, 2, 3, 5] }, params: { deviation: 2 }, mode: 'eval' },
    { name: 'σ = 0 in training too', inputs: { x: [4, 3] }, params: { deviation: 0 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    gaussianNoise: typeof gaussianNoise
  }
}
export default gaussianNoise
