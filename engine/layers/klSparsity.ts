/**
 * @file How far the mean activation of each unit is from a small wanted one, added to the loss: units that are silent for most samples
 * (notes 004, sparse representations; Ng 2011).
 */
import { sizeOf } from '../core/tensor'
import { batchMean, batchMeanInPython, expectCounting } from './kit/average'
import { defineLayer } from './kit/define'
import { expectDType } from './kit/expect'
import { float } from './kit/params'
import { penaltyInputs, penaltyOutputs, strengthParam } from './kit/penalty'
import { boundedLog } from './kit/probability'

const klSparsity = defineLayer({
  kind: 'klSparsity',
  category: 'regularization',
  idStem: 'penalty',
  penalizes: true,
  title: { en: 'Sparsity penalty (KL)', zh: '稀疏惩罚（KL）' },
  aliases: { en: 'sparse autoencoder, Kullback-Leibler', zh: '稀疏自编码器' },
  summary: {
    en: 'Hands activations between 0 and 1 (of a sigmoid) on and adds to the loss how far each unit’s mean over the batch is from the wanted one; a mask leaves samples out. For sparse autoencoders; take large batches.',
    zh: '原样传递 0 到 1 之间的激活值（经 sigmoid），并把每个单元在批次上的平均激活与期望值的偏离计入损失；掩码可排除样本。用于稀疏自编码器，批量宜大。',
  },
  formula: String.raw`L \mathrel{+}= \lambda \sum_j \Bigl( \rho \log \frac{\rho}{\hat\rho_j} + (1 - \rho) \log \frac{1 - \rho}{1 - \hat\rho_j} \Bigr), \qquad \hat\rho_j = \frac{1}{N} \sum_i h_{ij}`,
  reference: 'notes 004; Ng 2011',
  inputs: penaltyInputs,
  outputs: penaltyOutputs,
  params: {
    target: float({
      label: { en: 'Wanted mean ρ', zh: '期望平均激活 ρ' },
      help: { en: 'For what share of the samples a unit should be active.', zh: '单元应在多大比例的样本上激活。' },
      default: 0.05,
      min: 0.0001,
      max: 0.9999,
    }),
    ...strengthParam,
  },
  shape: ({ x, mask }, _params, fail) =>
    expectDType(x, 'f32', 'x', fail) && expectCounting({ mask }, x.shape, fail) ? { y: x } : undefined,
  lower: (b, { x, mask }, _weights, { target, strength }, context) => {
    // A unit that no sample shows costs nothing.
    const mean = batchMean(b, x, mask, target)
    const active = b.mul(b.sub(Math.log(target), boundedLog(b, mean)), target)
    const silent = b.mul(b.sub(Math.log(1 - target), boundedLog(b, b.sub(1, mean))), 1 - target)
    context.penalize(b.sum(b.add(active, silent)), strength, mask && b.sum(mask))
    return { y: x }
  },
  flops: ({ x }) => 2 * sizeOf(x.shape),
  brief: ({ target, strength }) => `ρ ${target} · λ ${strength}`,
  pytorch: ({ target, strength }, types) => ({
    call: (_self, [x = '']) => x,
    penalty: ([x = '', name = '']) => {
      const mean = batchMeanInPython(x, types.x.shape, types.mask && { name, type: types.mask }, target)
      const bernoulli = (share: string) => `torch.distributions.Bernoulli(${share})`
      return `${strength} * torch.distributions.kl_divergence(${bernoulli(`torch.tensor(${target})`)}, ${bernoulli(mean)}).sum()`
    },
  }),
  cases: [
    { inputs: { x: [4, 3] }, ranges: { x: [0.1, 0.9] }, params: { strength: 0.5 } },
    { name: 'maps, batch 1', inputs: { x: [1, 2, 2, 3] }, ranges: { x: [0.1, 0.9] }, params: { target: 0.3, strength: 2 } },
    { name: 'masked samples', inputs: { x: [5, 3], mask: [5] }, ranges: { x: [0.1, 0.9], mask: [0.2, 1] }, params: { strength: 1 } },
    {
      name: 'masked steps',
      inputs: { x: [3, 2, 2], mask: [3, 2] },
      ranges: { x: [0.1, 0.9], mask: [0.2, 1] },
      params: { target: 0.2, strength: 1 },
    },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    klSparsity: typeof klSparsity
  }
}
export default klSparsity
