/** @file Whole numbers as rows of zeros with a single one (notes 002 §4 and §7). */
import { sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectDType } from './kit/expect'
import { expectIndices } from './kit/indices'
import { int } from './kit/params'

const oneHotEncoding = defineLayer({
  kind: 'oneHotEncoding',
  category: 'shape',
  idStem: 'oneHot',
  title: { en: 'One-hot', zh: '独热编码' },
  aliases: { en: 'one hot, onehot', zh: 'one-hot, 独热向量' },
  summary: {
    en: 'Turns each whole number into a row that is 1 at its place and 0 elsewhere: tokens for a plain recurrent network, classes as targets of a squared loss.',
    zh: '将每个整数变为一行：对应位置为 1，其余为 0。用于将词元送入循环网络，或把类别作为平方损失的目标。',
  },
  formula: 'Y_{n,k} = [x_n = k]',
  reference: 'notes 002 §4, §7',
  inputs: { x: { about: { en: 'whole numbers (N, …)', zh: '整数 (N, …)' } } },
  outputs: { y: { about: { en: 'rows (N, …, classes)', zh: '行向量 (N, …, 类别数)' } } },
  params: {
    classes: int({
      label: { en: 'Classes', zh: '类别数' },
      help: { en: 'Length of a row: how many different numbers there are.', zh: '每行的长度，即不同整数的个数。' },
      default: 10,
      min: 1,
      max: 10_000_000,
    }),
  },
  adjustable: { width: 'classes' },
  shape: ({ x }, { classes }, fail) => {
    if (!expectDType(x, 'i32', 'x', fail)) return undefined
    const longer = (needed: number) => ({
      title: { en: `Make the rows ${needed} long`, zh: `将行长改为 ${needed}` },
      edits: [{ type: 'setParam', param: 'classes', value: needed } as const],
    })
    return expectIndices(x, classes, 'x', fail, longer) ? { y: { shape: [...x.shape, classes], dtype: 'f32' } } : undefined
  },
  lower: (b, { x }, _weights, { classes }) => ({ y: b.oneHot(x, classes) }),
  flops: ({ x }, { classes }) => sizeOf(x.shape) * classes,
  brief: ({ classes }) => `${classes}`,
  pytorch: ({ classes }) => ({ call: (_self, [x]) => `F.one_hot(${x}, ${classes}).to(torch.get_default_dtype())` }),
  cases: [
    { name: 'classes', inputs: { x: { shape: [4], dtype: 'i32', classes: 3 } }, params: { classes: 3 } },
    { name: 'tokens, longer rows than needed', inputs: { x: { shape: [2, 5], dtype: 'i32', classes: 4 } }, params: { classes: 7 } },
    { name: 'one class, batch 1', inputs: { x: { shape: [1], dtype: 'i32', classes: 1 } }, params: { classes: 1 } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    oneHotEncoding: typeof oneHotEncoding
  }
}
export default oneHotEncoding
