/** @file Dot-product attention (notes 002 §10; Luong et al. 2015, Vaswani et al. 2017): scores are products of query and key. */
import { sizeOf } from '../core/tensor'
import { attend, attendInPython, attentionInputs, attentionOutputs, attentionShape, returnWeightsSpec } from './kit/attention'
import { defineLayer } from './kit/define'
import { bool } from './kit/params'

const dotAttention = defineLayer({
  kind: 'dotAttention',
  category: 'sequence',
  idStem: 'attention',
  title: { en: 'Dot-product attention', zh: '点积注意力' },
  aliases: { en: 'scaled dot product, self-attention, Luong attention', zh: '自注意力, 缩放点积' },
  summary: {
    en: 'Lets each query look back at a sequence: compares it with every key by a dot product and gives the average of the values, weighted by how well they match. For decoders that translate or sum up.',
    zh: '使每个查询回看整个序列：以点积与每个键比较，按匹配程度对值加权平均。用于翻译、摘要等任务的解码器。',
  },
  formula: String.raw`\alpha_{t,s} = \operatorname{softmax}_s(q_t^\top k_s), \quad y_t = \sum_s \alpha_{t,s}\, v_s`,
  reference: 'notes 002 §10; Luong et al. 2015',
  inputs: attentionInputs,
  outputs: attentionOutputs,
  outputsOf: ({ returnWeights }) => (returnWeights ? ['y', 'weights'] : ['y']),
  params: {
    scaled: bool({
      label: { en: 'Scaled', zh: '缩放' },
      help: {
        en: 'Divides the scores by the square root of the width, which keeps the softmax soft for wide keys.',
        zh: '将得分除以宽度的平方根，使键较宽时 softmax 不致过于尖锐。',
      },
      default: false,
    }),
    returnWeights: returnWeightsSpec,
  },
  shape: (types, { returnWeights }, fail) => attentionShape(types, returnWeights, true, fail),
  lower: (b, inputs, _weights, { scaled, returnWeights }) =>
    attend(b, inputs, returnWeights, (queries, keys) => {
      const scores = b.matmul(queries, keys, { transposeB: true })
      return scaled ? b.div(scores, Math.sqrt(keys.shape[2] as number)) : scores
    }),
  flops: ({ query, keys, values = keys }) => {
    const items = keys.shape[1] ?? 1
    const rows = sizeOf(query.shape.slice(0, -1))
    return rows * items * (2 * (query.shape.at(-1) ?? 1) + 2 * (values.shape[2] ?? 1) + 5)
  },
  pytorch: ({ scaled, returnWeights }) => ({
    definitions: [attendInPython],
    call: (_self, args) =>
      `attend(lambda q, k: q @ k.transpose(1, 2)${scaled ? ' / k.shape[2] ** 0.5' : ''}, ${args.join(', ')}, ${returnWeights ? 'True' : 'False'})`,
  }),
  cases: [
    { inputs: { query: [2, 3, 4], keys: [2, 5, 4] } },
    { name: 'one query', inputs: { query: [3, 2], keys: [3, 4, 2] }, params: { returnWeights: true } },
    {
      name: 'mask, values of their own, scaled',
      inputs: { query: [2, 3, 4], keys: [2, 4, 4], values: [2, 4, 3], mask: [2, 4] },
      params: { scaled: true, returnWeights: true },
    },
    { name: 'a single item', inputs: { query: [1, 1, 1], keys: [1, 1, 1] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    dotAttention: typeof dotAttention
  }
}
export default dotAttention
