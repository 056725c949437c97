/**
 * @file The median under a square window that visits every pixel, in minima and maxima without branches.
 * In: images with their border, the side of the window. Out: images of medians, each of which hands its gradient to the pixel it was taken from.
 *
 * The columns of a window are sorted first, which neighbouring windows share, then its rows; the columns stay sorted (Knuth, The Art of Computer
 * Programming 3, §5.1.4). Many places are then known to lie above or below the median (for 5×5 all but 13), and the exchanges below settle the
 * rest: 15, 76 and 207 a pixel all told for 3×3, 5×5 and 7×7, of many of which only one side is wanted. They were found by a search that always took the exchange
 * after which most is known of what lies above the smaller and below the larger, and forgot what could no longer be in the middle.
 */
import type { Emit, Tensor } from '../../ir/emit'
import { part } from './filter'

/** Pairs of places in the window, row by row, of which the first takes the smaller; the median ends in the middle. */
const exchanges: Readonly<Record<3 | 5 | 7, readonly number[]>> = {
  3: [2, 4, 2, 6, 4, 6],
  5: [
    3, 17, 3, 21, 7, 21, 9, 11, 11, 15, 11, 13, 8, 16, 4, 12, 4, 21, 4, 16, 11, 12, 8, 12, 3, 4, 4, 7, 7, 8, 8, 9, 9, 20, 12, 13, 12, 15,
    12, 16, 12, 17, 12, 20,
  ],
  7: [
    4, 38, 10, 44, 4, 44, 20, 22, 26, 28, 22, 26, 11, 37, 19, 29, 4, 31, 11, 31, 17, 44, 17, 37, 22, 25, 19, 25, 23, 26, 23, 29, 12, 30, 12,
    25, 17, 30, 18, 36, 12, 36, 23, 36, 18, 30, 18, 31, 5, 31, 5, 44, 5, 25, 5, 36, 5, 37, 13, 23, 22, 23, 17, 23, 18, 23, 19, 23, 17, 43,
    5, 43, 13, 43, 11, 43, 12, 43, 25, 35, 23, 25, 23, 31, 23, 29, 23, 30, 6, 24, 6, 43, 6, 29, 6, 30, 6, 36, 6, 37, 23, 24, 11, 24, 12, 24,
    18, 24, 19, 24, 4, 5, 5, 6, 6, 10, 10, 11, 11, 12, 12, 13, 13, 16, 16, 17, 17, 18, 18, 19, 19, 20, 20, 42, 24, 25, 24, 26, 24, 28, 24,
    29, 24, 30, 24, 31, 24, 32, 24, 35, 24, 36, 24, 37, 24, 38, 24, 42,
  ],
}

export function medianUnder(b: Emit, around: Tensor, side: 3 | 5 | 7): Tensor {
  const [height, width] = around.shape.slice(2).map((extent) => extent - side + 1) as [number, number]
  const steps = Array.from({ length: side }, (_, i) => i)
  const constant = b.stopGradient(around)
  const columns = sorted(
    b,
    steps.map((u) => part(b, constant, 2, u, height)),
  )
  const places = columns.flatMap((row) =>
    sorted(
      b,
      steps.map((v) => part(b, row, 3, v, width)),
    ),
  )
  const pairs = exchanges[side]
  for (let i = 0; i < pairs.length; i += 2) exchange(b, places, pairs[i] as number, pairs[i + 1] as number)
  const middle = places[(side * side - 1) / 2] as Tensor
  // The value once more, from the first pixel that equals it: that one gets the gradient.
  const window = steps.flatMap((u) => steps.map((v) => part(b, part(b, around, 2, u, height), 3, v, width)))
  return window.reduceRight((otherwise, x) => b.select(b.equal(x, middle), x, otherwise))
}

function exchange(b: Emit, values: Tensor[], i: number, j: number): void {
  const [x, y] = [values[i] as Tensor, values[j] as Tensor]
  values[i] = b.min(x, y)
  values[j] = b.max(x, y)
}

/** From the smallest, by Batcher's merge exchange (Knuth §5.2.2, algorithm M): 3, 9 and 16 exchanges for 3, 5 and 7, the fewest there can be. */
function sorted(b: Emit, given: readonly Tensor[]): Tensor[] {
  const values = [...given]
  const largest = 2 ** Math.floor(Math.log2(values.length - 1))
  for (let p = largest; p >= 1; p /= 2)
    for (let [q, r, d] = [largest, 0, p]; ; [q, r, d] = [q / 2, p, q - p]) {
      for (let i = 0; i < values.length - d; i++) if ((i & p) === r) exchange(b, values, i, i + d)
      if (q === p) break
    }
  return values
}
