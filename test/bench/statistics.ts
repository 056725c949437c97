/** @file Order statistics of small samples. In: numbers. Out: quantiles, and ratios of two things measured side by side. */

/** By linear interpolation; NaN of nothing. */
export function quantile(values: readonly number[], q: number): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const at = q * (sorted.length - 1)
  const below = sorted[Math.floor(at)] as number
  const above = sorted[Math.ceil(at)] as number
  return below + (above - below) * (at - Math.floor(at))
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

/** Middle and the range that holds four fifths. */
export interface Spread {
  readonly median: number
  readonly low: number
  readonly high: number
}

export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  low: quantile(values, 0.1),
  high: quantile(values, 0.9),
})

/**
 * How many times as long theirs takes as ours: the ratio of the medians, and how far it went from round to round. Rounds are short and lie
 * side by side, so a machine that changes its speed changes both.
 */
export function ratioOf(theirs: readonly (readonly number[])[], ours: readonly (readonly number[])[]): Spread {
  const rounds = theirs.flatMap((times, round) => {
    const other = ours[round]
    return times.length > 0 && other && other.length > 0 ? [median(times) / median(other)] : []
  })
  return { ...spreadOf(rounds), median: median(theirs.flat()) / median(ours.flat()) }
}
