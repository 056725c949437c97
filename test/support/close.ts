/**
 * @file How far a kernel's numbers may lie from the double-precision ones: rounding grows with the length of the sums, so the bound is
 * relative to the sum of the magnitudes that were added, which each reference returns beside its result.
 */
import { expect } from 'vitest'

export interface Sums {
  readonly values: Float64Array
  /** Sum of |terms| of each value. */
  readonly magnitudes: Float64Array
}

export const makeSums = (length: number): Sums => ({ values: new Float64Array(length), magnitudes: new Float64Array(length) })

export function accumulate(sums: Sums, at: number, term: number): void {
  sums.values[at] = (sums.values[at] as number) + term
  sums.magnitudes[at] = (sums.magnitudes[at] as number) + Math.abs(term)
}

/** Every value within a few roundings of its terms. */
export function expectClose(actual: Float32Array, { values, magnitudes }: Sums): void {
  expect(actual.length).toBe(values.length)
  let worst = 0
  let at = 0
  for (const [i, value] of values.entries()) {
    const error = Math.abs((actual[i] as number) - value) / (2e-6 * (magnitudes[i] as number) + 1e-30)
    if (!(error <= worst)) {
      worst = error
      at = i
    }
  }
  expect(worst, `element ${at}: ${actual[at]} instead of ${values[at]}`).toBeLessThanOrEqual(1)
}

/** The same bits; compared without building a message of a million numbers. */
export function expectSameBits(actual: Float32Array, expected: Float32Array): void {
  const a = new Int32Array(actual.buffer, actual.byteOffset, actual.length)
  const b = new Int32Array(expected.buffer, expected.byteOffset, expected.length)
  const at = a.findIndex((bits, i) => bits !== b[i])
  expect(at, `element ${at}: ${actual[at]} instead of ${expected[at]}`).toBe(-1)
  expect(a.length).toBe(b.length)
}
