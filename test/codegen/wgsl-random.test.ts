/** @file Random programs as WGSL on a WebGPU device, against the reference interpreter. */
import { describe, expect, it } from 'vitest'
import { evaluate } from '../../engine/ir/evaluate'
import { expectAllClose } from '../support/allclose'
import { randomProgram } from '../support/randomProgram'
import { gpuBench } from '../support/wgslKernel'
import { runOnGpu } from '../support/wgslProgram'

const bench = await gpuBench()

describe.skipIf(!bench)('random programs as WGSL (needs a WebGPU adapter)', () => {
  it.each(Array.from({ length: 8 }, (_, i) => i * 5))('compute what the interpreter computes (seeds %i …)', async (first) => {
    if (!bench) return
    for (let seed = first; seed < first + 5; seed++) {
      const { program, feed } = randomProgram(seed)
      const expected = evaluate(program, feed)
      const actual = await runOnGpu(bench, program, feed)
      const check = (name: string, value: number, scale: number) =>
        expectAllClose(actual[name] ?? [], expected.get(value) as Float64Array, 2e-5, `seed ${seed}: ${name}`, scale)
      for (const { name, value } of program.outputs) check(name, value, 1)
      for (const { name, value, update } of program.state) check(name, update ?? value, 2)
      expect(Object.keys(actual)).toHaveLength(program.outputs.length + program.state.length)
    }
  })
})
