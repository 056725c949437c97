/**
 * @file Elementary functions on four floats at a time. In: a local. Out: a local. test/runtime/math.test.ts holds them to a relative error
 * of 3e-7 (tanh 3.5e-7 without fused multiply-add); results below the smallest normal float are 0. NaN stays NaN: pmin and pmax keep
 * their first operand. The polynomials for exp and log are those of the Cephes library (Moshier 1992), tanh is Eigen's rational approximation.
 */
import type { Local } from './assembler'
import { pow, sincos } from './math-double'
import { VectorCode } from './math-vector'

export class VectorMath extends VectorCode {
  exp(x: Local): Local {
    const { k } = this
    // eˣ = 2ⁿ · eʳ, n = round(x / ln 2); adding 1.5·2²³ rounds, and leaves n in the low bits.
    const magic = k.f32(12582912)
    const clamped = this.apply('f32x4.pmin', this.apply('f32x4.pmax', x, k.f32(-87.33654)), k.f32(88.722839))
    const shifted = this.fma(clamped, k.f32(Math.LOG2E), magic)
    const n = this.apply('f32x4.sub', shifted, magic)
    const high = this.fma(n, k.f32(-0.693359375), clamped)
    const r = this.fma(n, k.f32(2.1219444e-4), high)
    const p = this.polynomial(r, [1.98756915e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 0.5, 1, 1])
    const scaled = this.apply('i32x4.add', p, this.shift('i32x4.shl', shifted, 23))
    const flushed = this.apply('v128.andnot', scaled, this.apply('f32x4.lt', x, k.f32(-87.33654)))
    return this.choose(this.apply('f32x4.gt', x, k.f32(88.722839)), k.f32(Number.POSITIVE_INFINITY), flushed)
  }

  log(x: Local): Local {
    const { k } = this
    const tiny = this.apply('f32x4.lt', x, k.f32(1.17549435e-38))
    const normal = this.choose(tiny, this.apply('f32x4.mul', x, k.f32(8388608)), x)
    const exponent = this.apply('i32x4.sub', this.shift('i32x4.shr_u', normal, 23), k.i32(127))
    const mantissa = this.apply('v128.or', this.apply('v128.and', normal, k.i32(0x7fffff)), k.i32(0x3f800000))
    // Mantissa in [√½, √2), so that the polynomial is used near 0.
    const large = this.apply('f32x4.gt', mantissa, k.f32(1.41421354))
    const m = this.choose(large, this.apply('f32x4.mul', mantissa, k.f32(0.5)), mantissa)
    const grown = this.apply('i32x4.sub', exponent, large)
    const e = this.apply('f32x4.sub', this.apply('f32x4.convert_i32x4_s', grown), this.apply('v128.and', tiny, k.f32(23)))
    const r = this.apply('f32x4.sub', m, k.f32(1))
    const z = this.apply('f32x4.mul', r, r)
    const p = this.polynomial(
      r,
      [
        7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1,
        -2.4999993993e-1, 3.3333331174e-1,
      ],
    )
    const cubic = this.apply('f32x4.mul', this.apply('f32x4.mul', p, r), z)
    const low = this.fma(e, k.f32(-2.1219444e-4), cubic)
    const quadratic = this.fma(z, k.f32(-0.5), low)
    const result = this.fma(e, k.f32(0.693359375), this.apply('f32x4.add', r, quadratic))
    const atZero = this.choose(this.apply('f32x4.eq', x, k.f32(0)), k.f32(Number.NEGATIVE_INFINITY), result)
    const atInfinity = this.choose(this.apply('f32x4.eq', x, k.f32(Number.POSITIVE_INFINITY)), x, atZero)
    // Below zero, and for NaN: all bits set is a NaN.
    return this.apply('v128.or', atInfinity, this.apply('v128.not', this.apply('f32x4.ge', x, k.f32(0))))
  }

  sigmoid(x: Local): Local {
    const e = this.exp(this.apply('f32x4.neg', x))
    return this.apply('f32x4.div', this.k.f32(1), this.apply('f32x4.add', this.k.f32(1), e))
  }

  tanh(x: Local): Local {
    const { k } = this
    const c = this.apply('f32x4.pmin', this.apply('f32x4.pmax', x, k.f32(-7.905311)), k.f32(7.905311))
    const q = this.apply('f32x4.mul', c, c)
    const p = this.polynomial(
      q,
      [
        -2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5, 6.37261928875436e-4,
        4.89352455891786e-3,
      ],
    )
    const d = this.polynomial(q, [1.19825839466702e-6, 1.18534705686654e-4, 2.268434632439e-3, 4.89352518554385e-3])
    const ratio = this.apply('f32x4.div', this.apply('f32x4.mul', p, c), d)
    // Near 0 the quotient's rounding shows; there tanh x = x.
    return this.choose(this.apply('f32x4.lt', this.apply('f32x4.abs', x), k.f32(4e-4)), x, ratio)
  }

  sign(x: Local): Local {
    const { k } = this
    const one = k.f32(1)
    const above = this.apply('v128.and', this.apply('f32x4.gt', x, k.f32(0)), one)
    const below = this.apply('v128.and', this.apply('f32x4.lt', x, k.f32(0)), one)
    const result = this.apply('f32x4.sub', above, below)
    return this.choose(this.apply('f32x4.ne', x, x), x, result)
  }

  sin(x: Local): Local {
    return sincos(this, x, 0)
  }

  cos(x: Local): Local {
    return sincos(this, x, 1)
  }

  pow(x: Local, y: Local): Local {
    return pow(this, x, y)
  }

  /** The larger; NaN if either is. `y` is known to be a number where `plain`. */
  max(x: Local, y: Local, plain: boolean): Local {
    const larger = this.apply('f32x4.pmax', x, y)
    return plain ? larger : this.choose(this.apply('f32x4.ne', y, y), y, larger)
  }

  min(x: Local, y: Local, plain: boolean): Local {
    const smaller = this.apply('f32x4.pmin', x, y)
    return plain ? smaller : this.choose(this.apply('f32x4.ne', y, y), y, smaller)
  }

  /** The larger of a running maximum and a value, NaN if either is: a NaN stays in the maximum, and the mask of one in the value is one. */
  largest(maximum: Local, value: Local): Local {
    return this.apply('v128.or', this.apply('f32x4.pmax', maximum, value), this.apply('f32x4.ne', value, value))
  }

  /** core/random.ts `hash32(key, counter)`, bit for bit. */
  hash(key: Local, counter: Local): Local {
    const seeded = this.mix(this.apply('i32x4.add', counter, this.k.i32(0x9e3779b9 | 0)))
    return this.mix(this.apply('v128.xor', seeded, key))
  }

  private mix(x: Local): Local {
    const fold = (v: Local, bits: number) => this.apply('v128.xor', v, this.shift('i32x4.shr_u', v, bits))
    const a = this.apply('i32x4.mul', fold(x, 16), this.k.i32(0x7feb352d))
    const b = this.apply('i32x4.mul', fold(a, 15), this.k.i32(0x846ca68b | 0))
    return fold(b, 16)
  }

  /** The upper 24 bits as a float in [0, 1). */
  toUnit(bits: Local): Local {
    const whole = this.apply('f32x4.convert_i32x4_s', this.shift('i32x4.shr_u', bits, 8))
    return this.apply('f32x4.mul', whole, this.k.f32(2 ** -24))
  }
}
