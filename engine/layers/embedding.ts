/** @file A learned row of numbers for every token: (N, …) whole numbers → (N, …, width) (notes 002 §10; Bengio et al. 2003). */
import { initializerSpec, weightOf } from './kit/affine'
import { defineLayer } from './kit/define'
import { expectDType } from './kit/expect'
import { int } from './kit/params'

const embedding = defineLayer({
  kind: 'embedding',
  category: 'sequence',
  idStem: 'embedding',
  title: { en: 'Embedding', zh: '嵌入层' },
  aliases: { en: 'lookup table, word vectors', zh: '词嵌入, 词向量, 查找表' },
  summary: {
    en: 'Looks up a learned vector for every token, word, user or item.',
    zh: '为每个词元、单词、用户或物品查出一个可学习的向量。',
  },
  formula: 'Y_{n,t} = E_{x_{n,t}}',
  reference: 'notes 002 §10; Bengio et al. 2003',
  inputs: { x: { about: { en: 'tokens (N, …), whole numbers', zh: '整数词元 (N, …)' } } },
  outputs: { y: { about: { en: 'vectors (N, …, width)', zh: '向量 (N, …, 宽度)' } } },
  params: {
    numTokens: int({
      label: { en: 'Tokens', zh: '词元种数' },
      help: { en: 'Rows of the table: the size of the vocabulary.', zh: '嵌入表的行数，即词表大小。' },
      default: 1000,
      min: 1,
      max: 10_000_000,
    }),
    numHiddens: int({
      label: { en: 'Width', zh: '向量宽度' },
      help: { en: 'Length of the vector of one token.', zh: '每个词元的向量长度。' },
      default: 64,
      min: 1,
      max: 1_000_000,
    }),
    initializer: initializerSpec,
  },
  adjustable: { width: 'numHiddens' },
  shape: ({ x }, { numTokens, numHiddens }, fail) => {
    if (!expectDType(x, 'i32', 'x', fail)) return undefined
    if (x.classes !== undefined && x.classes > numTokens)
      return fail({
        code: 'shape.tokens',
        port: 'x',
        param: 'numTokens',
        values: { expected: x.classes, got: numTokens },
        fixes: [
          {
            title: { en: `Make the table ${x.classes} rows long`, zh: `将嵌入表改为 ${x.classes} 行` },
            edits: [{ type: 'setParam', param: 'numTokens', value: x.classes }],
          },
        ],
      })
    return { y: { shape: [...x.shape, numHiddens], dtype: 'f32' } }
  },
  weights: (_inputs, { numTokens, numHiddens, initializer }) => ({
    table: { shape: [numTokens, numHiddens], init: initializer, fanIn: numTokens, fanOut: numHiddens },
  }),
  lower: (b, { x }, weights) => ({ y: b.gather(weightOf(weights, 'table'), x) }),
  flops: () => 0,
  brief: ({ numTokens, numHiddens }) => `${numTokens} → ${numHiddens}`,
  pytorch: ({ numTokens, numHiddens }) => ({
    module: `nn.Embedding(${numTokens}, ${numHiddens})`,
    call: (self, [x]) => `${self}(${x})`,
    weights: { table: { name: 'weight' } },
  }),
  cases: [
    { name: 'sequence', inputs: { x: { shape: [3, 5], dtype: 'i32', classes: 7 } }, params: { numTokens: 7, numHiddens: 4 } },
    { name: 'one token', inputs: { x: { shape: [4], dtype: 'i32', classes: 3 } }, params: { numTokens: 5, numHiddens: 3 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    embedding: typeof embedding
  }
}
export default embedding
