/** @file Matrix products by their definition, in double precision, and the shapes that every executor's kernels are held against. */
import fc from 'fast-check'
import type { MatmulKernel } from '../../engine/optimize/kernel'
import { accumulate, makeSums, type Sums } from './close'

export interface MatrixShape {
  readonly batch: number
  readonly m: number
  readonly k: number
  readonly n: number
  readonly transposeA: boolean
  readonly transposeB: boolean
  readonly bias: boolean
}

/** Buffers 0 and 1 are read, 2 is written, 3 is the bias. */
export const matmulKernel = (shape: MatrixShape): MatmulKernel => ({
  kind: 'matmul',
  a: 0,
  b: 1,
  out: 2,
  ...shape,
  bias: shape.bias ? 3 : undefined,
})

/** Elements of the four buffers. */
export const matrixElements = ({ batch, m, k, n }: MatrixShape): readonly [number, number, number, number] => [
  batch * m * k,
  batch * k * n,
  batch * m * n,
  n,
]

export function multiplied(
  { batch, m, k, n, transposeA, transposeB, bias }: MatrixShape,
  a: Float32Array,
  b: Float32Array,
  c: Float32Array,
): Sums {
  const sums = makeSums(batch * m * n)
  for (let item = 0; item < batch; item++)
    for (let i = 0; i < m; i++)
      for (let j = 0; j < n; j++) {
        const at = (item * m + i) * n + j
        if (bias) accumulate(sums, at, c[j] as number)
        for (let p = 0; p < k; p++) {
          const x = a[item * m * k + (transposeA ? p * m + i : i * k + p)] as number
          const y = b[item * k * n + (transposeB ? j * k + p : p * n + j)] as number
          accumulate(sums, at, x * y)
        }
      }
  return sums
}

/** (transposeA, transposeB) */
export const transpositions = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const

/** (m, k, n): LeNet's and ResNet's dense layers at small batches, single rows, single columns, and extents around tiles and blocks. */
export const matrixShapes: readonly (readonly [number, number, number])[] = [
  [1, 1, 1],
  [1, 256, 120],
  [2, 84, 10],
  [32, 256, 120],
  [32, 120, 84],
  [32, 84, 10],
  [16, 512, 10],
  [37, 1, 17],
  [5, 300, 1],
  [7, 513, 16],
  [13, 1030, 9],
  [97, 40, 33],
  [24, 16, 47],
]

export const anyMatrices = fc.record({
  batch: fc.integer({ min: 1, max: 4 }),
  m: fc.integer({ min: 1, max: 60 }),
  k: fc.integer({ min: 1, max: 90 }),
  n: fc.integer({ min: 1, max: 60 }),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
  bias: fc.boolean(),
})
