/**
 * @file The matrices of minimal filtering (Winograd 1980; for convolutions Lavin & Gray 2015): m × m results of a 3×3 convolution cost
 * (m + 2)² products instead of 9m². Y = Aᵀ[(G·g·Gᵀ) ⊙ (Bᵀ·d·B)]A for a tile d of (m + 2)² pixels and a kernel g; the gradient of the
 * kernel is Gᵀ[Σ (Bᵀ·d·B) ⊙ (A·dY·Aᵀ)]G. Interpolation points: 0, ±1, (±2,) ∞.
 */

export type Matrix2d = readonly (readonly number[])[]

export interface Winograd {
  /** Results of a tile along one axis. */
  readonly results: number
  /** Pixels of a tile along one axis, and points of its transform: results + 2. */
  readonly points: number
  /** Bᵀ, G, Aᵀ, which take a tile and a kernel to their points and products back; A and Gᵀ for gradients. */
  readonly fromImage: Matrix2d
  readonly fromKernel: Matrix2d
  readonly toResult: Matrix2d
  readonly fromResult: Matrix2d
  readonly toKernel: Matrix2d
  /** The point that adds to every result with weight 1, along both axes: where a bias is added. */
  readonly biasPoint: number
}

const transposed = (matrix: Matrix2d): Matrix2d => (matrix[0] ?? []).map((_, j) => matrix.map((row) => row[j] as number))

function winograd(fromImage: Matrix2d, fromKernel: Matrix2d, toResult: Matrix2d): Winograd {
  const points = fromImage.length
  const ones = transposed(toResult).findIndex((column) => column.every((x) => x === 1))
  return {
    results: toResult.length,
    points,
    fromImage,
    fromKernel,
    toResult,
    fromResult: transposed(toResult),
    toKernel: transposed(fromKernel),
    biasPoint: ones * points + ones,
  }
}

export const winograd2 = winograd(
  [
    [1, 0, -1, 0],
    [0, 1, 1, 0],
    [0, -1, 1, 0],
    [0, -1, 0, 1],
  ],
  [
    [1, 0, 0],
    [1 / 2, 1 / 2, 1 / 2],
    [1 / 2, -1 / 2, 1 / 2],
    [0, 0, 1],
  ],
  [
    [1, 1, 1, 0],
    [0, 1, -1, 1],
  ],
)

export const winograd4 = winograd(
  [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
  ],
  [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
  ],
  [
    [1, 1, 1, 1, 1, 0],
    [0, 1, -1, 2, -2, 0],
    [0, 1, 1, 4, 4, 0],
    [0, 1, -1, 8, -8, 1],
  ],
)
