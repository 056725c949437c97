/** @file Random programs through the whole CPU back end, against the reference interpreter; one and two threads give equal bits. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { evaluate } from '../../engine/ir/evaluate'
import type { Instruction } from '../../engine/ir/program'
import type { Backend } from '../../engine/runtime/backend'
import { createWasmBackend } from '../../engine/runtime/wasm/backend'
import { spawnNode } from '../../engine/runtime/wasm/spawn-node'
import { expectAllClose } from '../support/allclose'
import { type RandomProgram, randomProgram } from '../support/randomProgram'

const count = 150

describe('random programs on the CPU', () => {
  let one: Backend
  let two: Backend
  beforeAll(async () => {
    one = await createWasmBackend({ threads: 1, spawn: spawnNode })
    two = await createWasmBackend({ threads: 2, spawn: spawnNode })
  })
  afterAll(async () => {
    await one.dispose()
    await two.dispose()
  })

  async function runOn(backend: Backend, { program, feed }: RandomProgram) {
    const specs = program.state.map(({ name, value }) => ({ name, shape: (program.values[value] as Instruction).shape }))
    const state = backend.createState(specs)
    for (const { name } of specs) await state.write(name, feed[name] as Float32Array)
    const executable = await backend.compile(program, state)
    executable.run(feed)
    const outputs = await executable.read(program.outputs.map(({ name }) => name))
    const after = await state.read(specs.map(({ name }) => name))
    executable.dispose()
    state.dispose()
    return { ...outputs, ...after }
  }

  it.each(Array.from({ length: count / 10 }, (_, i) => i * 10))('compute what the interpreter computes (seeds %i …)', async (first) => {
    for (let seed = first; seed < first + 10; seed++) {
      const made = randomProgram(seed)
      const { program, feed } = made
      const expected = evaluate(program, feed)
      const actual = await runOn(one, made)
      for (const { name, value } of program.outputs)
        expectAllClose(actual[name] as Float32Array, expected.get(value) as Float64Array, 2e-5, `seed ${seed}: ${name}`, 1)
      for (const { name, value, update } of program.state)
        expectAllClose(actual[name] as Float32Array, expected.get(update ?? value) as Float64Array, 2e-5, `seed ${seed}: ${name}`, 2)
      expect(await runOn(two, made), `seed ${seed} on two threads`).toEqual(actual)
    }
  })
})
