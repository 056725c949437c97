/** @file The index of the largest element, the first of several; 0 for none. In: numbers. Out: an index. */
export function largest(values: ArrayLike<number>): number {
  let best = 0
  for (let index = 1; index < values.length; index++) if ((values[index] as number) > (values[best] as number)) best = index
  return best
}
