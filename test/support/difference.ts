/** @file How far are two tensors apart? In: numbers. Out: the worst place. Nothing here needs a test runner, so that a page can ask too. */

export { largestMagnitude } from '../../engine/core/largest'

/** Where two arrays of one length differ most; a NaN differs without bound. */
export function worstDifference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): { readonly index: number; readonly difference: number } {
  let worst = { index: 0, difference: 0 }
  for (let index = 0; index < expected.length; index++) {
    const [a, e] = [actual[index] as number, expected[index] as number]
    const difference = Object.is(a, e) || a === e ? 0 : Math.abs(a - e)
    if (!(difference <= worst.difference)) worst = { index, difference: Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference }
  }
  return worst
}
