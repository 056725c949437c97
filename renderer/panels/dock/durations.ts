/** @file Spans of time as people say them. In: seconds. Out: which word and which number. */
export interface Duration {
  readonly unit: 'seconds' | 'minutes' | 'hours'
  readonly count: number | string
}

/** Rounded up, so that something still to come is never “0 s”. */
export function durationOf(seconds: number): Duration {
  if (seconds < 90) return { unit: 'seconds', count: Math.max(1, Math.ceil(seconds)) }
  if (seconds < 5400) return { unit: 'minutes', count: Math.ceil(seconds / 60) }
  return { unit: 'hours', count: (seconds / 3600).toFixed(1) }
}
