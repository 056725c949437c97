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
    return low + (high - low) * toUnit(this.bits())
  }

  /** Normal by Box and Muller (1958). */
  normal(mean = 0, deviation = 1): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()))
    return mean + deviation * radius * Math.cos(2 * Math.PI * this.uniform())
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
