/**
 * @file The largest of those values that a mask leaves in. In: values, and 1 or 0 for each (of the same shape, or to be repeated). Out: the maximum
 * over some axes, 0 where nothing is left in; the gradient goes to where the maximum was.
 */
import type { Emit, Tensor } from '../../ir/emit'

/** No number of 32 bits is below. */
const LOWEST = -3.4028234663852886e38

/** `some`: 1 where at least one value is left in, to be repeated over the result. */
export const maximumWhere = (b: Emit, mask: Tensor, values: Tensor, axes: readonly number[], some: Tensor): Tensor =>
  b.select(some, b.maximum(b.select(mask, values, LOWEST), axes), 0)
