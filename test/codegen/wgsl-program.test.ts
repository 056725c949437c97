/** @file Whole training steps as WGSL, every kernel in its place, against the reference interpreter. */
import { describe, it } from 'vitest'
import { hash32, toUnit } from '../../engine/core/random'
import { sizeOf } from '../../engine/core/tensor'
import { evaluate } from '../../engine/ir/evaluate'
import { expectAllClose } from '../support/allclose'
import { trainingProgram } from '../support/trainingProgram'
import { gpuBench } from '../support/wgslKernel'
import { runOnGpu, type Values } from '../support/wgslProgram'

const bench = await gpuBench()

describe.skipIf(!bench)('a training step as WGSL (needs a WebGPU adapter)', () => {
  if (!bench) return
  it.each([
    ['lenet', { batchSize: 4 }, 'momentum'],
    ['mlp', { batchSize: 8 }, 'adam'],
    ['resnet18', { batchSize: 2, imageSize: 32 }, 'momentum'],
  ] as const)('%s', { timeout: 120_000 }, async (id, params, optimizer) => {
    const program = await trainingProgram(id, params, optimizer)
    const feed: Values = Object.fromEntries(
      program.values.flatMap(({ op, shape, dtype }, i) => {
        if (op.op !== 'input') return []
        const length = sizeOf(shape)
        // Positive, as second moments must be; small, so that networks of many layers stay in range.
        const numbers = Array.from({ length }, (_, j) =>
          dtype === 'i32' ? hash32(i, j) % 3 : (op.role === 'state' ? 0.1 : 1) * toUnit(hash32(i, j)),
        )
        return [[op.name, dtype === 'i32' ? Int32Array.from(numbers) : Float32Array.from(numbers)]]
      }),
    )
    const expected = evaluate(program, feed)
    const actual = await runOnGpu(bench, program, feed)
    for (const { name, value } of program.outputs) expectAllClose(actual[name] ?? [], expected.get(value) as Float64Array, 2e-5, name)
    for (const { name, value, update } of program.state)
      expectAllClose(actual[name] ?? [], expected.get(update ?? value) as Float64Array, 1e-4, name)
  })
})
