/**
 * @file Systems of linear equations in double precision, for the few methods that solve one (Golub and Van Loan 2013, §3.4 and §4.2).
 * In: square matrices row by row. Out: solutions; undefined where a matrix has no inverse.
 */

/** A pivot below this share of the largest element counts as zero. */
const SINGULAR = 1e-14

/** Solves A x = b by elimination with the largest pivot of each column; A and b are overwritten. */
export function solveLinear(a: Float64Array, b: Float64Array): Float64Array | undefined {
  const n = b.length
  const least = SINGULAR * a.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const at = (row: number, column: number): number => a[row * n + column] as number
  for (let column = 0; column < n; column++) {
    let pivot = column
    for (let row = column + 1; row < n; row++) if (Math.abs(at(row, column)) > Math.abs(at(pivot, column))) pivot = row
    if (!(Math.abs(at(pivot, column)) > least)) return undefined
    if (pivot !== column) swapRows(a, b, pivot, column)
    for (let row = column + 1; row < n; row++) {
      const factor = at(row, column) / at(column, column)
      if (factor === 0) continue
      for (let k = column; k < n; k++) a[row * n + k] = at(row, k) - factor * at(column, k)
      b[row] = (b[row] as number) - factor * (b[column] as number)
    }
  }
  const x = new Float64Array(n)
  for (let row = n - 1; row >= 0; row--) {
    let sum = b[row] as number
    for (let k = row + 1; k < n; k++) sum -= at(row, k) * (x[k] as number)
    x[row] = sum / at(row, row)
  }
  return x
}

function swapRows(a: Float64Array, b: Float64Array, i: number, j: number): void {
  const n = b.length
  const row = a.slice(i * n, (i + 1) * n)
  a.copyWithin(i * n, j * n, (j + 1) * n)
  a.set(row, j * n)
  const held = b[i] as number
  b[i] = b[j] as number
  b[j] = held
}

export interface Factor {
  /** n × rank, row by row; A ≈ L Lᵀ. */
  readonly rows: Float64Array
  readonly rank: number
}

/** Cholesky's factor of a symmetric matrix without negative directions, largest pivot first, up to its rank. */
export function choleskyOf(a: Float64Array, n: number, tolerance: number): Factor {
  const columns: Float64Array[] = []
  const left = Float64Array.from({ length: n }, (_, i) => a[i * n + i] as number)
  const least = tolerance * left.reduce((most, value) => Math.max(most, value), 0)
  while (columns.length < n) {
    let pivot = 0
    for (let i = 1; i < n; i++) if ((left[i] as number) > (left[pivot] as number)) pivot = i
    if (!((left[pivot] as number) > least)) break
    const root = Math.sqrt(left[pivot] as number)
    const column = new Float64Array(n)
    for (let i = 0; i < n; i++) {
      let value = a[i * n + pivot] as number
      for (const known of columns) value -= (known[i] as number) * (known[pivot] as number)
      column[i] = value / root
    }
    columns.push(column)
    for (let i = 0; i < n; i++) left[i] = (left[i] as number) - (column[i] as number) ** 2
    left[pivot] = 0
  }
  const rank = columns.length
  const rows = new Float64Array(n * rank)
  for (const [j, column] of columns.entries()) for (let i = 0; i < n; i++) rows[i * rank + j] = column[i] as number
  return { rows, rank }
}

/**
 * The shortest x among those with the smallest ‖A x − b‖, where A = L Lᵀ: x = L (LᵀL)⁻¹ (LᵀL)⁻¹ Lᵀ b, the pseudo-inverse times b,
 * and the inverse where L is square.
 */
export function shortestSolution({ rows, rank }: Factor, b: Float64Array): Float64Array {
  const n = b.length
  const l = (i: number, j: number): number => rows[i * rank + j] as number
  const gram = new Float64Array(rank * rank)
  const projected = new Float64Array(rank)
  for (let i = 0; i < n; i++)
    for (let j = 0; j < rank; j++) {
      projected[j] = (projected[j] as number) + l(i, j) * (b[i] as number)
      for (let k = 0; k < rank; k++) gram[j * rank + k] = (gram[j * rank + k] as number) + l(i, j) * l(i, k)
    }
  const once = solveLinear(gram.slice(), projected) ?? new Float64Array(rank)
  const twice = solveLinear(gram, once) ?? new Float64Array(rank)
  const x = new Float64Array(n)
  for (let i = 0; i < n; i++) for (let j = 0; j < rank; j++) x[i] = (x[i] as number) + l(i, j) * (twice[j] as number)
  return x
}
