/** @file A penalty on activations, so that few units answer to each sample: sparse representations (notes 004). */
import { reducedFormula } from './kit/average'
import { choice } from './kit/params'
import { definePenalty } from './kit/penalty'

const activityPenalty = definePenalty({
  kind: 'activityPenalty',
  title: { en: 'Activity penalty', zh: '激活惩罚' },
  aliases: { en: 'activity regularizer, sparse representation, L1 of activations', zh: '活动惩罚, 稀疏表示' },
  summary: {
    en: 'Hands its input on and adds the size of the activations to the loss: their absolute values make most of them 0 (a sparse representation), their squares keep them small. Added up per sample, averaged over the batch.',
    zh: '原样传递输入，并把激活值的大小计入损失：取绝对值可使多数激活为 0（稀疏表示），取平方则使其保持较小。对每个样本求和，对批次取平均。',
  },
  formula: ({ norm }) =>
    norm === 'l1'
      ? String.raw`L \mathrel{+}= \frac{\lambda}{N} \sum_{i} \sum_j |h_{ij}|`
      : String.raw`L \mathrel{+}= \frac{\lambda}{2N} \sum_{i} \sum_j h_{ij}^2`,
  reference: 'notes 004',
  params: {
    norm: choice({
      label: { en: 'Size', zh: '度量' },
      help: { en: 'L1 makes activations sparse, L2 small.', zh: 'L1 使激活稀疏，L2 使激活变小。' },
      default: 'l1',
      options: { l1: { en: 'L1: absolute values', zh: 'L1：绝对值' }, l2: { en: 'L2: half the squares', zh: 'L2：平方的一半' } },
    }),
  },
  shape: ({ shape }) => shape,
  each: (b, x, { norm }) => (norm === 'l1' ? b.abs(x) : b.mul(b.mul(x, x), 0.5)),
  reduction: 'sum',
  operations: 2,
  brief: ({ norm, strength }) => `${norm.toUpperCase()} · λ ${strength}`,
  pytorch: (x, { norm }, _type, reduction) => reducedFormula(norm === 'l1' ? `${x}.abs()` : `0.5 * ${x} ** 2`, reduction),
  cases: [
    { inputs: { x: [4, 3] }, params: { strength: 0.5 } },
    { name: 'squares of maps', inputs: { x: [2, 3, 2, 1] }, params: { norm: 'l2', strength: 2 } },
    { name: 'masked steps', inputs: { x: [2, 3, 4], mask: [2, 3] }, params: { strength: 1 } },
    { name: 'one number a sample, masked', inputs: { x: [5], mask: [5] }, params: { norm: 'l2', strength: 0.1 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    activityPenalty: typeof activityPenalty
  }
}
export default activityPenalty
