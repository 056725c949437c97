/**
 * @file What the information measures share: tables of probabilities in, bits out (notes 002 §12; Shannon 1948).
 * In: the formula and the words of one measure. Out: its layer definition. What is never counted, 0 · log 0, is kept from the logarithm
 * and from its derivative.
 */
import { formatBatches, type Shape, sameShape, sizeOf, type TensorType } from '../../core/tensor'
import type { Text } from '../../core/text'
import type { Emit, Tensor } from '../../ir/emit'
import { type Carried, defineLayer, type InputPort, type LayerCase, type LayerDefinition } from './define'
import { expectDType, expectRank } from './expect'
import type { ParamSpecs, ParamValues } from './params'

export const distributionPort = {
  about: { en: 'probabilities (N, …); those of one sample add up to 1', zh: '概率 (N, …)，每个样本之和为 1' },
} as const
export const jointPort = {
  about: { en: 'joint probabilities (N, X, Y); those of one sample add up to 1', zh: '联合概率 (N, X, Y)，每个样本之和为 1' },
} as const

export const PER_BIT = 1 / Math.LN2

/** 1 where there is nothing, so that its logarithm is 0 and times 0 stays 0. */
export const orOne = (b: Emit, p: Tensor, where: Tensor = p): Tensor => b.select(b.greater(where, 0), p, 1)

/** Σ over everything but the batch. */
export const sumPerSample = (b: Emit, x: Tensor): Tensor => b.sum(x, x.shape.map((_, axis) => axis).slice(1))

/** P(X) as (N, X, 1) and P(Y) as (N, 1, Y) of a joint table. */
export const marginals = (b: Emit, joint: Tensor): { readonly px: Tensor; readonly py: Tensor } => ({
  px: b.sum(joint, [2], true),
  py: b.sum(joint, [1], true),
})

const shapes: Record<'distribution' | 'joint', { readonly ranks: readonly number[]; readonly expected: Text }> = {
  distribution: { ranks: [2, 3, 4, 5], expected: { en: 'probabilities (N, …)', zh: '概率 (N, …)' } },
  joint: { ranks: [3], expected: { en: 'joint probabilities (N, X, Y)', zh: '联合概率 (N, X, Y)' } },
}

interface MeasureDefinition<S extends ParamSpecs, I extends Readonly<Record<string, InputPort>>>
  extends Pick<LayerDefinition, 'kind' | 'title' | 'aliases' | 'summary' | 'formula'> {
  readonly takes: 'distribution' | 'joint'
  /** One number a sample, or one for each probability. */
  readonly gives: 'sample' | 'each'
  readonly inputs: I
  readonly params: S
  readonly apply: (b: Emit, inputs: Carried<I, Tensor>, params: ParamValues<S>) => Tensor
  /** Operations for each probability. */
  readonly operations: number
  readonly brief?: (params: ParamValues<S>) => string
  readonly pytorch: (args: readonly string[], params: ParamValues<S>) => string
  readonly cases: readonly LayerCase<ParamValues<S>>[]
}

export const defineMeasure = <const S extends ParamSpecs, const I extends Readonly<Record<string, InputPort>>>(
  measure: MeasureDefinition<S, I>,
) => {
  const { takes, gives, inputs, apply, operations, pytorch, cases, ...words } = measure
  const about: Text =
    gives === 'sample'
      ? { en: 'bits of each sample (N)', zh: '每个样本的比特数 (N)' }
      : { en: 'bits, of the same shape', zh: '比特数，形状与输入相同' }
  const tablesOf = (types: Carried<I, TensorType>): [string, TensorType][] => Object.entries(types) as [string, TensorType][]
  const shapeOf = ([first]: [string, TensorType][]): Shape => first?.[1].shape ?? []
  return defineLayer<S, I, 'y'>({
    ...words,
    category: 'information',
    idStem: 'information',
    reference: 'notes 002 §12',
    inputs,
    outputs: { y: { about } },
    shape: (types, _params, fail) => {
      const tables = tablesOf(types)
      const { ranks, expected } = shapes[takes]
      const shape = shapeOf(tables)
      for (const [port, type] of tables) {
        if (!expectDType(type, 'f32', port, fail) || !expectRank(type, ranks, expected, port, fail)) return undefined
        if (!sameShape(type.shape, shape)) return fail({ code: 'shape.mismatch', port, values: formatBatches(shape, type.shape) })
      }
      return { y: { shape: gives === 'sample' ? shape.slice(0, 1) : shape, dtype: 'f32' } }
    },
    lower: (b, given, _weights, params) => ({ y: apply(b, given, params) }),
    flops: (types) => operations * sizeOf(shapeOf(tablesOf(types))),
    pytorch: (params) => ({ call: (_self, args) => pytorch(args, params) }),
    cases: cases.map((row) => ({ ...row, ranges: Object.fromEntries(Object.keys(inputs).map((port) => [port, [0.05, 1] as const])) })),
  })
}
