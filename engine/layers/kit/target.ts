/**
 * @file What losses share that compare numbers with numbers: both real, both of one shape.
 * In: the types of what the network gives and what it should give. Out: their shape, or a diagnostic with fixes on either side.
 */
import { formatBatches, formatShape, type Shape, sameShape, type TensorType } from '../../core/tensor'
import type { Fail } from './define'
import { expectDType } from './expect'
import type { LayerFix } from './fixes'

export const regressionPorts = {
  prediction: { about: { en: 'what the network gives', zh: '网络的预测值' } },
  target: { about: { en: 'what it should give, of the same shape', zh: '目标值，形状相同' } },
} as const

/** The shape of both, or undefined after `fail`. The data decide how many numbers there are, so the network is asked to change before the label is. */
export function expectTarget(given: TensorType, port: string, target: TensorType, fail: Fail, targetPort = 'target'): Shape | undefined {
  const toNumbers: LayerFix = {
    title: { en: 'Let the label give numbers', zh: '改为给出数值的标签' },
    edits: [
      { type: 'adjustSource', port: targetPort, what: 'answers', value: 'number' },
      { type: 'adjustSource', port: targetPort, what: 'shape', value: given.shape.slice(1) },
    ],
  }
  if (!expectDType(given, 'f32', port, fail) || !expectDType(target, 'f32', targetPort, fail, [toNumbers])) return undefined
  if (sameShape(given.shape, target.shape)) return given.shape
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
    edits: [{ type: 'adjustSource', port: targetPort, what: 'shape', value: sample }],
  })
  return fail({ code: 'shape.mismatch', port, values: formatBatches(target.shape, given.shape), fixes })
}
