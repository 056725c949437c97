/** @file The reference backend and the list of passes: state between runs, what is read, and what is refused. */
import { describe, expect, it } from 'vitest'
import { type Compiled, compile, lower, shape } from '../../engine/compile'
import type { GraphDocument } from '../../engine/document/schema'
import { initializeWeights } from '../../engine/initializers/initialize'
import { optimizers } from '../../engine/optimizers/registry'
import type { Outcome } from '../../engine/protocol/messages'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { documentOf, node, smallClassifier } from '../fixtures/documents'

function expectOk<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.diagnostics))
  return outcome.value
}
const codesOf = (outcome: Outcome<unknown>) => (outcome.ok ? [] : outcome.diagnostics.map(({ code }) => code))
const sgd = () => {
  const definition = optimizers.get('sgd')
  if (!definition) throw new Error('sgd')
  return { definition, params: {} }
}
const batch = () => ({
  image: Float32Array.from({ length: 2 * 64 }, (_, i) => Math.sin(i)),
  label: Int32Array.of(3, 7),
  $lr: Float32Array.of(0.5),
})

async function training(document: GraphDocument = smallClassifier()): Promise<Compiled> {
  const compiled = expectOk(
    await compile(document, { training: true, gradients: 'none', optimizer: sgd(), batchSize: 2 }, createReferenceBackend()),
  )
  for (const [name, values] of initializeWeights(compiled.shaped, 0)) await compiled.state.write(name, values)
  return compiled
}

describe('training on the reference backend', () => {
  it('brings the loss down, and keeps what it learned', async () => {
    const { executable, state } = await training()
    const losses: number[] = []
    for (let step = 0; step < 20; step++) {
      executable.run(batch())
      losses.push((await executable.read(['loss'])).loss?.[0] as number)
    }
    expect(losses[0]).toBeGreaterThan(1.5)
    expect(losses.at(-1)).toBeLessThan(0.05)
    const { 'dense1.bias': bias } = await state.read(['dense1.bias'])
    expect(bias?.some((value) => value !== 0)).toBe(true)
  })

  it('goes on bit for bit from what was saved', async () => {
    const straight = await training()
    for (let step = 0; step < 4; step++) straight.executable.run(batch())
    const first = await training()
    for (let step = 0; step < 2; step++) first.executable.run(batch())
    const names = first.state.specs.map(({ name }) => name)
    const saved = await first.state.read(names)
    const second = await training()
    for (const name of names) await second.state.write(name, saved[name] as Float32Array)
    for (let step = 0; step < 2; step++) second.executable.run(batch())
    expect(await second.state.read(names)).toEqual(await straight.state.read(names))
  })

  it('shares its state with the program that evaluates', async () => {
    const { executable, state } = await training()
    const evaluation = expectOk(
      await compile(smallClassifier(), { training: false, gradients: 'none', batchSize: 2 }, createReferenceBackend(), state),
    )
    const lossNow = async () => {
      evaluation.executable.run(batch())
      return (await evaluation.executable.read(['loss'])).loss?.[0] as number
    }
    const before = await lossNow()
    executable.run(batch())
    expect(await lossNow()).toBeLessThan(before)
    expect((await evaluation.executable.read(['logits'])).logits).toBeInstanceOf(Float32Array)
  })

  it('says how much memory it needs', async () => {
    const { executable } = await training()
    expect(executable.memory.stateBytes).toBe(4 * (54 + 6 + 2160 + 10))
    expect(executable.memory.scratchBytes).toBeGreaterThan(8 * 2 * 6 * 36)
  })

  it('refuses names that do not exist and reading before running', async () => {
    const { executable, state } = await training()
    await expect(executable.read(['loss'])).rejects.toThrow('nothing has run yet')
    await expect(executable.read(['nothing'])).rejects.toThrow('there is no output “nothing”')
    await expect(state.write('nothing', new Float32Array(1))).rejects.toThrow('there is no state “nothing”')
    await expect(state.write('dense1.bias', new Float32Array(3))).rejects.toThrow('has 10 elements, not 3')
    expect(() => executable.run({ image: new Float32Array(128) })).toThrow('input “label” was not given')
  })
})

describe('the passes', () => {
  it('stop after each when asked', () => {
    expect(expectOk(shape(smallClassifier())).nodes.map(({ path }) => path)).toContain('dense1')
    expect(expectOk(lower(smallClassifier(), { training: false, gradients: 'none' })).program.outputs[0]?.name).toBe('logits')
  })

  it('return what a person can mend as data', async () => {
    const unknown = documentOf([node('mystery', 'noSuchLayer')], [])
    expect(codesOf(shape(unknown))).toEqual(['graph.unknown-kind'])
    expect(codesOf(lower(unknown, { training: false, gradients: 'none' }))).toEqual(['graph.unknown-kind'])
    const open = documentOf([node('features', 'input', { shape: [3] }), node('dense1', 'dense')], ['features.y > dense1.x'])
    const outcome = await compile(open, { training: true, gradients: 'parameters' }, createReferenceBackend())
    expect(codesOf(outcome)).toEqual(['train.no-loss'])
  })
})
