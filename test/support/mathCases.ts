/** @file What elementary functions are tried with, whatever computes them: every binade of the floats, the edges, and how wrong an answer is. */
import { hash32, toUnit } from '../../engine/core/random'
import type { UnaryName } from '../../engine/ir/program'

const smallestNormal = 2 ** -126
/** Offset, sign and every exponent; mantissas spread by a prime step. */
export const everywhere = Float32Array.from(
  new Float32Array(Uint32Array.from({ length: 262_144 }, (_, i) => Math.imul(i, 16_381) + ((i * 7) % 16_381)).buffer).filter(
    (x) => !Number.isNaN(x),
  ),
)
export const edges = [
  0,
  -0,
  1,
  -1,
  Infinity,
  -Infinity,
  NaN,
  1e-45,
  -1e-45,
  1e-39,
  smallestNormal,
  88.7,
  88.73,
  -87.3,
  -87.4,
  103,
  -104,
  3.4e38,
  -3.4e38,
]

/** Worst relative error over results that are normal floats; others must come out as what they round to, or as 0. */
export function worst(xs: Float32Array, got: Float32Array, exact: (x: number) => number): { error: number; at: number } {
  let worstSoFar = { error: 0, at: 0 }
  xs.forEach((x, i) => {
    const want = exact(x)
    const rounded = Math.fround(want)
    const y = got[i] as number
    let error = 0
    if (Number.isNaN(want)) error = Number.isNaN(y) ? 0 : Infinity
    else if (!Number.isFinite(rounded)) error = y === rounded ? 0 : Infinity
    else if (Math.abs(want) < smallestNormal) error = Math.abs(y - want) <= smallestNormal ? 0 : Infinity
    else error = Math.abs(y - want) / Math.abs(want)
    if (!(error <= worstSoFar.error)) worstSoFar = { error, at: x }
  })
  return worstSoFar
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
/** Name, meaning, and the relative error that is allowed. */
export const functions: readonly (readonly [UnaryName, (x: number) => number, number])[] = [
  ['exp', Math.exp, 3e-7],
  ['log', Math.log, 3e-7],
  ['tanh', Math.tanh, 3e-7],
  ['sigmoid', sigmoid, 3e-7],
  ['sqrt', Math.sqrt, 6e-8],
  ['reciprocal', (x) => 1 / x, 6e-8],
  ['neg', (x) => -x, 0],
  ['abs', Math.abs, 0],
  ['sign', Math.sign, 0],
  ['floor', Math.floor, 0],
]

/** Bases and exponents that break a careless power, and many ordinary ones. */
export function powers(): readonly (readonly [number, number])[] {
  const pairs: [number, number][] = []
  const bases = [0, -0, 0.5, 1, 1.5, 2, 10, 0.999, 1e-38, 1e30, Infinity, -0.5, -1, -2, -3.5, -Infinity, NaN]
  const exponents = [0, -0, 1, -1, 2, 3, -3, 0.5, -0.5, 1 / 3, 10, 101, 100, 1000, 12345, 1e10, Infinity, -Infinity, NaN]
  for (const x of bases) for (const y of exponents) pairs.push([Math.fround(x), Math.fround(y)])
  for (let i = 0; i < 20_000; i++) pairs.push([Math.fround(10 * toUnit(hash32(1, i))), Math.fround(20 * toUnit(hash32(2, i)) - 10)])
  return pairs
}
