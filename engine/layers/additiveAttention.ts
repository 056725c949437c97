/** @file Additive attention (notes 002 §10; Bahdanau et al. 2014): a small network with one hidden layer scores query and key. */
import { sizeOf } from '../core/tensor'
import { initializerSpec, weightOf } from './kit/affine'
import { attend, attendInPython, attentionInputs, attentionOutputs, attentionShape, returnWeightsSpec } from './kit/attention'
import { defineLayer } from './kit/define'
import { int } from './kit/params'

const additiveAttention = defineLayer({
  kind: 'additiveAttention',
  category: 'sequence',
  idStem: 'attention',
  title: { en: 'Additive attention', zh: '加性注意力' },
  aliases: { en: 'Bahdanau attention', zh: 'Bahdanau 注意力' },
  summary: {
    en: 'Attention whose scores are learned: query and key go through a tanh layer together, and a vector turns it into a score. Queries and keys may have different widths.',
    zh: '得分可学习的注意力：查询与键一同经过 tanh 层，再由一个向量得到得分。查询与键的宽度可以不同。',
  },
  formula: String.raw`\alpha_{t,s} = \operatorname{softmax}_s\big(v^\top \tanh(W_q q_t + W_k k_s)\big), \quad y_t = \sum_s \alpha_{t,s}\, v_s`,
  reference: 'notes 002 §10; Bahdanau et al. 2014',
  inputs: attentionInputs,
  outputs: attentionOutputs,
  outputsOf: ({ returnWeights }) => (returnWeights ? ['y', 'weights'] : ['y']),
  params: {
    numHiddens: int({
      label: { en: 'Units', zh: '隐藏单元个数' },
      help: { en: 'Width of the layer that compares query and key.', zh: '比较查询与键的隐藏层的宽度。' },
      default: 64,
      min: 1,
      max: 65536,
    }),
    returnWeights: returnWeightsSpec,
    initializer: initializerSpec,
  },
  shape: (types, { returnWeights }, fail) => attentionShape(types, returnWeights, false, fail),
  weights: ({ query, keys }, { numHiddens, initializer }) => {
    const [fromQuery, fromKey] = [query.shape.at(-1) ?? 1, keys.shape.at(-1) ?? 1]
    return {
      queryKernel: { shape: [fromQuery, numHiddens], init: initializer, fanIn: fromQuery, fanOut: numHiddens },
      keyKernel: { shape: [fromKey, numHiddens], init: initializer, fanIn: fromKey, fanOut: numHiddens },
      scoreKernel: { shape: [numHiddens, 1], init: initializer, fanIn: numHiddens, fanOut: 1 },
    }
  },
  lower: (b, inputs, weights, { numHiddens, returnWeights }) =>
    attend(b, inputs, returnWeights, (queries, keys) => {
      const project = (x: typeof queries, name: string) => {
        const [batch, rows, width] = x.shape as [number, number, number]
        return b.reshape(b.matmul(b.reshape(x, [batch * rows, width]), weightOf(weights, name)), [batch, rows, numHiddens])
      }
      const [fromQuery, fromKey] = [project(queries, 'queryKernel'), project(keys, 'keyKernel')]
      const [batch, steps] = queries.shape as [number, number, number]
      const space = [batch, steps, keys.shape[1] as number, numHiddens]
      const sums = b.add(b.broadcast(fromQuery, space, [0, 1, 3]), b.broadcast(fromKey, space, [0, 2, 3]))
      const vector = b.reshape(weightOf(weights, 'scoreKernel'), [numHiddens])
      return b.sum(b.mul(b.tanh(sums), b.broadcast(vector, space, [3])), [3])
    }),
  flops: ({ query, keys, values = keys }, { numHiddens }) => {
    const rows = sizeOf(query.shape.slice(0, -1))
    const items = keys.shape[1] ?? 1
    const projections = 2 * numHiddens * (sizeOf(query.shape) + sizeOf(keys.shape))
    return projections + rows * items * (4 * numHiddens + 2 * (values.shape[2] ?? 1) + 4)
  },
  brief: ({ numHiddens }) => `${numHiddens}`,
  pytorch: ({ numHiddens, returnWeights }, { query, keys }) => ({
    definitions: [attendInPython, classInPython],
    module: `AdditiveAttention(${query.shape.at(-1)}, ${keys.shape.at(-1)}, ${numHiddens})`,
    call: (self, args) => `attend(${self}, ${args.join(', ')}, ${returnWeights ? 'True' : 'False'})`,
    weights: {
      queryKernel: { name: 'query.weight', permutation: [1, 0] },
      keyKernel: { name: 'key.weight', permutation: [1, 0] },
      scoreKernel: { name: 'score.weight', permutation: [1, 0] },
    },
  }),
  cases: [
    { inputs: { query: [2, 3, 4], keys: [2, 5, 3] }, params: { numHiddens: 4 } },
    { name: 'one query', inputs: { query: [3, 2], keys: [3, 4, 2] }, params: { numHiddens: 3, returnWeights: true } },
    {
      name: 'mask, values of their own',
      inputs: { query: [2, 2, 4], keys: [2, 4, 2], values: [2, 4, 3], mask: [2, 4] },
      params: { numHiddens: 2, returnWeights: true },
    },
    { name: 'a single item', inputs: { query: [1, 1, 1], keys: [1, 1, 1] }, params: { numHiddens: 1 } },
  ],
})

const classInPython = `class AdditiveAttention(nn.Module):
    def __init__(self, query, key, hidden):
        super().__init__()
        self.query, self.key = nn.Linear(query, hidden, bias=False), nn.Linear(key, hidden, bias=False)
        self.score = nn.Linear(hidden, 1, bias=False)

    def forward(self, queries, keys):
        return self.score(torch.tanh(self.query(queries).unsqueeze(2) + self.key(keys).unsqueeze(1))).squeeze(3)
`

declare module './kit/kinds' {
  interface LayerKinds {
    additiveAttention: typeof additiveAttention
  }
}
export default additiveAttention
