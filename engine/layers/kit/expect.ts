/**
 * @file Questions that many shape rules ask first. Each answers true, or reports and answers false.
 * In: an input's type. Out: whether it fits, with a diagnostic on its port.
 */
import { type DType, formatBatch, type TensorType } from '../../core/tensor'
import type { Text } from '../../core/text'
import type { Fail } from './define'
import { embedBefore, flattenBefore, type LayerFix } from './fixes'

export const images: Text = { en: 'images (N, C, H, W)', zh: '图像批次 (N, C, H, W)' }

const numbers: Record<DType, Text> = {
  f32: { en: 'real numbers', zh: '实数' },
  i32: { en: 'whole numbers (tokens or classes)', zh: '整数（词元或类别）' },
}

/** The input holds real numbers, or indices. */
export function expectDType(type: TensorType, dtype: DType, port: string, fail: Fail, fixes?: readonly LayerFix[]): boolean {
  if (type.dtype === dtype) return true
  fail({ code: 'shape.dtype', port, values: { expected: numbers[dtype], got: numbers[type.dtype] }, fixes })
  return false
}

/** Sequences of real vectors (N, steps, …); tokens may become such. */
export function expectVectors(x: TensorType, expected: Text, fail: Fail): boolean {
  const fixes = x.classes !== undefined && x.shape.length === 2 ? [embedBefore('x', x.classes)] : []
  return expectDType(x, 'f32', 'x', fail, fixes) && expectRank(x, [3], expected, 'x', fail)
}

/** The input has one of the ranks. */
export function expectRank(
  type: TensorType,
  ranks: readonly number[],
  expected: Text,
  port: string,
  fail: Fail,
  fixes?: readonly LayerFix[],
): boolean {
  if (ranks.includes(type.shape.length)) return true
  fail({ code: 'shape.rank', port, values: { expected, got: formatBatch(type.shape) }, fixes })
  return false
}

/** A batch of real images. */
export const expectImages = (type: TensorType, fail: Fail): boolean =>
  expectDType(type, 'f32', 'x', fail) && expectRank(type, [4], images, 'x', fail)

/** One number a sample becomes a row of one; what has no samples at all cannot be mended. */
export const flattened = ({ shape }: TensorType): readonly LayerFix[] => (shape.length > 0 ? [flattenBefore('x')] : [])

/** One row of real features a sample. */
export const expectFeatures = (type: TensorType, fail: Fail): boolean =>
  expectDType(type, 'f32', 'x', fail) && expectRank(type, [2], { en: 'features (N, in)', zh: '特征 (N, in)' }, 'x', fail, flattened(type))
