/**
 * @file Batch normalisation: per feature for (N, F), per channel for (N, C, H, W) (notes 002 §6; Ioffe and Szegedy 2015).
 * In training with the batch's own mean and biased variance; in evaluation with running averages of both. The running variance
 * also averages the BIASED variance (PyTorch averages the unbiased one), so that training and evaluation use the same estimate.
 */
import { sizeOf, type TensorType } from '../core/tensor'
import { weightOf } from './kit/affine'
import { defineLayer } from './kit/define'
import { expectDType, expectRank } from './kit/expect'
import { float } from './kit/params'

/** All axes but the features' or channels'. */
const statisticAxes = (rank: number): readonly number[] => (rank === 2 ? [0] : [0, 2, 3])

const channelsOf = (x: TensorType): number => x.shape[1] ?? 0

const classInPython = (dimensions: '1d' | '2d'): string => `class BatchNorm${dimensions}(nn.BatchNorm${dimensions}):
    """Evaluates with an average of the biased variance; PyTorch's own averages the unbiased one."""

    def forward(self, x):
        if not self.training:
            return super().forward(x)
        axes = [0, *range(2, x.dim())]
        with torch.no_grad():
            self.running_mean.lerp_(x.mean(axes), self.momentum)
            self.running_var.lerp_(x.var(axes, unbiased=False), self.momentum)
        return F.batch_norm(x, None, None, self.weight, self.bias, True, eps=self.eps)
`

const batchNorm = defineLayer({
  kind: 'batchNorm',
  category: 'normalization',
  idStem: 'bn',
  title: { en: 'Batch normalization', zh: '批量归一化层' },
  aliases: { en: 'BN, batchnorm, batch normalisation', zh: '批归一化, 批量规范化, BN' },
  summary: {
    en: 'Gives each feature or channel mean 0 and deviation 1 over the batch, then a learned scale and shift. Deep networks train faster with it; place it before the activation.',
    zh: '在一批样本内将每个特征或通道归一化为均值 0、标准差 1，再作可学习的拉伸和偏移。可加快深层网络的训练；放在激活函数之前。',
  },
  formula: String.raw`y = \gamma\, \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} + \beta`,
  reference: 'notes 002 §6; Ioffe & Szegedy 2015',
  inputs: { x: { about: { en: 'features (N, F) or images (N, C, H, W)', zh: '特征 (N, F) 或图像 (N, C, H, W)' } } },
  outputs: { y: { about: { en: 'the same shape', zh: '与输入形状相同' } } },
  params: {
    epsilon: float({
      label: { en: 'Epsilon', zh: 'ε' },
      help: { en: 'Added to the variance so that nothing is divided by zero.', zh: '加在方差上，避免除以零。' },
      default: 1e-5,
      min: 0,
      max: 1,
      above: true,
      advanced: true,
    }),
    momentum: float({
      label: { en: 'Momentum', zh: '滑动系数' },
      help: {
        en: 'Weight of the newest batch in the running statistics that evaluation uses.',
        zh: '评估所用的滑动统计量中，最新一批样本所占的比重。',
      },
      default: 0.1,
      min: 0,
      max: 1,
      advanced: true,
    }),
  },
  shape: ({ x }, _params, fail) => {
    const expected = { en: 'features (N, F) or images (N, C, H, W)', zh: '特征 (N, F) 或图像 (N, C, H, W)' }
    return expectDType(x, 'f32', 'x', fail) && expectRank(x, [2, 4], expected, 'x', fail)
      ? { y: { shape: x.shape, dtype: 'f32' } }
      : undefined
  },
  weights: ({ x }) => {
    const shape = [channelsOf(x)]
    return {
      scale: { shape, init: 'ones' },
      shift: { shape, init: 'zeros' },
      runningMean: { shape, init: 'zeros', trainable: false },
      runningVariance: { shape, init: 'ones', trainable: false },
    }
  },
  lower: (b, { x }, weights, { epsilon, momentum }, context) => {
    const [scale, shift] = [weightOf(weights, 'scale'), weightOf(weights, 'shift')]
    const [runningMean, runningVariance] = [weightOf(weights, 'runningMean'), weightOf(weights, 'runningVariance')]
    const spread = (v: typeof scale) => b.perChannel(v, x.shape)
    if (!context.training) {
      const factor = b.div(scale, b.sqrt(b.add(runningVariance, epsilon)))
      return { y: b.add(b.mul(b.sub(x, spread(runningMean)), spread(factor)), spread(shift)) }
    }
    const axes = statisticAxes(x.shape.length)
    const mean = b.mean(x, axes)
    const centered = b.sub(x, spread(mean))
    const variance = b.mean(b.mul(centered, centered), axes)
    const factor = b.div(scale, b.sqrt(b.add(variance, epsilon)))
    const average = (running: typeof scale, latest: typeof scale) => b.add(b.mul(running, 1 - momentum), b.mul(latest, momentum))
    context.assign('runningMean', average(runningMean, mean))
    context.assign('runningVariance', average(runningVariance, variance))
    return { y: b.add(b.mul(centered, spread(factor)), spread(shift)) }
  },
  normalizedOver: ({ x }) => statisticAxes(x.shape.length).reduce((count, axis) => count * (x.shape[axis] ?? 1), 1),
  flops: ({ x }) => 7 * sizeOf(x.shape),
  pytorch: ({ epsilon, momentum }, { x }) => ({
    definitions: [classInPython(x.shape.length === 2 ? '1d' : '2d')],
    module: `BatchNorm${x.shape.length === 2 ? '1d' : '2d'}(${channelsOf(x)}${epsilon === 1e-5 ? '' : `, eps=${epsilon}`}${momentum === 0.1 ? '' : `, momentum=${momentum}`})`,
    call: (self, [input]) => `${self}(${input})`,
    weights: {
      scale: { name: 'weight', asBuilt: true },
      shift: { name: 'bias', asBuilt: true },
      runningMean: { name: 'running_mean', asBuilt: true, isBuffer: true },
      runningVariance: { name: 'running_var', asBuilt: true, isBuffer: true },
    },
  }),
  cases: [
    { name: 'images', inputs: { x: [3, 4, 5, 2] } },
    { name: 'features', inputs: { x: [6, 5] } },
    { name: 'one image', inputs: { x: [1, 2, 3, 3] }, params: { epsilon: 1e-3, momentum: 0.3 } },
    { name: 'one pixel', inputs: { x: [4, 9, 1, 1] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    batchNorm: typeof batchNorm
  }
}
export default batchNorm
