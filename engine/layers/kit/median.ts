/**
 * @file The median of an odd number of tensors, element by element, in minima and maxima.
 * In: tensors of one shape. Out: the median, which hands its gradient to the tensor it was taken from.
 *
 * Forgetful selection: of any n/2 + 2 elements neither the smallest nor the largest can be the median, so both are forgotten and the next
 * element joins, until three are left (Knuth, The Art of Computer Programming 3, §5.3.3). No comparison depends on another's
 * outcome, so it is one loop without branches: 20 exchanges for 9 elements, 132 for 25.
 */
import type { Emit, Tensor } from '../../ir/emit'

export function median(b: Emit, xs: readonly Tensor[]): Tensor {
  const constants = xs.map((x) => b.stopGradient(x))
  const middle = select(b, constants)
  // Nothing is added, but the gradient goes where the median came from; what ties shares it.
  const chosen = constants.map((x) => b.equal(x, middle))
  const count = sum(b, chosen)
  const terms = xs.map((x, i) => b.mul(chosen[i] as Tensor, b.sub(x, constants[i] as Tensor)))
  return b.add(middle, b.div(sum(b, terms), count))
}

const sum = (b: Emit, xs: readonly Tensor[]): Tensor => xs.reduce((total, x) => b.add(total, x))

function select(b: Emit, xs: readonly Tensor[]): Tensor {
  const enough = (xs.length + 3) / 2
  let kept = xs.slice(0, Math.min(enough, xs.length))
  for (const next of [...xs.slice(kept.length), undefined]) {
    if (kept.length > 2) kept = withoutExtremes(b, kept)
    if (next) kept.push(next)
  }
  return kept[0] as Tensor
}

/** All but the smallest and the largest, in some order. */
function withoutExtremes(b: Emit, xs: readonly Tensor[]): Tensor[] {
  // Pairs in order: the smallest is among the lower ones, the largest among the upper ones; an odd one out may be either.
  const [lower, upper]: [Tensor[], Tensor[]] = [[], []]
  const pairs = Math.floor(xs.length / 2)
  for (let i = 0; i < pairs; i++) {
    const [u, v] = [xs[2 * i] as Tensor, xs[2 * i + 1] as Tensor]
    lower.push(b.min(u, v))
    upper.push(b.max(u, v))
  }
  const odd = xs.length % 2 === 1 ? (xs.at(-1) as Tensor) : undefined
  if (!odd) return [...losers(b, lower, 'min'), ...losers(b, upper, 'max')]
  const notSmallest = losers(b, [...lower, odd], 'min')
  // The last of these met the odd one last, so it is the one that may still be the largest.
  const candidate = notSmallest.pop() as Tensor
  return [...notSmallest, ...losers(b, [...upper, candidate], 'max')]
}

/** All but the extreme, which is carried along from pair to pair. */
function losers(b: Emit, xs: readonly Tensor[], extreme: 'min' | 'max'): Tensor[] {
  let carried = xs[0] as Tensor
  return xs.slice(1).map((x) => {
    const loser = extreme === 'min' ? b.max(carried, x) : b.min(carried, x)
    carried = extreme === 'min' ? b.min(carried, x) : b.max(carried, x)
    return loser
  })
}
