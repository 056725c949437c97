/**
 * @file Ten steps of every optimiser: against PyTorch where the definitions agree, otherwise against the formula of SYSTEMS.md D1–D2
 * written out number by number.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { gradients } from '../../engine/autodiff/gradients'
import { stateSpecs } from '../../engine/compile'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Tensor } from '../../engine/ir/emit'
import { completeParams } from '../../engine/layers/kit/validate'
import { optimizers } from '../../engine/optimizers/registry'
import type { Backend } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { asked } from '../support/agreement'
import { expectAllClose } from '../support/allclose'
import { availableBackends } from '../support/backends'
import { askPython, describeWithTorch } from '../support/torch'

const START = [0.5, -1.25, 2, 0.125]
const STEPS = 10
/** Parameters are rounded to single precision after each of the ten steps. */
const TOLERANCE = 1e-6

/** Σ cos(3x) + x²·k has a gradient of its own for every element and every step: 2kx − 3 sin 3x. */
const WEIGHTS = [1, 0.5, 0.25, 3]
const slope = (x: number, i: number) => 2 * (WEIGHTS[i] as number) * x - 3 * Math.sin(3 * x)

async function tenSteps(
  kind: string,
  given: Record<string, number | string>,
  lr: number,
  backend: Backend = createReferenceBackend(),
): Promise<Float32Array[]> {
  const definition = optimizers.get(kind)
  if (!definition) throw new Error(`no optimiser ${kind}`)
  const b = new ProgramBuilder(kind)
  const x = b.state('x', [4])
  const k = b.input('k', [4])
  const loss = b.sum(b.add(b.cos(b.mul(x, 3)), b.mul(k, b.mul(x, x))))
  const [gradient] = gradients(b, loss, [x]) as [Tensor]
  const held = Object.fromEntries(definition.state.map((name) => [name, b.state(`x:${name}`, [4])]))
  const context = { lr: b.input('$lr', []), step: b.input('$step', []) }
  const next = definition.update(b, x, gradient, held, completeParams(definition.params, given).params, context)
  b.update('x', b.sub(x, next.change))
  for (const name of definition.state) b.update(`x:${name}`, next.state[name] as Tensor)

  const program = b.finish()
  const state = backend.createState(stateSpecs(program))
  await state.write('x', Float32Array.from(START))
  const executable = await backend.compile(program, state)
  const path: Float32Array[] = []
  for (let step = 1; step <= STEPS; step++) {
    executable.run({ k: Float32Array.from(WEIGHTS), $lr: Float32Array.of(lr), $step: Float32Array.of(step) })
    path.push((await state.read(['x'])).x as Float32Array)
  }
  executable.dispose()
  state.dispose()
  return path
}

const pytorch = `
import json, sys, torch
ask = json.load(sys.stdin)
torch.set_default_dtype(torch.float64)
x = torch.tensor(ask['start'], requires_grad=True)
k = torch.tensor(ask['weights'])
optimizer = getattr(torch.optim, ask['name'])([x], **ask['options'])
path = []
for _ in range(ask['steps']):
    optimizer.zero_grad()
    (torch.cos(3 * x) + k * x * x).sum().backward()
    optimizer.step()
    path.append(x.tolist())
json.dump(path, sys.stdout)
`

describeWithTorch('ten steps beside PyTorch (D1, D2)', () => {
  const rules: { kind: string; lr: number; params: Record<string, number | string>; name: string; options: object }[] = [
    { kind: 'sgd', lr: 0.05, params: {}, name: 'SGD', options: { lr: 0.05 } },
    { kind: 'momentum', lr: 0.02, params: { gamma: 0.8 }, name: 'SGD', options: { lr: 0.02, momentum: 0.8 } },
    { kind: 'momentum', lr: 0.02, params: { gamma: 0.8, form: 'add' }, name: 'SGD', options: { lr: 0.02, momentum: 0.8 } },
    { kind: 'nesterov', lr: 0.02, params: { gamma: 0.8 }, name: 'SGD', options: { lr: 0.02, momentum: 0.8, nesterov: true } },
    { kind: 'adam', lr: 0.1, params: {}, name: 'Adam', options: { lr: 0.1, betas: [0.9, 0.999], eps: 1e-8 } },
    {
      kind: 'adam',
      lr: 0.1,
      params: { beta1: 0, beta2: 0.9, epsilon: 1e-3 },
      name: 'Adam',
      options: { lr: 0.1, betas: [0, 0.9], eps: 1e-3 },
    },
    { kind: 'adadelta', lr: 1, params: {}, name: 'Adadelta', options: { lr: 1, rho: 0.9, eps: 1e-5 } },
  ]
  it.each(rules)('$kind $params', async ({ kind, lr, params, name, options }) => {
    const path = await tenSteps(kind, params, lr)
    const expected = askPython<number[][]>({ code: pytorch }, { start: START, weights: WEIGHTS, steps: STEPS, name, options })
    path.forEach((x, i) => {
      expectAllClose(x, expected[i] as number[], TOLERANCE, `after step ${i + 1}`)
    })
  })
})

describe('ten steps beside the formula (D2)', () => {
  const formulas: Record<string, { lr: number; step: (g: number, s: number) => readonly [change: number, s: number] }> = {
    adagrad: {
      lr: 0.4,
      step: (g, s) => {
        const next = s + g * g
        return [(0.4 / Math.sqrt(next + 1e-6)) * g, next]
      },
    },
    rmsprop: {
      lr: 0.05,
      step: (g, s) => {
        const next = 0.9 * s + 0.1 * g * g
        return [(0.05 / Math.sqrt(next + 1e-6)) * g, next]
      },
    },
  }
  it.each(Object.entries(formulas))('%s puts ε under the root', async (kind, { lr, step }) => {
    const x = [...START]
    const s = START.map(() => 0)
    const path = await tenSteps(kind, {}, lr)
    for (const reached of path) {
      x.forEach((value, i) => {
        const [change, next] = step(slope(value, i), s[i] as number)
        x[i] = value - change
        s[i] = next
      })
      expectAllClose(reached, x, TOLERANCE, kind)
    }
  })
})

describe('ten steps on every backend (D1, D2)', () => {
  let backends: readonly Backend[] = []
  beforeAll(async () => {
    backends = await availableBackends()
  })
  afterAll(async () => {
    for (const backend of backends) await backend.dispose()
  })

  it.each([...optimizers.keys()])('%s', async (kind) => {
    const expected = await tenSteps(kind, {}, 0.05)
    for (const backend of backends) {
      const path = await tenSteps(kind, {}, 0.05, backend)
      path.forEach((x, i) => {
        expectAllClose(x, expected[i] as Float32Array, asked.forward, `${backend.info.label.en}, after step ${i + 1}`)
      })
    }
  })
})

describe('the registry', () => {
  it('holds the optimisers that the command line names', () => {
    expect([...optimizers.keys()].sort()).toEqual(['adadelta', 'adagrad', 'adam', 'momentum', 'nesterov', 'perceptron', 'rmsprop', 'sgd'])
  })
  it('gives the defaults of the notes', () => {
    const defaults = (kind: string) => completeParams(optimizers.get(kind)?.params ?? {}, {}).params
    expect(defaults('momentum')).toMatchObject({ gamma: 0.9 })
    expect(defaults('adagrad')).toMatchObject({ epsilon: 1e-6 })
    expect(defaults('rmsprop')).toMatchObject({ gamma: 0.9, epsilon: 1e-6 })
    expect(defaults('adadelta')).toEqual({ rho: 0.9, epsilon: 1e-5 })
    expect(defaults('adam')).toMatchObject({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 })
  })
})
