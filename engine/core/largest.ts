/** @file The largest element, by its place or its size. In: numbers. Out: an index or a magnitude. */

/** The first of several; 0 for none. */
export function largest(values: ArrayLike<number>): number {
  let best = 0
  for (let index = 1; index < values.length; index++) if ((values[index] as number) > (values[best] as number)) best = index
  return best
}

/** Of all elements without their signs; 0 for none. */
export function largestMagnitude(values: ArrayLike<number>): number {
  let most = 0
  for (let index = 0; index < values.length; index++) most = Math.max(most, Math.abs(values[index] as number))
  return most
}
