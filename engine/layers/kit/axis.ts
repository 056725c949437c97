/**
 * @file One axis of a sample as a parameter: counted with the batch as 0, or from the end when negative; the batch itself is left alone.
 * In: the type of an input and the parameter's value. Out: the axis from the front, or a diagnostic.
 */
import { formatBatch, type Shape, type TensorType } from '../../core/tensor'
import type { Text } from '../../core/text'
import type { Fail } from './define'
import { expectRank } from './expect'
import type { LayerFix } from './fixes'
import { type IntSpec, int } from './params'

export const axisSpec = (help: Text, value: number): IntSpec =>
  int({ label: { en: 'Axis', zh: '轴' }, help, default: value, min: -7, max: 7 })

/** The axis counted from the front. */
export const axisFromFront = (shape: Shape, axis: number): number => (axis < 0 ? axis + shape.length : axis)

/** `shape` with another extent at one axis. */
export const withExtent = (shape: Shape, axis: number, extent: number): Shape => shape.map((other, i) => (i === axis ? extent : other))

export const behindBatch: Text = { en: 'samples (N, …) with an axis behind the batch', zh: '批量维之后还有其他轴的样本 (N, …)' }

/** “1 to 3 or −3 to −1 (N×3×5×5)”. */
export function axesBehindBatch(shape: Shape): Text {
  const last = shape.length - 1
  const named = `(${formatBatch(shape)})`
  return last === 1
    ? { en: `1 or −1 ${named}`, zh: `1 或 −1 ${named}` }
    : { en: `1 to ${last} or −${last} to −1 ${named}`, zh: `1 到 ${last} 或 −${last} 到 −1 ${named}` }
}

export const takeLastAxis: LayerFix = {
  title: { en: 'Take the last axis', zh: '改用最后一个轴' },
  edits: [{ type: 'setParam', param: 'axis', value: -1 }],
}

/** The axis counted from the front, or undefined after `fail` where the sample has no such axis. */
export function sampleAxis({ shape, dtype }: TensorType, axis: number, fail: Fail): number | undefined {
  if (shape.length < 2) {
    expectRank({ shape, dtype }, [2], behindBatch, 'x', fail)
    return undefined
  }
  const found = axisFromFront(shape, axis)
  if (found > 0 && found < shape.length) return found
  return fail({
    code: 'shape.axis',
    port: 'x',
    param: 'axis',
    values: { expected: axesBehindBatch(shape), got: axis },
    fixes: [takeLastAxis],
  })
}

/** That an axis of this extent divides by `by`, or `fail` with a fix that sets the parameter to the nearest number that divides it. */
export function expectDivides(extent: number, by: number, param: string, port: string, fail: Fail, max = extent): boolean {
  if (extent % by === 0) return true
  const nearest = nearestDivisor(extent, by, max)
  const fixes: LayerFix[] =
    nearest === undefined
      ? []
      : [{ title: { en: `Make it ${nearest}`, zh: `改为 ${nearest}` }, edits: [{ type: 'setParam', param, value: nearest }] }]
  fail({ code: 'shape.divide', port, param, values: { expected: by, got: extent }, fixes })
  return false
}

/** Of the divisors from 2 to `max` the one nearest to `wanted`; the larger of two. */
function nearestDivisor(extent: number, wanted: number, max: number): number | undefined {
  let best: number | undefined
  for (let divisor = 2; divisor <= Math.min(extent, max); divisor++)
    if (extent % divisor === 0 && (best === undefined || Math.abs(divisor - wanted) <= Math.abs(best - wanted))) best = divisor
  return best
}
