/** @file Rows of one tensor by the numbers in another (notes 002 §10 and §11). */
import { formatShape, type Shape, type TensorType } from '../core/tensor'
import type { Emit, Tensor } from '../ir/emit'
import { defineLayer } from './kit/define'
import { expectDType, expectRank } from './kit/expect'
import { expectIndices } from './kit/indices'
import { choice } from './kit/params'

/** Of a sample, or of the whole batch. */
const rowsOf = (x: TensorType, isWhole: boolean): number => x.shape[isWhole ? 0 : 1] ?? 1

/** Rows are counted within their sample: sample n of R rows starts at row n·R of the whole. What names no row reads row 0. */
function gatherWithin(b: Emit, x: Tensor, index: Tensor): Tensor {
  const [samples = 1, rows = 1, ...row] = x.shape
  const isRow = b.mul(b.greater(index, -1), b.less(index, rows))
  const first = b.broadcast(b.mul(b.iota([samples], 0), rows), index.shape, [0])
  return b.gather(b.reshape(x, [samples * rows, ...row]), b.add(b.select(isRow, index, 0), first))
}

const gather = defineLayer({
  kind: 'gather',
  category: 'shape',
  idStem: 'gather',
  title: { en: 'Gather', zh: '按索引取行' },
  aliases: { en: 'index, select, take, last step', zh: '收集, 索引, 选取' },
  summary: {
    en: 'Picks rows by number: the state at the last real step of each sequence, the score of the labelled class, chosen rows of a table.',
    zh: '按编号取出若干行：每个序列最后一个有效时间步的状态、标签所指类别的得分、表中选定的行等。',
  },
  formula: ({ from }) => (from === 'batch' ? 'Y_{k} = X_{i_k}' : String.raw`Y_{n,k} = X_{n,\, i_{n,k}}`),
  reference: 'notes 002 §10, §11',
  inputs: {
    x: { about: { en: 'rows (N, rows, …)', zh: '若干行 (N, 行数, …)' } },
    index: { about: { en: 'numbers of rows, whole (N, …)', zh: '行的编号，整数 (N, …)' } },
  },
  outputs: { y: { about: { en: 'the chosen rows', zh: '选中的行' } } },
  params: {
    from: choice({
      label: { en: 'Rows of', zh: '取自' },
      help: {
        en: 'The sample that the number belongs to, or the whole batch as one table.',
        zh: '取自编号所属的样本，或把整个批次当作一张表。',
      },
      default: 'sample',
      options: { sample: { en: 'Each sample', zh: '各自的样本' }, batch: { en: 'The whole batch', zh: '整个批次' } },
    }),
  },
  shape: ({ x, index }, { from }, fail) => {
    if (!expectDType(x, 'f32', 'x', fail) || !expectDType(index, 'i32', 'index', fail)) return undefined
    const isWhole = from === 'batch'
    const expected = { en: 'rows (N, rows, …)', zh: '若干行 (N, 行数, …)' }
    if (!isWhole && !expectRank(x, [2, 3, 4, 5, 6], expected, 'x', fail)) return undefined
    const samples = { en: `numbers (${x.shape[0]}, …)`, zh: `编号 (${x.shape[0]}, …)` }
    if (!isWhole && index.shape[0] !== x.shape[0])
      return fail({ code: 'shape.mismatch', port: 'index', values: { expected: samples, got: formatShape(index.shape) } })
    if (!expectIndices(index, rowsOf(x, isWhole), 'index', fail)) return undefined
    return { y: { shape: [...index.shape, ...rowShape(x.shape, isWhole)], dtype: 'f32' } }
  },
  lower: (b, { x, index }, _weights, { from }) => ({ y: from === 'batch' ? b.gather(x, index) : gatherWithin(b, x, index) }),
  flops: () => 0,
  pytorch: ({ from }, { index: { shape } }) => ({
    call: (_self, [x, index]) => {
      if (from === 'batch') return `${x}[${index}]`
      const samples = `torch.arange(${x}.shape[0], device=${x}.device)`
      return `${x}[${shape.length > 1 ? `${samples}.view(-1${', 1'.repeat(shape.length - 1)})` : samples}, ${index}]`
    },
  }),
  cases: [
    { name: 'a step of each sequence', inputs: { x: [4, 5, 3], index: { shape: [4], dtype: 'i32', classes: 5 } } },
    { name: 'the score of a class', inputs: { x: [5, 3], index: { shape: [5], dtype: 'i32', classes: 3 } } },
    { name: 'several rows, some twice', inputs: { x: [2, 3, 4], index: { shape: [2, 5], dtype: 'i32', classes: 3 } } },
    { name: 'one row, batch 1', inputs: { x: [1, 1, 6], index: { shape: [1, 2, 2], dtype: 'i32', classes: 1 } } },
    { name: 'rows of the batch', inputs: { x: [4, 3], index: { shape: [2, 3], dtype: 'i32', classes: 4 } }, params: { from: 'batch' } },
  ],
})

const rowShape = (x: Shape, isWhole: boolean): Shape => x.slice(isWhole ? 1 : 2)

declare module './kit/kinds' {
  interface LayerKinds {
    gather: typeof gather
  }
}
export default gather
