/**
 * @file What layers ask that read rows by number. In: the type of the numbers and how many rows there are.
 * Out: true, or a diagnostic with the layer's own way to make room.
 */
import type { TensorType } from '../../core/tensor'
import type { Fail } from './define'
import type { LayerFix } from './fixes'

/** Whole numbers of which it is not known how many there are pass: the data pipeline has checked them. */
export function expectIndices(x: TensorType, rows: number, port: string, fail: Fail, room?: (needed: number) => LayerFix): boolean {
  if (x.classes === undefined || x.classes <= rows) return true
  fail({ code: 'shape.indices', port, values: { expected: rows, got: x.classes }, fixes: room ? [room(x.classes)] : [] })
  return false
}
