/**
 * @file Functions that need more than float precision on the way: pow, sine and cosine, in two halves of two doubles.
 * Their results are floats rounded once. Sine and cosine are meant for |x| < 2²⁹; beyond, they stay within [−1, 1] but mean nothing.
 */
import type { Local } from './assembler'
import type { VectorCode } from './math-vector'

/** Applies a function of doubles to both halves of float vectors. */
function widened(m: VectorCode, xs: readonly Local[], on: (...xs: Local[]) => Local): Local {
  const half = (upper: boolean): Local => {
    const doubles = xs.map((x) => {
      m.f.get(x)
      if (upper) m.f.get(x).shuffle([2, 3, 2, 3])
      m.f.op('f64x2.promote_low_f32x4')
      return m.keep()
    })
    return m.apply('f32x4.demote_f64x2_zero', on(...doubles))
  }
  const low = half(false)
  const high = half(true)
  m.f.get(low).get(high).shuffle([0, 1, 4, 5])
  return m.keep()
}

/** a · b + c in doubles. */
const madd = (m: VectorCode, a: Local, b: Local, c: Local): Local => m.apply('f64x2.add', m.apply('f64x2.mul', a, b), c)

const polynomial = (m: VectorCode, x: Local, coefficients: readonly number[]): Local => {
  const [first, ...rest] = coefficients as [number, ...number[]]
  return rest.reduce((sum, c) => madd(m, sum, x, m.k.f64(c)), m.k.f64(first))
}

const clamp = (m: VectorCode, x: Local, low: number, high: number): Local =>
  m.apply('f64x2.pmin', m.apply('f64x2.pmax', x, m.k.f64(low)), m.k.f64(high))

/** Adding this rounds to an integer and leaves it in the low bits. */
const magic = 1.5 * 2 ** 52

/** log₂ of a positive double; −∞ at 0, +∞ at +∞, NaN at NaN. */
function log2(m: VectorCode, x: Local): Local {
  const { k } = m
  const biased = m.apply('v128.or', m.shift('i64x2.shr_u', x, 52), k.f64(2 ** 52))
  const exponent = m.apply('f64x2.sub', biased, k.f64(2 ** 52 + 1023))
  const mantissa = m.apply('v128.or', m.apply('v128.and', x, k.i64(0xfffff, -1)), k.f64(1))
  const large = m.apply('f64x2.gt', mantissa, k.f64(Math.SQRT2))
  const f = m.apply('v128.bitselect', m.apply('f64x2.mul', mantissa, k.f64(0.5)), mantissa, large)
  const e = m.apply('f64x2.add', exponent, m.apply('v128.and', large, k.f64(1)))
  // log f = 2 (s + s³/3 + s⁵/5 + …), s = (f − 1)/(f + 1)
  const s = m.apply('f64x2.div', m.apply('f64x2.sub', f, k.f64(1)), m.apply('f64x2.add', f, k.f64(1)))
  const z = m.apply('f64x2.mul', s, s)
  const series = polynomial(m, z, [1 / 15, 1 / 13, 1 / 11, 1 / 9, 1 / 7, 1 / 5, 1 / 3, 1])
  const result = madd(m, m.apply('f64x2.mul', s, k.f64(2 / Math.LN2)), series, e)
  const atZero = m.apply('v128.bitselect', k.f64(Number.NEGATIVE_INFINITY), result, m.apply('f64x2.eq', x, k.f64(0)))
  const atInfinity = m.apply('v128.bitselect', x, atZero, m.apply('f64x2.eq', x, k.f64(Number.POSITIVE_INFINITY)))
  return m.apply('v128.bitselect', x, atInfinity, m.apply('f64x2.ne', x, x))
}

