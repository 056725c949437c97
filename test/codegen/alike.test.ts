/** @file Phases that differ in constants alone share a function and still do what each was written to do. */
import { describe, expect, it } from 'vitest'
import { ModuleBuilder } from '../../engine/codegen/wasm/assembler'
import { addressIn } from '../../engine/codegen/wasm/places'

const limits = { initialPages: 1, shared: false }
const argumentsAt = 4096

/** Stores `value` at `at` for each unit, 4 bytes apart. */
const store = (module: ModuleBuilder, at: number, value: number) =>
  module.phase((f, begin, end) => {
    const unit = f.local('i32')
    f.for(unit, begin, end, 1, () => f.affine(at, [unit, 4]).i32(value).memory('i32.store'))
  })

function load(module: ModuleBuilder, addressOf?: (place: number) => number) {
  const { bytes, words } = module.link(addressOf, argumentsAt)
  const memory = new WebAssembly.Memory({ initial: 1 })
  new Int32Array(memory.buffer).set(words, argumentsAt / 4)
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } })
  const run = (name: string, begin: number, end: number) => (exports[name] as (begin: number, end: number) => void)(begin, end)
  return { run, ints: new Int32Array(memory.buffer), words }
}

describe('phases that differ in constants alone', () => {
  it('are one function, each with its own constants', () => {
    const module = new ModuleBuilder(limits)
    const phases = [store(module, 0, 7), store(module, 64, -7), store(module, 128, 2 ** 31 - 1)]
    expect(new Set(phases.map(({ func }) => func)).size).toBe(1)
    // An address and a value each; the step of 4 bytes is the same for all and stays in the code.
    expect(module.argumentWords).toBe(6)
    for (const [i, phase] of phases.entries()) module.exportPhase(`${i}`, phase)
    const { run, ints } = load(module)
    for (const [i] of phases.entries()) run(`${i}`, 1, 3)
    expect([...ints.subarray(0, 4)]).toEqual([0, 7, 7, 0])
    expect([...ints.subarray(16, 20)]).toEqual([0, -7, -7, 0])
    expect([...ints.subarray(32, 36)]).toEqual([0, 2 ** 31 - 1, 2 ** 31 - 1, 0])
  })

  it('read what is equal throughout from one word', () => {
    const module = new ModuleBuilder(limits)
    const twice = (at: number) => module.phase((f) => f.i32(at).i32(at).memory('i32.store'))
    const phases = [twice(8), twice(16)]
    expect(module.argumentWords).toBe(2)
    for (const [i, phase] of phases.entries()) module.exportPhase(`${i}`, phase)
    const { run, ints } = load(module)
    for (const [i] of phases.entries()) run(`${i}`, 0, 0)
    expect([ints[2], ints[4]]).toEqual([8, 16])
  })

  it('know their own places, those of phases that they call too', () => {
    const module = new ModuleBuilder(limits)
    const [first, second] = [store(module, addressIn(5), 1), store(module, addressIn(6, 16), 2)]
    const both = module.phase((f, begin, end) => {
      for (const phase of [first, second]) f.get(begin).get(end).callPhase(phase)
    })
    expect([...module.placesOf(first)]).toEqual([5])
    expect([...module.placesOf(second)]).toEqual([6])
    expect([...module.placesOf(both)].sort()).toEqual([5, 6])
    module.exportPhase('both', both)
    const { run, ints } = load(module, (place) => 256 * place)
    run('both', 0, 2)
    expect([...ints.subarray(320, 322)]).toEqual([1, 1])
    expect([...ints.subarray(388, 390)]).toEqual([2, 2])
  })

  it('callers of them are alike as well', () => {
    const module = new ModuleBuilder(limits)
    const caller = (at: number) => {
      const called = store(module, at, at)
      return module.phase((f, begin, end) => f.get(begin).get(end).callPhase(called))
    }
    const phases = [caller(8), caller(16), caller(24)]
    expect(new Set(phases.map(({ func }) => func)).size).toBe(1)
    for (const [i, phase] of phases.entries()) module.exportPhase(`${i}`, phase)
    const { run, ints } = load(module)
    for (const [i] of phases.entries()) run(`${i}`, 0, 1)
    expect([ints[2], ints[4], ints[6]]).toEqual([8, 16, 24])
  })
})

describe('phases that differ otherwise', () => {
  it('keep functions of their own, with their constants in them', () => {
    const module = new ModuleBuilder(limits)
    const phases = [
      store(module, 0, 1),
      module.phase((f, begin) => f.affine(64, [begin, 4]).i32(1).memory('i32.store', 4)),
      module.phase((f, begin) => f.affine(64, [begin, 4]).i32(1).memory('i32.store', 8)),
      module.phase((f, begin) => {
        f.local('v128')
        f.affine(64, [begin, 4]).i32(1).memory('i32.store', 8)
      }),
    ]
    expect(new Set(phases.map(({ func }) => func)).size).toBe(4)
    expect(module.argumentWords).toBe(0)
    expect(WebAssembly.validate(module.toBytes())).toBe(true)
  })

  it('need no memory, others are not linked without', () => {
    const module = new ModuleBuilder(limits)
    store(module, 0, 1)
    store(module, 4, 2)
    expect(() => module.toBytes()).toThrow('phases share code')
  })
})
