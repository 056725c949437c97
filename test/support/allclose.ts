/** @file Do two tensors agree? Differences are measured against the largest magnitude of the tensor that is expected. */
import { expect } from 'vitest'
import { largestMagnitude, worstDifference } from './difference'

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
