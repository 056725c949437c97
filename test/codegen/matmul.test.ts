import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emitMatmul } from '../../engine/codegen/wasm/matmul'
import { hash32, toUnit } from '../../engine/core/random'
import { sizeOf } from '../../engine/core/tensor'
import { matrixPacking, packedShape, panelWidth } from '../../engine/ir/packing'
import { expectClose, expectSameBits } from '../support/close'
import {
  anyMatrices,
  type MatrixShape,
  matmulKernel,
  matrixElements,
  matrixShapes,
  multiplied,
  transpositions,
} from '../support/matrixProduct'
import { packFloats, unpackFloats } from '../support/packing'
import { KernelBench, oneByOne, variants } from '../support/wasmKernel'

const noise = (length: number, key: number): Float32Array => Float32Array.from({ length }, (_, i) => 2 * toUnit(hash32(key, i)) - 1)

function check(shape: MatrixShape, variant: keyof typeof variants): void {
  const kernel = matmulKernel(shape)
  const sizes = matrixElements(shape)
  const run = (split?: typeof oneByOne): Float32Array => {
    const bench = new KernelBench(sizes, (context) => emitMatmul(kernel, context), variants[variant] as (typeof variants)[string])
    for (const id of [0, 1, 3]) bench.floats(id).set(noise(sizes[id] as number, id))
    bench.run(split)
    bench.checkGuards()
    return bench.floats(2).slice()
  }
  const whole = run()
  expectClose(whole, multiplied(shape, noise(sizes[0], 0), noise(sizes[1], 1), noise(sizes[3], 3)))
  expectSameBits(run(oneByOne), whole)
  if (shape.batch > 1) return
  expectSameBits(packedRun(shape, 'right', variant), whole)
  if (!shape.bias) expectSameBits(packedRun(shape, 'result', variant), whole)
}

/** The same product with its right factor given, or its result made, in column panels. */
function packedRun(shape: MatrixShape, of: 'right' | 'result', name: keyof typeof variants): Float32Array {
  const { m, k, n, transposeB } = shape
  const variant = variants[name] as (typeof variants)[string]
  const lies = of === 'result' ? [m, n] : transposeB ? [n, k] : [k, n]
  const packing = matrixPacking(lies, 1, panelWidth(lies[1] as number, variant.columns))
  const kernel = { ...matmulKernel(shape), panels: { of, width: packing.width } }
  const packed = sizeOf(packedShape(packing))
  const [left, right, product, bias] = matrixElements(shape)
  const sizes = [left, of === 'right' ? packed : right, of === 'result' ? packed : product, bias]
  const bench = new KernelBench(sizes, (context) => emitMatmul(kernel, context), variant)
  const given = noise(right, 1)
  bench.floats(0).set(noise(left, 0))
  bench.floats(1).set(of === 'right' ? packFloats(packing, given) : given)
  bench.floats(3).set(noise(bias, 3))
  bench.run(oneByOne)
  bench.checkGuards()
  const result = bench.floats(2).slice()
  return of === 'result' ? unpackFloats(packing, result) : result
}

/** Root mean square of the errors, relative to that of the results. */
function errorOf(k: number): number {
  const [m, n] = [24, 16]
  const shape = { batch: 1, m, k, n, transposeA: false, transposeB: false, bias: false }
  const sizes = matrixElements(shape)
  const bench = new KernelBench(
    sizes,
    (context) => emitMatmul(matmulKernel(shape), context),
    variants['6×16 fma'] as (typeof variants)[string],
  )
  const given = (key: 0 | 1) => noise(sizes[key], key)
  for (const id of [0, 1] as const) bench.floats(id).set(given(id))
  bench.run()
  let [errors, results] = [0, 0]
  const { values } = multiplied(shape, given(0), given(1), noise(n, 3))
  for (const [i, exact] of values.entries()) {
    errors += ((bench.floats(2)[i] as number) - exact) ** 2
    results += exact ** 2
  }
  return Math.sqrt(errors / results)
}

describe.each(Object.keys(variants))('matmul %s', (variant) => {
  it.each(matrixShapes)('m %i, k %i, n %i in every form', (m, k, n) => {
    for (const [transposeA, transposeB] of transpositions) check({ batch: 1, m, k, n, transposeA, transposeB, bias: m % 2 === 1 }, variant)
  })

  it('any shape', () => {
    fc.assert(
      fc.property(anyMatrices, (shape) => check(shape, variant)),
      { numRuns: 40, seed: 7 },
    )
  })
})

// One running sum of 4096 terms would err four times as much as one of 256.
it('long sums err no more than short ones', () => {
  expect(errorOf(4096)).toBeLessThan(1.5 * errorOf(256))
})
