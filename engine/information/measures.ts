/**
 * @file Information in bits (notes 002 §12; Shannon 1948). In: probabilities, or a joint table of two variables with rows for X and columns
 * for Y. Out: the measures, in double precision. 0 · log 0 counts as 0; what cannot happen carries infinite information.
 */

export interface JointTable {
  readonly rows: number
  readonly columns: number
  /** Row after row. */
  readonly probabilities: ArrayLike<number>
}

export interface Marginals {
  /** P(X): the sums of the rows. */
  readonly x: readonly number[]
  /** P(Y): the sums of the columns. */
  readonly y: readonly number[]
}

const sum = (terms: readonly number[]): number => terms.reduce((total, term) => total + term, 0)

/** −log₂ p */
export const selfInformation = (p: number): number => (p === 1 ? 0 : -Math.log2(p))

/** H = −Σ p log₂ p, of one variable or of a whole table: the joint entropy. */
export const entropy = (probabilities: ArrayLike<number>): number =>
  sum(Array.from(probabilities, (p) => (p > 0 ? p * selfInformation(p) : 0)))

/** How often each pair came, of `total` pairs: the joint table that the counts speak for. */
export function tableFromCounts(rows: number, columns: number, counts: ArrayLike<number>): JointTable {
  const total = sum(Array.from(counts))
  return { rows, columns, probabilities: Array.from(counts, (count) => (total > 0 ? count / total : 0)) }
}

export function marginalsOf({ rows, columns, probabilities }: JointTable): Marginals {
  const at = (row: number, column: number): number => probabilities[row * columns + column] ?? 0
  const indices = (count: number): number[] => Array.from({ length: count }, (_, i) => i)
  return {
    x: indices(rows).map((row) => sum(indices(columns).map((column) => at(row, column)))),
    y: indices(columns).map((column) => sum(indices(rows).map((row) => at(row, column)))),
  }
}

/** What is still unknown of one variable once the other, the given one, is known: H(X, Y) − H(given). */
export const conditionalEntropy = (table: JointTable, given: 'x' | 'y'): number =>
  sum(
    pairsOf(table).map(({ p, px, py }) => {
      const known = given === 'x' ? px : py
      return p > 0 ? p * Math.log2(known / p) : 0
    }),
  )

/** log₂ p(x, y) / (p(x) p(y)) of each pair, row after row; 0 where one of the two never comes at all. */
export const pointwiseMutualInformation = (table: JointTable): number[] =>
  pairsOf(table).map(({ p, px, py }) => (px > 0 && py > 0 ? Math.log2(p / (px * py)) : 0))

/** What knowing one variable says of the other: the mean of the pointwise values. */
export const mutualInformation = (table: JointTable): number =>
  sum(pairsOf(table).map(({ p, px, py }) => (p > 0 ? p * Math.log2(p / (px * py)) : 0)))

/** D(p‖q), the bits wasted by believing q where p is so; infinite where q holds impossible what p does not. */
export function relativeEntropy(p: ArrayLike<number>, q: ArrayLike<number>): number {
  return sum(Array.from(p, (each, i) => (each > 0 ? each * Math.log2(each / (q[i] ?? 0)) : 0)))
}

interface Pair {
  readonly p: number
  readonly px: number
  readonly py: number
}

function pairsOf(table: JointTable): Pair[] {
  const { x, y } = marginalsOf(table)
  return Array.from(table.probabilities, (p, i) => ({
    p,
    px: x[Math.floor(i / table.columns)] ?? 0,
    py: y[i % table.columns] ?? 0,
  }))
}
