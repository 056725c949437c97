/**
 * @file x above zero and α(eˣ − 1) below: the curve that ELU and SELU share (Clevert et al. 2016).
 * In: a tensor and α. Out: the curve, with a derivative that is finite everywhere.
 */
import type { Emit, Tensor } from '../../ir/emit'

export function exponentialBelowZero(b: Emit, x: Tensor, alpha: number): Tensor {
  const positive = b.greater(x, 0)
  // Large values must not reach the exponential: infinity times the zero gradient of the branch not taken is no number.
  const below = b.select(positive, 0, x)
  return b.select(positive, x, b.mul(b.sub(b.exp(below), 1), alpha))
}
