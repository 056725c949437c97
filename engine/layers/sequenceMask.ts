/** @file Which steps of padded sequences are real: 1 before the length of the sequence, 0 from there on (notes 002 §10, masked losses). */
import { formatBatches, type Shape, sizeOf } from '../core/tensor'
import { defineLayer } from './kit/define'
import { expectDType, expectRank } from './kit/expect'

const stepsOf = (like: Shape): Shape => like.slice(0, 2)

const sequenceMask = defineLayer({
  kind: 'sequenceMask',
  category: 'sequence',
  idStem: 'mask',
  title: { en: 'Sequence mask', zh: '序列掩码' },
  aliases: { en: 'padding mask, valid length', zh: '填充掩码, 有效长度' },
  summary: {
    en: 'Turns the lengths of padded sequences into a mask: 1 for steps that are real, 0 for padding. Wire it to the mask of a loss, of a recurrent layer or of attention.',
    zh: '把填充后序列的长度转为掩码：有效时间步为 1，填充部分为 0。可接到损失、循环层或注意力层的掩码输入。',
  },
  formula: String.raw`m_{it} = \begin{cases} 1 & t < \ell_i \\ 0 & t \ge \ell_i \end{cases}`,
  reference: 'notes 002 §10',
  inputs: {
    lengths: { about: { en: 'how many steps of each sequence are real (N)', zh: '每个序列的有效步数 (N)' } },
    like: { about: { en: 'the sequences themselves (N, steps, …), for the number of steps', zh: '序列本身 (N, 时间步, …)，用于确定步数' } },
  },
  outputs: { y: { about: { en: '0 or 1 for each step (N, steps)', zh: '每个时间步为 0 或 1 (N, 时间步)' } } },
  params: {},
  shape: ({ lengths, like }, _params, fail) => {
    if (!expectDType(lengths, 'i32', 'lengths', fail)) return undefined
    if (!expectRank(lengths, [1], { en: 'a length for each sequence (N)', zh: '每个序列一个长度 (N)' }, 'lengths', fail)) return undefined
    if (!expectRank(like, [2, 3, 4, 5], { en: 'sequences (N, steps, …)', zh: '序列 (N, 时间步, …)' }, 'like', fail)) return undefined
    if (like.shape[0] === lengths.shape[0]) return { y: { shape: stepsOf(like.shape), dtype: 'f32' } }
    return fail({
      code: 'shape.mismatch',
      port: 'lengths',
      values: formatBatches(like.shape.slice(0, 1), lengths.shape),
    })
  },
  lower: (b, { lengths, like }) => {
    const shape = stepsOf(like.shape)
    return { y: b.less(b.iota(shape, 1), b.broadcast(lengths, shape, [0])) }
  },
  gradient: () => 'none',
  flops: ({ like }) => sizeOf(stepsOf(like.shape)),
  pytorch: () => ({
    call: (_self, [lengths = '', like = '']) => `(torch.arange(${like}.shape[1]) < ${lengths}[:, None]).to(torch.get_default_dtype())`,
  }),
  cases: [
    {
      name: 'tokens',
      inputs: { lengths: { shape: [3], dtype: 'i32', classes: 6 }, like: { shape: [3, 5], dtype: 'i32', classes: 9 } },
    },
    { name: 'features, batch 1', inputs: { lengths: { shape: [1], dtype: 'i32', classes: 3 }, like: [1, 2, 4] } },
    { name: 'one step', inputs: { lengths: { shape: [2], dtype: 'i32', classes: 2 }, like: [2, 1] } },
  ],
})

declare module './kit/kinds' {
  interface LayerKinds {
    sequenceMask: typeof sequenceMask
  }
}
export default sequenceMask