function exp2(m: VectorCode, x: Local): Local {
  const t = clamp(m, x, -1022, 1023)
  const shifted = m.apply('f64x2.add', t, m.k.f64(magic))
  const f = m.apply('f64x2.mul', m.apply('f64x2.sub', t, m.apply('f64x2.sub', shifted, m.k.f64(magic))), m.k.f64(Math.LN2))
  const p = polynomial(m, f, [1 / 362880, 1 / 40320, 1 / 5040, 1 / 720, 1 / 120, 1 / 24, 1 / 6, 1 / 2, 1, 1])
  return m.apply('i64x2.add', p, m.shift('i64x2.shl', shifted, 52))
}

/** xʸ as Math.pow means it. */
export function pow(m: VectorCode, x: Local, y: Local): Local {
  const { k } = m
  const magnitude = widened(m, [m.apply('f32x4.abs', x), y], (a, b) => exp2(m, m.apply('f64x2.mul', b, log2(m, a))))
  // A negative base has a power only for whole exponents; odd ones keep the sign.
  const negative = m.apply('v128.and', x, k.i32(0x80000000 | 0))
  const halved = m.apply('f32x4.mul', y, k.f32(0.5))
  const odd = m.apply('f32x4.ne', halved, m.apply('f32x4.nearest', halved))
  const signed = m.apply('v128.or', magnitude, m.apply('v128.and', negative, odd))
  const broken = m.apply('f32x4.ne', y, m.apply('f32x4.nearest', y))
  const impossible = m.apply('v128.and', broken, m.apply('f32x4.lt', x, k.f32(0)))
  // The sign of −0 and −∞ does not matter to a fractional exponent.
  const result = m.choose(broken, magnitude, signed)
  const orNaN = m.apply('v128.or', result, m.apply('v128.and', impossible, m.apply('f32x4.ne', x, k.f32(Number.NEGATIVE_INFINITY))))
  return m.choose(m.apply('f32x4.eq', y, k.f32(0)), k.f32(1), orNaN)
}

/** sin(x + quarter · π/2). */
export function sincos(m: VectorCode, x: Local, quarter: 0 | 1): Local {
  const { k } = m
  return widened(m, [x], (d) => {
    const shifted = m.apply('f64x2.add', m.apply('f64x2.mul', d, k.f64(2 / Math.PI)), k.f64(magic))
    const n = m.apply('f64x2.sub', shifted, k.f64(magic))
    // π/2 in three parts of 24, 24 and 53 bits: the first two products are exact.
    const first = 13176794 * 2 ** -23
    const second = 10625384 * 2 ** -47
    const third = 5.390302858158119e-15
    const r1 = madd(m, n, k.f64(-first), d)
    const r2 = madd(m, n, k.f64(-second), r1)
    const r = clamp(m, madd(m, n, k.f64(-third), r2), -0.8, 0.8)
    const z = m.apply('f64x2.mul', r, r)
    const sine = m.apply('f64x2.mul', r, polynomial(m, z, [1 / 6227020800, -1 / 39916800, 1 / 362880, -1 / 5040, 1 / 120, -1 / 6, 1]))
    const cosine = polynomial(m, z, [1 / 479001600, -1 / 3628800, 1 / 40320, -1 / 720, 1 / 24, -1 / 2, 1])
    // The quadrant is in the two low bits of `shifted`; spread each over its lane.
    const turned = quarter === 0 ? shifted : m.apply('f64x2.add', shifted, k.f64(1))
    const odd = m.shift('i64x2.shl', turned, 63)
    const swapped = m.apply('v128.bitselect', cosine, sine, spread(m, odd))
    const flipped = m.shift('i64x2.shl', m.shift('i64x2.shr_u', turned, 1), 63)
    return m.apply('v128.xor', swapped, flipped)
  })
}

/** All bits of a 64-bit lane equal to its highest. */
function spread(m: VectorCode, x: Local): Local {
  const half = m.shift('i32x4.shr_s', x, 31)
  m.f.get(half).get(half).shuffle([1, 1, 3, 3])
  return m.keep()
}
