/**
 * @file Gradient clipping by global norm: g ← min(θ/‖g‖, 1) g (notes 002 §7; Pascanu, Mikolov and Bengio 2013).
 * In: the gradients of all parameters, taken as one vector for each network that learns. Out: the same, never longer than θ, and how long they were.
 */
import type { Emit, Tensor } from './emit'

interface Clipped {
  readonly slopes: readonly Tensor[]
  /** Of several networks the mean of their norms. */
  readonly norm: Tensor
}

/** `networkOf`: which network the parameter of each slope belongs to. Copies of an ensemble are clipped as each would be if it were alone. */
export function clipEach(b: Emit, slopes: readonly Tensor[], networkOf: (index: number) => number, threshold: number): Clipped {
  const networks = [...new Set(slopes.map((_, i) => networkOf(i)))]
  const all: Tensor[] = [...slopes]
  const norms = networks.map((network) => {
    const own = slopes.flatMap((slope, i) => (networkOf(i) === network ? [{ slope, i }] : []))
    const clipped = clipByNorm(
      b,
      own.map(({ slope }) => slope),
      threshold,
    )
    own.forEach(({ i }, at) => {
      all[i] = clipped.slopes[at] as Tensor
    })
    return clipped.norm
  })
  const [first = b.constant(0), ...others] = norms
  const norm =
    others.length === 0
      ? first
      : b.div(
          others.reduce((sum, one) => b.add(sum, one), first),
          norms.length,
        )
  return { slopes: all, norm }
}

function clipByNorm(b: Emit, slopes: readonly Tensor[], threshold: number): Clipped {
  const squared = slopes.map((slope) => b.sum(b.mul(slope, slope))).reduce((sum, one) => b.add(sum, one), b.constant(0))
  const norm = b.sqrt(squared)
  // θ / max(‖g‖, θ) is min(θ/‖g‖, 1), without the quotient by zero where all gradients vanish.
  const factor = b.div(threshold, b.max(norm, threshold))
  return { slopes: slopes.map((slope) => b.mul(slope, factor)), norm }
}
