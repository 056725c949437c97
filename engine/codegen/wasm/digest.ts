/** @file Finding equal runs of numbers among many: tables, code. In: numbers. Out: a digest to look them up by, and whether they really are equal. */

/** The same for equal runs, and hardly ever for others (FNV-1a, Fowler, Noll and Vo, on whole numbers). `after`: what a run before this one gave. */
export function digest(values: ArrayLike<number>, after = 0x811c9dc5): number {
  let hash = after
  for (let i = 0; i < values.length; i++) hash = Math.imul(hash ^ (values[i] as number), 0x01000193)
  return hash
}

/** Whether the values stand in others, from `at` on. */
export function standsIn(values: ArrayLike<number>, others: ArrayLike<number>, at = 0): boolean {
  for (let i = 0; i < values.length; i++) if (values[i] !== others[at + i]) return false
  return true
}

export const sameNumbers = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => a.length === b.length && standsIn(a, b)
