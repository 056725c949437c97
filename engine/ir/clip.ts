/**
 * @file Gradient clipping by global norm: g ← min(θ/‖g‖, 1) g (notes 002 §7; Pascanu, Mikolov and Bengio 2013).
 * In: the gradients of all parameters, taken as one vector. Out: the same, never longer than θ, and how long they were.
 */
import type { Emit, Tensor } from './emit'

export function clipByNorm(
  b: Emit,
  slopes: readonly Tensor[],
  threshold: number,
): { readonly slopes: readonly Tensor[]; readonly norm: Tensor } {
  const squared = slopes.map((slope) => b.sum(b.mul(slope, slope))).reduce((sum, one) => b.add(sum, one), b.constant(0))
  const norm = b.sqrt(squared)
  // θ / max(‖g‖, θ) is min(θ/‖g‖, 1), without the quotient by zero where all gradients vanish.
  const factor = b.div(threshold, b.max(norm, threshold))
  return { slopes: slopes.map((slope) => b.mul(slope, factor)), norm }
}
