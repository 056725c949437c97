/** @file Do two tensors agree? Differences are measured against the largest magnitude of the tensor that is expected. */
import { expect } from 'vitest'

export const largestMagnitude = (values: ArrayLike<number>): number => {
  let largest = 0
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i] as number))
  return largest
}

/** Where two arrays of one length differ most; a NaN differs without bound. */
function worstDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): { readonly index: number; readonly difference: number } {
  let worst = { index: 0, difference: 0 }
  for (let index = 0; index < expected.length; index++) {
    const [a, e] = [actual[index] as number, expected[index] as number]
    const difference = Object.is(a, e) || a === e ? 0 : Math.abs(a - e)
    if (!(difference <= worst.difference)) worst = { index, difference: Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference }
  }
  return worst
}

/** |actual − expected| ≤ tolerance · scale for every element; `scale` is the expected tensor's largest magnitude unless given. */
export function expectAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  label = 'tensor',
  scale = largestMagnitude(expected),
): void {
  expect(actual.length, `${label}: elements`).toBe(expected.length)
  const { index, difference } = worstDifference(actual, expected)
  const limit = tolerance * scale
  const detail = `${label}[${index}] is ${actual[index]}, expected ${expected[index]} ± ${limit}`
  expect(difference, detail).toBeLessThanOrEqual(limit)
}
