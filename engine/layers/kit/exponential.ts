/**
 * @file Curves made of exponentials that several layers share, written so that neither they nor their derivatives overflow: what ELU and
 * SELU are below zero (Clevert et al. 2016), and ln(1 + eˣ), which is also −log σ(−x) (notes 003; Dugas et al. 2001).
 * In: a tensor. Out: the curve.
 */
import type { Emit, Tensor } from '../../ir/emit'

export function exponentialBelowZero(b: Emit, x: Tensor, alpha: number): Tensor {
  const positive = b.greater(x, 0)
  // Large values must not reach the exponential: infinity times the zero gradient of the branch not taken is no number.
  const below = b.select(positive, 0, x)
  return b.select(positive, x, b.mul(b.sub(b.exp(below), 1), alpha))
}

/**
 * ln(e⁰ + eˣ) with the larger exponent taken out, so that no exponential exceeds 1. The result does not depend on what is taken out: leaving
 * it out of the derivative is exact, also at x = 0 where the maximum has none.
 */
export function softplusOf(b: Emit, x: Tensor): Tensor {
  const largest = b.stopGradient(b.max(x, 0))
  return b.add(largest, b.log(b.add(b.exp(b.neg(largest)), b.exp(b.sub(x, largest)))))
}
