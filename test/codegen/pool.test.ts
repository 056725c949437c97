import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { KernelVariant } from '../../engine/codegen/wasm/emitter'
import { emitPool } from '../../engine/codegen/wasm/pool'
import { expectClose, expectSameBits } from '../support/close'
import { anyPool, notANumber, type PoolShape, pooled, poolKernel, poolShapes } from '../support/pooling'
import { KernelBench, oneByOne, variants } from '../support/wasmKernel'

function check(shape: PoolShape, variantName: string): void {
  const { index, cases } = pooled(shape)
  for (const { variant, withIndex, x, out } of cases) {
    const description = poolKernel(shape, variant, withIndex)
    const results = [undefined, oneByOne].map((split) => {
      const sizes = [x.length, index.length, out.values.length]
      const bench = new KernelBench(sizes, (context) => emitPool(description, context), variants[variantName] as KernelVariant)
      bench.floats(0).set(x)
      if (variant !== 'maxForward') bench.ints(1).set(index)
      bench.run(split)
      bench.checkGuards()
      if (variant === 'maxForward' && withIndex) expect(bench.ints(1)).toEqual(index)
      return bench.floats(2).slice()
    })
    const [whole, split] = results as [Float32Array, Float32Array]
    expectSameBits(split, whole)
    expectClose(whole, out)
  }
}

describe.each(Object.keys(variants))('pool %s', (variant) => {
  it.each(poolShapes)('%s', (_, shape) => check(shape, variant))

  it('any shape', () => {
    fc.assert(
      fc.property(anyPool, (shape) => check(shape, variant)),
      { numRuns: 30, seed: 5 },
    )
  })

  it('keeps a NaN', () => {
    const bench = new KernelBench([3, 1], (context) => emitPool(notANumber, context), variants[variant] as KernelVariant)
    bench.floats(0).set([1, Number.NaN, 2])
    bench.run()
    expect(bench.floats(1)[0]).toBeNaN()
  })
})
