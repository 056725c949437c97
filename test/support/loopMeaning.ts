/** @file What a loop kernel means: its nest walked point by point in double precision. In: a kernel and its buffers. Out: what each result holds. */
import { hash32, toUnit } from '../../engine/core/random'
import { binaryOf, unaryOf } from '../../engine/ir/scalar'
import type { LoopKernel } from '../../engine/optimize/kernel'
import { makeSums, type Sums } from './close'

type Numbers = ArrayLike<number>

/** One for each result, over the elements of its buffer; what is not written stays NaN. */
export function meaningOf({ axes, body, results }: LoopKernel, buffers: readonly Numbers[]): readonly Sums[] {
  const held = (buffer: number, at: number): number => {
    const value = buffers[buffer]?.[at]
    if (value === undefined) throw new RangeError(`buffer ${buffer} has no element ${at}`)
    return value
  }
  const made = results.map(({ buffer }) => {
    const sums = makeSums(buffers[buffer]?.length ?? 0)
    sums.values.fill(Number.NaN)
    return sums
  })
  const index = axes.map(() => 0)
  const along = (offset: number, strides: readonly number[]) =>
    strides.reduce((at, stride, axis) => at + stride * (index[axis] as number), offset)
  const point = () => {
    const values: number[] = []
    const of = (operand: number) => values[operand] as number
    for (const op of body) {
      switch (op.op) {
        case 'load':
          values.push(held(op.view.buffer, along(op.view.offset, op.view.strides)))
          break
        case 'constant':
          values.push(op.value)
          break
        case 'index':
          values.push(along(op.offset, op.strides))
          break
        case 'random':
          values.push(toUnit(hash32((held(op.key, 0) ^ hash32(op.stream, held(op.key, 1))) >>> 0, of(op.index))))
          break
        case 'unary':
          values.push(unaryOf[op.name](of(op.x)))
          break
        case 'binary':
          values.push(binaryOf[op.name](of(op.a), of(op.b)))
          break
        case 'select':
          values.push(of(op.condition) !== 0 ? of(op.then) : of(op.otherwise))
          break
        case 'cast':
          values.push(op.dtype === 'i32' ? Math.trunc(of(op.x)) : of(op.x))
          break
      }
    }
    results.forEach(({ value, offset, strides, reduce }, i) => {
      const at = along(offset, strides)
      const { values: sums, magnitudes } = made[i] as Sums
      const term = of(value)
      const before = sums[at] as number
      const isFirst = (magnitudes[at] as number) === 0 && Number.isNaN(before)
      sums[at] = reduce === undefined || isFirst ? term : reduce === 'sum' ? before + term : Math.max(before, term)
      magnitudes[at] = (reduce === 'sum' ? (magnitudes[at] as number) : 0) + Math.abs(term)
    })
  }
  const walk = (axis: number): void => {
    if (axis === axes.length) point()
    for (let i = 0; i < (axes[axis] ?? 0); i++) {
      index[axis] = i
      walk(axis + 1)
    }
  }
  walk(0)
  return made
}
