/**
 * @file Seeded random numbers that are the same on every backend: a counter-based hash, no hidden state.
 * `hash32(key, counter)` uses only 32-bit multiply, add, xor and shift, so JavaScript, WebAssembly SIMD and WGSL
 * produce identical bits. The mixer is the two-multiply finaliser "lowbias32" (C. Wellons, "Prospecting for hash functions").
 */

const mix = (x: number): number => {
  x ^= x >>> 16
  x = Math.imul(x, 0x7feb352d)
  x ^= x >>> 15
  x = Math.imul(x, 0x846ca68b)
  return (x ^ (x >>> 16)) >>> 0
}

/** 32 well-mixed bits for a (key, counter) pair. */
export const hash32 = (key: number, counter: number): number => mix((mix((counter + 0x9e3779b9) | 0) ^ key) >>> 0)

/** The upper 24 bits of a hash as a float in [0, 1). */
export const toUnit = (bits: number): number => (bits >>> 8) * 2 ** -24

const uniformOf = (bits: number, low: number, high: number): number => low + (high - low) * toUnit(bits)

/** Taken between the possible values of a uniform number, so never at 0 or 1. */
const normalOf = (bits: number, mean: number, deviation: number): number =>
  mean + deviation * normalQuantile(((bits >>> 8) + 0.5) * 2 ** -24)

/** A key derived from a seed and a name, so that every tensor and stream has numbers of its own. */
export function keyOf(seed: number, name: string): number {
  let key = mix(seed >>> 0)
  for (let i = 0; i < name.length; i++) key = mix((key ^ name.charCodeAt(i)) >>> 0)
  return key
}

/** A sequential generator over one key; its whole state is `counter`, which a checkpoint stores. */
export class Random {
  constructor(
    readonly key: number,
    public counter = 0,
  ) {}

  static seeded(seed: number, name = ''): Random {
    return new Random(keyOf(seed, name))
  }

  bits(): number {
    return hash32(this.key, this.counter++)
  }

  /** Uniform in [low, high). */
  uniform(low = 0, high = 1): number {
    return uniformOf(this.bits(), low, high)
  }

  /** Normal, from one uniform number. */
  normal(mean = 0, deviation = 1): number {
    return normalOf(this.bits(), mean, deviation)
  }

  /** As if each element were `uniform(low, high)`. */
  fillUniform(values: Float32Array, low: number, high: number): void {
    const { key, counter } = this
    for (let i = 0; i < values.length; i++) values[i] = uniformOf(hash32(key, counter + i), low, high)
    this.counter += values.length
  }

  /** As if each element were `normal(mean, deviation)`. */
  fillNormal(values: Float32Array, mean: number, deviation: number): void {
    const { key, counter } = this
    for (let i = 0; i < values.length; i++) values[i] = normalOf(hash32(key, counter + i), mean, deviation)
    this.counter += values.length
  }

  /** Integer in [0, bound). */
  below(bound: number): number {
    return Math.floor(this.uniform() * bound)
  }

  /** Shuffles in place (Fisher and Yates). */
  shuffle<T extends { length: number; [i: number]: number }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.below(i + 1)
      const held = items[i] as number
      items[i] = items[j] as number
      items[j] = held
    }
    return items
  }
}

/**
 * The number below which a standard normal one lies with probability p, 0 < p < 1, to seven digits: ratios of polynomials in the middle and
 * in the tails (algorithm AS 241, PPND7; Wichura 1988). Three times as fast as Box and Muller's logarithm and cosine.
 */
export function normalQuantile(p: number): number {
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    const above = ((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179
    return (q * above) / (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1)
  }
  const distance = Math.sqrt(-Math.log(q < 0 ? p : 1 - p))
  const near = distance <= 5
  const r = distance - (near ? 1.6 : 5)
  const value = near
    ? (((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777) / ((0.12021132975 * r + 0.7370016425) * r + 1)
    : (((0.017337203997 * r + 0.42868294337) * r + 3.081226386) * r + 6.657905115) / ((0.012258202635 * r + 0.24197894225) * r + 1)
  return q < 0 ? -value : value
}
