import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emitPool } from '../../engine/codegen/wgsl/pool'
import { expectClose } from '../support/close'
import { anyPool, notANumber, type PoolShape, pooled, poolKernel, poolShapes } from '../support/pooling'
import { type GpuBench, gpuBench, gpuContext, runDispatches } from '../support/wgslKernel'

const bench = await gpuBench()

describe.skipIf(!bench)('pools on a GPU', () => {
  const gpu = bench as GpuBench
  const context = gpuContext(gpu, [], { 1: 'i32' })

  async function check(shape: PoolShape): Promise<void> {
    const { index, cases } = pooled(shape)
    for (const { variant, withIndex, x, out } of cases) {
      const forward = variant === 'maxForward'
      const result = new Float32Array(out.values.length).fill(Number.NaN)
      const given = [x, forward ? new Int32Array(index.length).fill(-7) : index, result]
      const [made, taps] = await runDispatches(gpu, emitPool(poolKernel(shape, variant, withIndex), context), given, [2, 1])
      expectClose(new Float32Array(made as ArrayBuffer), out)
      if (forward && withIndex) expect(new Int32Array(taps as ArrayBuffer)).toEqual(index)
    }
  }

  it.each(poolShapes)('%s', async (_, shape) => check(shape))

  it('any shape', async () => {
    await fc.assert(fc.asyncProperty(anyPool, check), { numRuns: 20, seed: 5 })
  })

  it('keeps a NaN', async () => {
    const given = [Float32Array.of(1, Number.NaN, 2), new Float32Array(1)]
    const [made] = await runDispatches(gpu, emitPool(notANumber, gpuContext(gpu, [])), given, [1])
    expect(new Float32Array(made as ArrayBuffer)[0]).toBeNaN()
  })
})
