/**
 * @file Logarithms of probabilities that may be 0. In: a probability. Out: its logarithm, bounded from below, so that losses stay finite
 * and 0 · log 0 is 0.
 */
import type { Emit, Tensor } from '../../ir/emit'

/** Near the smallest number that single precision holds in full. */
const SMALLEST = 1e-37

export const boundedLog = (b: Emit, probability: Tensor): Tensor => b.log(b.max(probability, SMALLEST))
