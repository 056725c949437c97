/**
 * @file How far the mean activation of each unit is from a small wanted one, added to the loss: units that are silent for most samples
 * (notes 004, sparse representations; Ng 2011).
 */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectDType } from './kit/expect'
import { float } from './kit/params'
import { penaltyOutputs, penaltyPorts, strengthParam } from './kit/penalty'
import { boundedLog } from './kit/probability'

const klSparsity = defineLayer({
  kind: 'klSparsity',
  category: 'regularization',
  idStem: 'penalty',
  penalizes: true,
  title: { en: 'Sparsity penalty (KL)', zh: '稀疏惩罚（KL）' },
  summary: {
    en: 'Hands activations between 0 and 1 (of a sigmoid) on and adds to the loss how far each unit’s mean over the batch is from the wanted one. For sparse autoencoders; take large batches.',
    zh: '原样传递 0 到 1 之间的激活值（经 sigmoid），并把每个单元在批次上的平均激活与期望值的偏离计入损失。用于稀疏自编码器，批量宜大。',
  },
  formula: String.raw`L \mathrel{+}= \lambda \sum_j \Bigl( \rho \log \frac{\rho}{\hat\rho_j} + (1 - \rho) \log \frac{1 - \rho}{1 - \hat\rho_j} \Bigr), \qquad \hat\rho_j = \frac{1}{N} \sum_i h_{ij}`,
  reference: 'notes 004; Ng 2011',
  inputs: penaltyPorts,
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
  shape: ({ x }, _params, fail) => (expectDType(x, 'f32', 'x', fail) ? { y: x } : undefined),
  lower: (b, { x }, _weights, { target, strength }, context) => {
    const mean = b.mean(x, [0])
    const active = b.mul(b.sub(Math.log(target), boundedLog(b, mean)), target)
    const silent = b.mul(b.sub(Math.log(1 - target), boundedLog(b, b.sub(1, mean))), 1 - target)
    context.penalize(b.sum(b.add(active, silent)), strength)
    return { y: x }
  },
  flops: ({ x }) => 2 * sizeOf(x.shape),
  brief: ({ target, strength }) => `ρ ${target} · λ ${strength}`,
  pytorch: ({ target, strength }) => ({
    call: (_self, [x = '']) => x,
    penalty: ([x = '']) => {
      const bernoulli = (mean: string) => `torch.distributions.Bernoulli(${mean})`
      return `${strength} * torch.distributions.kl_divergence(${bernoulli(`torch.tensor(${target})`)}, ${bernoulli(`${x}.mean(0)`)}).sum()`
    },
  }),
  cases: [
    { inputs: { x: [4, 3] }, ranges: { x: [0.1, 0.9] }, params: { strength: 0.5 } },
    { name: 'maps, batch 1', inputs: { x: [1, 2, 2, 3] }, ranges: { x: [0.1, 0.9] }, params: { target: 0.3, strength: 2 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    klSparsity: typeof klSparsity
  }
}
export default klSparsity
