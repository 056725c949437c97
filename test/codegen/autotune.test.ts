import { expect, it } from 'vitest'
import { matmulPhases } from '../../engine/codegen/wasm/matmul'
import { chooseVariant, kernelVariants, timeVariant } from '../../engine/runtime/wasm/autotune'

it('chooses a variant that this engine runs right, once', async () => {
  const chosen = await chooseVariant()
  expect(kernelVariants).toContain(chosen)
  expect(timeVariant(chosen)).toBeGreaterThan(0)
  expect(await chooseVariant()).toBe(chosen)
})

const plain = { fma: false, rows: 4, columns: 8 }

it('discards a variant that computes something else', () => {
  expect(timeVariant(plain, (context, plan) => matmulPhases(context, { ...plan, k: plan.k - 1 }))).toBeUndefined()
})

it('discards a variant whose instructions the engine refuses', () => {
  const invalid: typeof matmulPhases = (context, plan) => {
    context.module.function([], ['i32'], (f) => f.f32(1))
    return matmulPhases(context, plan)
  }
  expect(timeVariant(plain, invalid)).toBeUndefined()
})
