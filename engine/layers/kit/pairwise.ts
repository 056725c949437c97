/**
 * @file What layers share that combine two tensors element by element. Both have one shape, or one repeats along its axes of extent 1.
 * In: the formula and the words of one operation. Out: its layer definition.
 */
import { formatBatches, type Shape, sameShape, sizeOf, type TensorType } from '../../core/tensor'
import type { Emit, Tensor } from '../../ir/emit'
import { defineLayer, type Fail, type LayerCase, type LayerDefinition, type OutputPort } from './define'
import { expectDType } from './expect'

const inputs = {
  a: { about: { en: 'real numbers of any shape', zh: '任意形状的实数' } },
  b: { about: { en: 'the same shape, or 1 where it repeats', zh: '与 a 形状相同，或在重复的轴上为 1' } },
} as const
const outputs: Record<'y', OutputPort> = { y: { about: { en: 'the common shape', zh: '共同的形状' } } }

interface PairwiseDefinition extends Pick<LayerDefinition, 'kind' | 'title' | 'aliases' | 'summary' | 'formula' | 'reference' | 'idStem'> {
  readonly apply: (b: Emit, left: Tensor, right: Tensor) => Tensor
  readonly pytorch: (a: string, b: string) => string
  /** Of the second input in the cases, where it may not be just any number. */
  readonly range?: readonly [low: number, high: number]
}

/** Equal shapes, one repeated over features, one number a sample, images by a mask of one channel, batch 1. */
const shapes: readonly (readonly [Shape, Shape])[] = [
  [
    [3, 5],
    [3, 5],
  ],
  [
    [2, 3, 4],
    [2, 3, 1],
  ],
  [
    [1, 1, 3, 2],
    [1, 4, 3, 2],
  ],
  [[4], [4]],
]

export const definePairwise = ({ apply, pytorch, range, ...words }: PairwiseDefinition) =>
  defineLayer<Record<never, never>, typeof inputs, 'y'>({
    ...words,
    category: 'arithmetic',
    inputs,
    outputs,
    params: {},
    shape: ({ a, b }, _params, fail) => {
      const shape = commonShape(a, b, fail)
      return shape && { y: { shape, dtype: 'f32' } }
    },
    lower: (emit, { a, b }) => ({ y: apply(emit, a, b) }),
    flops: ({ a, b }) => Math.max(sizeOf(a.shape), sizeOf(b.shape)),
    pytorch: () => ({ call: (_self, [a = '', b = '']) => pytorch(a, b) }),
    cases: shapes.map(([a, b]): LayerCase<Record<never, never>> => ({ inputs: { a, b }, ...(range && { ranges: { b: range } }) })),
  })

/** The larger or the smaller of two; where they are equal each gets half the gradient, as in PyTorch. */
export const extreme = (b: Emit, which: 'max' | 'min', x: Tensor, y: Tensor): Tensor =>
  b.select(b.equal(x, y), b.add(b.mul(x, 0.5), b.mul(y, 0.5)), b[which](x, y))

/** Axis by axis the larger extent, where they are equal or one of them is 1. */
function commonShape(a: TensorType, b: TensorType, fail: Fail): Shape | undefined {
  if (!expectDType(a, 'f32', 'a', fail) || !expectDType(b, 'f32', 'b', fail)) return undefined
  const fits = a.shape.length === b.shape.length && a.shape.every((extent, i) => extent === b.shape[i] || extent === 1 || b.shape[i] === 1)
  if (fits) return a.shape.map((extent, i) => Math.max(extent, b.shape[i] ?? 1))
  const width = a.shape.at(-1)
  const sameBefore = a.shape.length === b.shape.length && sameShape(a.shape.slice(0, -1), b.shape.slice(0, -1))
  return fail({
    code: 'shape.mismatch',
    port: 'b',
    values: formatBatches(a.shape, b.shape),
    fixes:
      sameBefore && a.shape.length > 1
        ? [
            {
              title: { en: `Let the layer before give ${width} numbers`, zh: `将前一层的输出个数改为 ${width}` },
              edits: [{ type: 'adjustSource', port: 'b', what: 'width', value: width }],
            },
          ]
        : [],
  })
}
