import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emitMatmul } from '../../engine/codegen/wasm/matmul'
import { hash32, toUnit } from '../../engine/core/random'
import type { MatmulKernel } from '../../engine/optimize/kernel'
import { accumulate, expectClose, expectSameBits, makeSums, type Sums } from '../support/close'
import { KernelBench, oneByOne, variants } from '../support/wasmKernel'

interface Case {
  readonly batch: number
  readonly m: number
  readonly k: number
  readonly n: number
  readonly transposeA: boolean
  readonly transposeB: boolean
  readonly bias: boolean
}

const noise = (length: number, key: number): Float32Array => Float32Array.from({ length }, (_, i) => 2 * toUnit(hash32(key, i)) - 1)

function reference({ batch, m, k, n, transposeA, transposeB, bias }: Case, a: Float32Array, b: Float32Array, c: Float32Array): Sums {
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

function check(shape: Case, variant: keyof typeof variants): void {
  const { batch, m, k, n } = shape
  const kernel: MatmulKernel = { kind: 'matmul', a: 0, b: 1, out: 2, ...shape, bias: shape.bias ? 3 : undefined }
  const sizes = [batch * m * k, batch * k * n, batch * m * n, n]
  const run = (split?: typeof oneByOne): Float32Array => {
    const bench = new KernelBench(sizes, (context) => emitMatmul(kernel, context), variants[variant] as (typeof variants)[string])
    for (const id of [0, 1, 3]) bench.floats(id).set(noise(sizes[id] as number, id))
    bench.run(split)
    bench.checkGuards()
    return bench.floats(2).slice()
  }
  const whole = run()
  expectClose(whole, reference(shape, noise(sizes[0] as number, 0), noise(sizes[1] as number, 1), noise(n, 3)))
  expectSameBits(run(oneByOne), whole)
}

/** Root mean square of the errors, relative to that of the results. */
function errorOf(k: number): number {
  const [m, n] = [24, 16]
  const shape = { batch: 1, m, k, n, transposeA: false, transposeB: false, bias: false }
  const sizes = [m * k, k * n, m * n, n]
  const bench = new KernelBench(
    sizes,
    (context) => emitMatmul({ kind: 'matmul', a: 0, b: 1, out: 2, ...shape, bias: undefined }, context),
    variants['6×16 fma'] as (typeof variants)[string],
  )
  const given = (key: number) => noise(sizes[key] as number, key)
  for (const id of [0, 1]) bench.floats(id).set(given(id))
  bench.run()
  let [errors, results] = [0, 0]
  const { values } = reference(shape, given(0), given(1), noise(n, 3))
  for (const [i, exact] of values.entries()) {
    errors += ((bench.floats(2)[i] as number) - exact) ** 2
    results += exact ** 2
  }
  return Math.sqrt(errors / results)
}

const forms = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const

// (m, k, n): LeNet's and ResNet's dense layers at small batches, single rows, single columns, and extents around tiles and blocks.
const shapes: readonly (readonly [number, number, number])[] = [
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

describe.each(Object.keys(variants))('matmul %s', (variant) => {
  it.each(shapes)('m %i, k %i, n %i in every form', (m, k, n) => {
    for (const [transposeA, transposeB] of forms) check({ batch: 1, m, k, n, transposeA, transposeB, bias: m % 2 === 1 }, variant)
  })

  it('any shape', () => {
    fc.assert(
      fc.property(
        fc.record({
          batch: fc.integer({ min: 1, max: 4 }),
          m: fc.integer({ min: 1, max: 60 }),
          k: fc.integer({ min: 1, max: 90 }),
          n: fc.integer({ min: 1, max: 60 }),
          transposeA: fc.boolean(),
          transposeB: fc.boolean(),
          bias: fc.boolean(),
        }),
        (shape) => check(shape, variant),
      ),
      { numRuns: 40, seed: 7 },
    )
  })
})

// One running sum of 4096 terms would err four times as much as one of 256.
it('long sums err no more than short ones', () => {
  expect(errorOf(4096)).toBeLessThan(1.5 * errorOf(256))
})
