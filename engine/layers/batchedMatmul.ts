/** @file n matrix products at once: (n, a, b) · (n, b, c) → (n, a, c) (notes 002 §1). */
import { formatBatches, type Shape, sameShape, sizeOf, type TensorType } from '../core/tensor'
import { defineLayer, type Fail } from './kit/define'
import { expectDType, expectRank } from './kit/expect'
import type { LayerFix } from './kit/fixes'
import { bool } from './kit/params'

interface Flags {
  readonly transposeA: boolean
  readonly transposeB: boolean
}

/** Rows and columns of the matrix that takes part in the product. */
const matrixOf = (shape: Shape, transposed: boolean): readonly [rows: number, columns: number] => {
  const [rows = 1, columns = 1] = shape.slice(-2)
  return transposed ? [columns, rows] : [rows, columns]
}

/** The product's shape, or undefined where the matrices do not fit. */
function productOf(a: Shape, b: Shape, { transposeA, transposeB }: Flags): Shape | undefined {
  const [rows, inner] = matrixOf(a, transposeA)
  const [others, columns] = matrixOf(b, transposeB)
  return inner === others && sameShape(a.slice(0, -2), b.slice(0, -2)) ? [...a.slice(0, -2), rows, columns] : undefined
}

const batchedMatmul = defineLayer({
  kind: 'batchedMatmul',
  category: 'arithmetic',
  idStem: 'matmul',
  title: { en: 'Batched matrix product', zh: '批量矩阵乘法' },
  aliases: { en: 'bmm, matmul, dot product of matrices', zh: '矩阵乘积' },
  summary: {
    en: 'Multiplies two stacks of matrices pair by pair: the scores and the weighted sums of attention, or any layer whose weights are themselves computed.',
    zh: '将两组矩阵逐对相乘：注意力中的打分与加权求和，或权重本身由计算得出的层。',
  },
  formula: 'Y_n = A_n B_n',
  reference: 'notes 002 §1',
  inputs: {
    a: { about: { en: 'matrices (n, …, a, b)', zh: '矩阵 (n, …, a, b)' } },
    b: { about: { en: 'matrices (n, …, b, c)', zh: '矩阵 (n, …, b, c)' } },
  },
  outputs: { y: { about: { en: 'matrices (n, …, a, c)', zh: '矩阵 (n, …, a, c)' } } },
  params: {
    transposeA: bool({
      label: { en: 'Transpose A', zh: '转置 A' },
      help: { en: 'Reads the first input as (n, b, a).', zh: '将第一个输入按 (n, b, a) 读取。' },
      default: false,
    }),
    transposeB: bool({
      label: { en: 'Transpose B', zh: '转置 B' },
      help: {
        en: 'Reads the second input as (n, c, b); so queries meet keys in attention.',
        zh: '将第二个输入按 (n, c, b) 读取；注意力中查询与键即如此相乘。',
      },
      default: false,
    }),
  },
  shape: ({ a, b }, flags, fail) => {
    if (!isStack(a, 'a', fail) || !isStack(b, 'b', fail)) return undefined
    const shape = productOf(a.shape, b.shape, flags)
    if (shape) return { y: { shape, dtype: 'f32' } }
    const [, inner] = matrixOf(a.shape, flags.transposeA)
    const expected = flags.transposeB ? ['?', inner] : [inner, '?']
    return fail({
      code: 'shape.mismatch',
      port: 'b',
      values: formatBatches([...a.shape.slice(0, -2), ...expected], b.shape),
      fixes: turned(a.shape, b.shape, flags),
    })
  },
  lower: (emit, { a, b }, _weights, { transposeA, transposeB }) => ({ y: emit.matmul(a, b, { transposeA, transposeB }) }),
  flops: ({ a, b }, { transposeB }) => 2 * sizeOf(a.shape) * matrixOf(b.shape, transposeB)[1],
  brief: ({ transposeA, transposeB }) => `A${transposeA ? 'ᵀ' : ''} B${transposeB ? 'ᵀ' : ''}`,
  pytorch: ({ transposeA, transposeB }) => ({
    call: (_self, [a, b]) => `torch.matmul(${a}${transposeA ? '.mT' : ''}, ${b}${transposeB ? '.mT' : ''})`,
  }),
  cases: [
    { inputs: { a: [3, 2, 4], b: [3, 4, 5] } },
    { name: 'one matrix, one row, one column', inputs: { a: [1, 1, 7], b: [1, 7, 1] } },
    { name: 'queries and keys', inputs: { a: [2, 3, 5], b: [2, 4, 5] }, params: { transposeB: true } },
    { name: 'left transposed', inputs: { a: [2, 5, 3], b: [2, 5, 2] }, params: { transposeA: true } },
    { name: 'both transposed', inputs: { a: [2, 5, 3], b: [2, 2, 5] }, params: { transposeA: true, transposeB: true } },
    { name: 'several heads', inputs: { a: [2, 3, 4, 5], b: [2, 3, 6, 5] }, params: { transposeB: true } },
  ],
})

const isStack = (type: TensorType, port: string, fail: Fail): boolean =>
  expectDType(type, 'f32', port, fail) &&
  expectRank(type, [3, 4, 5], { en: 'a stack of matrices (n, …, rows, columns)', zh: '一组矩阵 (n, …, 行, 列)' }, port, fail)

/** The flags that make the matrices fit, those that change least first. */
function turned(a: Shape, b: Shape, { transposeA, transposeB }: Flags): readonly LayerFix[] {
  const others: readonly Flags[] = [
    { transposeA, transposeB: !transposeB },
    { transposeA: !transposeA, transposeB },
    { transposeA: !transposeA, transposeB: !transposeB },
  ]
  return others
    .filter((flags) => productOf(a, b, flags))
    .map((flags) => ({
      title: { en: 'Transpose so that the matrices fit', zh: '调整转置使矩阵相容' },
      edits: [
        { type: 'setParam', param: 'transposeA', value: flags.transposeA },
        { type: 'setParam', param: 'transposeB', value: flags.transposeB },
      ],
    }))
}

declare module './kit/kinds' {
  interface LayerKinds {
    batchedMatmul: typeof batchedMatmul
  }
}
export default batchedMatmul
