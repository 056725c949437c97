import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GpuTile } from '../../engine/codegen/wgsl/emitter'
import { emitMatmul } from '../../engine/codegen/wgsl/matmul'
import { hash32, toUnit } from '../../engine/core/random'
import { expectClose } from '../support/close'
import { fromHalves, toHalves } from '../support/half'
import {
  anyMatrices,
  type MatrixShape,
  matmulKernel,
  matrixElements,
  matrixShapes,
  multiplied,
  transpositions,
} from '../support/matrixProduct'
import { type GpuBench, gpuBench, gpuContext, runDispatches, smallTiles } from '../support/wgslKernel'

const noise = (length: number, key: number): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length }, (_, i) => 2 * toUnit(hash32(key, i)) - 1)

const bench = await gpuBench()

async function product(gpu: GpuBench, shape: MatrixShape, tiles: readonly GpuTile[], positive = false) {
  const [a, b, , c] = matrixElements(shape).map((length, key) => noise(length, key).map((x) => (positive ? Math.abs(x) : x)))
  const [, , elements] = matrixElements(shape)
  const given = [a, b, new Float32Array(elements).fill(Number.NaN), c] as Float32Array<ArrayBuffer>[]
  const [result] = await runDispatches(gpu, emitMatmul(matmulKernel(shape), gpuContext(gpu, tiles)), given, [2])
  return {
    actual: new Float32Array(result as ArrayBuffer),
    expected: multiplied(shape, ...(given.filter((_, i) => i !== 2) as [Float32Array, Float32Array, Float32Array])),
  }
}

describe.skipIf(!bench).each(Object.entries(smallTiles))('matmul on a GPU, %s', (_, tiles) => {
  const gpu = bench as GpuBench
  const check = async (shape: MatrixShape): Promise<void> => {
    const { actual, expected } = await product(gpu, shape, tiles)
    expectClose(actual, expected)
  }

  it.each(matrixShapes)('m %i, k %i, n %i in every form', async (m, k, n) => {
    for (const [transposeA, transposeB] of transpositions) await check({ batch: 1, m, k, n, transposeA, transposeB, bias: m % 2 === 1 })
  })

  it('any shape', async () => {
    await fc.assert(fc.asyncProperty(anyMatrices, check), { numRuns: 20, seed: 7 })
  })

  it('splits a long depth, the same bits at every run', async () => {
    const shape = { batch: 1, m: 20, k: 5000, n: 12, transposeA: true, transposeB: false, bias: true }
    expect(emitMatmul(matmulKernel(shape), gpuContext(gpu, tiles))).toHaveLength(2)
    const first = await product(gpu, shape, tiles)
    expectClose(first.actual, first.expected)
    expect((await product(gpu, shape, tiles)).actual).toEqual(first.actual)
  })

  // VGG's first dense layer; all terms positive, so that the sums grow and roundings with them.
  it('keeps sums of 25088 products close', async () => {
    const shape = { batch: 1, m: 9, k: 25088, n: 5, transposeA: false, transposeB: true, bias: false }
    const { actual, expected } = await product(gpu, shape, tiles, true)
    expectClose(actual, expected)
  })
})

// Software adapters have no halves: there is nothing that could be run or skipped there, so these exist only where there are some.
if (bench?.f16)
  describe.each(Object.entries(smallTiles))('matmul of halves, %s', (_, tiles) => {
    const gpu = bench as GpuBench

    it('sums in f32 and rounds once', async () => {
      const shape = { batch: 1, m: 21, k: 300, n: 18, transposeA: false, transposeB: true, bias: true }
      const eighths = matrixElements(shape).map((length, key) => noise(length, key).map((x) => Math.round(8 * x) / 8))
      const [a, b, out, c] = eighths as [Float32Array, Float32Array, Float32Array, Float32Array<ArrayBuffer>]
      const context = gpuContext(gpu, tiles, { 0: 'f16', 1: 'f16', 2: 'f16' })
      const given = [toHalves(a), toHalves(b), toHalves(out), c]
      const [result] = await runDispatches(gpu, emitMatmul(matmulKernel(shape), context), given, [2])
      const actual = fromHalves(new Uint16Array(result as ArrayBuffer))
      for (const [i, exact] of multiplied(shape, a, b, c).values.entries())
        expect(Math.abs((actual[i] as number) - exact), `element ${i}`).toBeLessThanOrEqual(2 ** -10 * Math.abs(exact))
    })
  })
