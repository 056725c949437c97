/**
 * @file The maximum of many ranges along one axis, in time that does not depend on how long they are (Bender and Farach-Colton, “The LCA problem
 * revisited”, 2000). In: tables whose axis 1 the ranges lie on, and for each range its table and its ends. Out: the largest of each, element by
 * element of what is behind the axis; the gradient goes to where it was.
 *
 * Maxima over 1, 2, 4 … neighbours are computed once, each from two of the level before. The longest of these lengths that fits into a range,
 * laid at both its ends, covers it.
 */
import { sizeOf } from '../../core/tensor'
import type { Emit, Tensor } from '../../ir/emit'

/**
 * `tables` (N, L, …), `table` (R, 1), `from` and `to` (R, K): whole numbers, the end not included. Gives (R, K, …). Ranges are cut off at the ends of
 * the axis; what an empty one gives means nothing.
 */
export function maximumOfRanges(b: Emit, tables: Tensor, table: Tensor, from: Tensor, to: Tensor): Tensor {
  const [count = 0, length = 0, ...rest] = tables.shape
  const width = sizeOf(rest)
  const first = b.min(b.max(from, 0), length - 1)
  const extent = b.max(b.sub(b.min(to, length), first), 1)

  let level = b.reshape(tables, [count, length, width])
  const levels = [level]
  // By range: the longest length that fits, the rows before its level, and how many places the level has.
  let [span, before, places] = [b.constant(1, extent.shape), b.constant(0, extent.shape), b.constant(length, extent.shape)]
  for (let [reach, offset] = [2, count * length]; reach <= length; reach *= 2) {
    const left = length - reach + 1
    const part = (start: number) => b.slice(level, [0, start, 0], [count, start + left, width])
    level = b.max(part(0), part(reach / 2))
    levels.push(level)
    const fits = b.less(reach - 1, extent)
    span = b.select(fits, reach, span)
    before = b.select(fits, offset, before)
    places = b.select(fits, left, places)
    offset += count * left
  }
  const rows = b.concat(
    levels.map((each) => b.reshape(each, [sizeOf(each.shape) / width, width])),
    0,
  )
  const start = b.add(b.add(before, b.mul(places, table)), first)
  const at = (place: Tensor) => b.gather(rows, b.cast(place, 'i32'))
  const largest = b.max(at(start), at(b.add(start, b.sub(extent, span))))
  return b.reshape(largest, [...extent.shape, ...rest])
}
