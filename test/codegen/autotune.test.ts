import { expect, it } from 'vitest'
import { matmulPhases } from '../../engine/codegen/wasm/matmul'
import { chooseVariant, kernelVariants, prepareTrial } from '../../engine/runtime/wasm/autotune'

const plain = { fma: false, rows: 4, columns: 8 }

it('chooses one variant for good', async () => {
  const chosen = await chooseVariant()
  expect(kernelVariants).toContain(chosen)
  expect(await chooseVariant()).toBe(chosen)
})

it('knows a right answer from none and from a wrong one', () => {
  const trial = prepareTrial(plain)
  expect(trial?.isRight()).toBe(false)
  trial?.run()
  expect(trial?.isRight()).toBe(true)
  const wrong = prepareTrial(plain, (context, plan) => matmulPhases(context, { ...plan, k: plan.k - 1 }))
  wrong?.run()
  expect(wrong?.isRight()).toBe(false)
})

it('leaves out a variant whose instructions the engine refuses', () => {
  const invalid: typeof matmulPhases = (context, plan) => {
    context.module.function([], ['i32'], (f) => f.f32(1))
    return matmulPhases(context, plan)
  }
  expect(prepareTrial(plain, invalid)).toBeUndefined()
})
