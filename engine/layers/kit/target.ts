/**
 * @file What losses share that compare numbers with numbers: both real, both of one shape.
 * In: the types of what the network gives and what it should give. Out: true, or a diagnostic with fixes on either side.
 */
import { formatShape, sameShape, type TensorType } from '../../core/tensor'
import type { Fail } from './define'
import { expectDType } from './expect'
import type { LayerFix } from './fixes'

/** The data decide how many numbers there are, so the network is asked to change before the label is. */
export function expectTarget(given: TensorType, port: string, target: TensorType, fail: Fail): boolean {
  if (!expectDType(given, 'f32', port, fail) || !expectDType(target, 'f32', 'target', fail)) return false
  if (sameShape(given.shape, target.shape)) return true
  const fixes: LayerFix[] = []
  const width = target.shape[1]
  if (given.shape.length === 2 && target.shape.length === 2 && width !== undefined)
    fixes.push({
      title: { en: `Let the layer before give ${width} numbers`, zh: `将前一层的输出个数改为 ${width}` },
      edits: [{ type: 'adjustSource', port, what: 'width', value: width }],
    })
  const sample = given.shape.slice(1)
  fixes.push({
    title: { en: `Give the target the shape ${formatShape(sample)}`, zh: `将目标的形状设为 ${formatShape(sample)}` },
    edits: [{ type: 'adjustSource', port: 'target', what: 'shape', value: sample }],
  })
  fail({ code: 'shape.mismatch', port, values: { expected: formatShape(target.shape), got: formatShape(given.shape) }, fixes })
  return false
}
