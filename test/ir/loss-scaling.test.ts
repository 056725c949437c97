/**
 * @file Loss scaling on every backend, without halves: powers of two change no bit, an overflow leaves all state alone and is told, and whoever
 * does not ask for it has none of it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { lower, stateSpecs } from '../../engine/compile'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Tensor } from '../../engine/ir/emit'
import { keepStateUnlessFinite, scaledGradients } from '../../engine/ir/loss-scaling'
import type { UpdateOptions } from '../../engine/ir/lowering'
import type { Program } from '../../engine/ir/program'
import { optimizers } from '../../engine/optimizers/registry'
import type { Backend } from '../../engine/runtime/backend'
import { availableBackends } from '../support/backends'
import { numbers } from '../support/numbers'

const backends: Backend[] = []
beforeAll(async () => {
  backends.push(...(await availableBackends()))
})
afterAll(async () => {
  await Promise.all(backends.map((backend) => backend.dispose()))
})

const batch = 8

/** With running statistics and two kinds of optimiser state. */
function trainingStep(options: Partial<UpdateOptions>): Program {
  const g = graph('scaled', { training: { optimizer: 'adam', batchSize: batch } })
  g.classify(g.dense(g.batchNorm(g.tanh(g.dense(g.input('features', [5]), { numHiddens: 12 }))), { numHiddens: 3 }), 3)
  const definition = optimizers.get('adam')
  if (!definition) throw new Error('no adam')
  const optimizer: UpdateOptions = { definition, params: {}, clipNorm: 0.5, ...options }
  const lowered = lower(g.document(), { training: true, gradients: 'none', batchSize: batch, optimizer })
  if (!lowered.ok) throw new Error(JSON.stringify(lowered.diagnostics))
  return lowered.value.program
}

/** State and outputs after each of so many steps. */
async function stepped(backend: Backend, program: Program, scale: number, steps: number) {
  const specs = stateSpecs(program)
  const names = specs.map(({ name }) => name)
  const state = backend.createState(specs)
  for (const [i, { name, shape }] of specs.entries())
    if (!name.includes(':')) await state.write(name, Float32Array.from(numbers(shape, 2, 12, i + 1).data))
  const executable = await backend.compile(program, state)
  const history: { readonly state: Record<string, Float32Array>; readonly finite: number | undefined }[] = []
  for (let step = 1; step <= steps; step++) {
    executable.run({
      features: Float32Array.from(numbers([batch, 5], -1, 1, 40 + step).data),
      label: Int32Array.from({ length: batch }, (_, i) => (i + step) % 3),
      $lr: Float32Array.of(0.05),
      $step: Float32Array.of(step),
      $lossScale: Float32Array.of(scale),
    })
    const outputs = await executable.read(program.outputs.map(({ name }) => name))
    history.push({ state: await state.read(names), finite: outputs.$finite?.[0] })
  }
  executable.dispose()
  state.dispose()
  return history
}

describe('loss scaling', () => {
  it('by powers of two gives the same bits as none at all', async () => {
    for (const backend of backends) {
      const plain = await stepped(backend, trainingStep({}), 1, 3)
      for (const scale of [1, 2 ** 10, 2 ** -4]) {
        const scaled = await stepped(backend, trainingStep({ lossScaling: true }), scale, 3)
        expect(scaled.map(({ finite }) => finite)).toEqual([1, 1, 1])
        expect(scaled.at(-1)?.state, `${backend.info.label.en}, scale ${scale}`).toEqual(plain.at(-1)?.state)
      }
    }
  })

  it('leaves parameters, optimiser state and running statistics as they are when a gradient overflows', async () => {
    for (const backend of backends) {
      const program = trainingStep({ lossScaling: true })
      const sound = await stepped(backend, program, 1, 1)
      const [first, second] = await stepped(backend, program, 2 ** 127, 2)
      expect([first?.finite, second?.finite], backend.info.label.en).toEqual([0, 0])
      expect(second?.state).toEqual(first?.state)
      for (const [name, values] of Object.entries(first?.state ?? {})) {
        expect(values.every(Number.isFinite), `${backend.info.label.en}, ${name}`).toBe(true)
        expect(values, name).not.toEqual(sound[0]?.state[name])
      }
    }
  })

  it('sees a gradient that is no number, and one of a single number', async () => {
    const b = new ProgramBuilder('single')
    const x = b.state('x', [])
    const y = b.state('y', [3])
    const [dx, dy] = scaledGradients(b, b.add(b.mul(x, b.input('k', [])), b.sum(b.mul(y, b.input('m', [3])))), [x, y]) as [Tensor, Tensor]
    b.update('x', b.sub(x, dx))
    b.update('y', b.sub(y, dy))
    const program = keepStateUnlessFinite(b.finish())
    for (const backend of backends) {
      const state = backend.createState(stateSpecs(program))
      const executable = await backend.compile(program, state)
      const run = async (k: number, m: readonly number[]) => {
        executable.run({ k: Float32Array.of(k), m: Float32Array.from(m), $lossScale: Float32Array.of(4) })
        const { $finite } = await executable.read(['$finite'])
        const { x: held = [], y: others = [] } = await state.read(['x', 'y'])
        return [$finite?.[0], held[0], ...others]
      }
      expect(await run(1, [1, 2, 3])).toEqual([1, -1, -1, -2, -3])
      expect(await run(Number.NaN, [1, 2, 3]), backend.info.label.en).toEqual([0, -1, -1, -2, -3])
      expect(await run(1, [1, Number.NEGATIVE_INFINITY, 3])).toEqual([0, -1, -1, -2, -3])
      expect(await run(1, [0, 0, 1])).toEqual([1, -2, -1, -2, -4])
      executable.dispose()
      state.dispose()
    }
  })

  it('is not there unless asked for', () => {
    const { values, outputs, state } = trainingStep({})
    expect(values.some(({ op }) => op.op === 'input' && op.name === '$lossScale')).toBe(false)
    for (const { name, update = 0 } of state) expect(values[update]?.op.op, name).not.toBe('select')
    expect(outputs.map(({ name }) => name)).not.toContain('$finite')
  })
})
