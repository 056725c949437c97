/**
 * @file Normal random numbers inside a program, from the uniform ones that its random op draws.
 * In: a shape. Out: independent numbers of mean 0 and deviation 1 (Box and Muller 1958), other ones at every step and for every call.
 */
import type { Shape } from '../../core/tensor'
import type { Emit, Tensor } from '../../ir/emit'

export function standardNormal(b: Emit, shape: Shape): Tensor {
  // Uniform numbers lie in [0, 1): 1 − u is never zero, so its logarithm is finite.
  const radius = b.sqrt(b.mul(b.log(b.sub(1, b.random(shape))), -2))
  return b.mul(radius, b.cos(b.mul(b.random(shape), 2 * Math.PI)))
}
