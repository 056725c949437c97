/**
 * @file Length and direction of a vector (x, y), in the compiler's primitives.
 * In: two tensors of one shape. Out: √(x² + y²), and the angle in (−π, π] that `atan2(y, x)` names; both 0, with derivative 0, where
 * x = y = 0, so that flat parts of an image do no harm.
 */
import type { Emit, Tensor } from '../../ir/emit'

export function magnitude(b: Emit, x: Tensor, y: Tensor): Tensor {
  const square = b.add(b.mul(x, x), b.mul(y, y))
  const zero = b.equal(square, 0)
  return b.select(zero, 0, b.sqrt(b.select(zero, 1, square)))
}

/**
 * First a rough angle, at most 0.004 off: arctan t ≈ πt/4 + 0.273 t (1 − t) on [0, 1] (Rajan, Wang, Inkol and Joyal 2006), unfolded to the
 * octant. Then what is missing, δ, from the vector turned back by it: sin δ = (y cos θ − x sin θ) / √(x² + y²), and
 * δ = sin δ + sin³ δ / 6 up to 3/40 · 0.004⁵ < 10⁻¹³. The derivative flows through this step alone, and is that of the exact angle.
 */
export function angle(b: Emit, x: Tensor, y: Tensor): Tensor {
  const rough = b.stopGradient(roughAngle(b, x, y))
  const length = magnitude(b, x, y)
  const turned = b.sub(b.mul(y, b.cos(rough)), b.mul(x, b.sin(rough)))
  const sine = b.div(turned, b.select(b.equal(length, 0), 1, length))
  const missing = b.add(sine, b.div(b.mul(b.mul(sine, sine), sine), 6))
  return b.select(b.equal(length, 0), 0, b.add(rough, missing))
}

function roughAngle(b: Emit, x: Tensor, y: Tensor): Tensor {
  const [across, down] = [b.abs(x), b.abs(y)]
  const longer = b.max(across, down)
  const t = b.div(b.min(across, down), b.select(b.equal(longer, 0), 1, longer))
  const octant = b.mul(t, b.add(b.mul(b.sub(1, t), 0.273), Math.PI / 4))
  const quadrant = b.select(b.less(across, down), b.sub(Math.PI / 2, octant), octant)
  const half = b.select(b.less(x, 0), b.sub(Math.PI, quadrant), quadrant)
  return b.select(b.less(y, 0), b.neg(half), half)
}
