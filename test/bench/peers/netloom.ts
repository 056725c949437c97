/**
 * @file Netloom as a peer of its own bench. In: requests on standard input (see protocol.md). Out: times of training steps.
 */
import { createInterface } from 'node:readline'
import { compile } from '../../../engine/compile'
import type { TensorData } from '../../../engine/core/tensor'
import { sizeOf } from '../../../engine/core/tensor'
import { createBackend } from '../../../engine/host/node/backends'
import { initializeWeights } from '../../../engine/initializers/initialize'
import { inputNames } from '../../../engine/ir/lowering'
import { optimizers } from '../../../engine/optimizers/registry'
import { templates } from '../../../templates/registry'

interface Request {
  readonly case: string
  readonly batch: number
  readonly optimizer: string
  readonly threads: number
  readonly steps: number
}

/** The sizes that the peers use too. */
const settings: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  mlp: {},
  lenet: {},
  resnet18: { inChannels: 3, imageSize: 64 },
  googlenet: { imageSize: 96 },
}

/** Data inputs filled once: random features, labels that count up, the optimiser's numbers. */
function inputOf(name: string, size: number, dtype: string): TensorData {
  if (dtype === 'i32') return Int32Array.from({ length: size }, (_, i) => i % 10)
  if (name === inputNames.lr) return new Float32Array([0.01])
  if (name === inputNames.step) return new Float32Array([1])
  return Float32Array.from({ length: size }, Math.random)
}

async function prepare({ case: name, batch, optimizer, threads }: Request): Promise<() => Promise<void>> {
  const template = templates.get(name)
  const definition = optimizers.get(optimizer)
  if (!template || !definition) throw new Error('not written for this peer')
  const document = template.create({ ...settings[name], batchSize: batch })
  const backend = await createBackend('wasm', { threads })
  const compiled = await compile(document, { training: true, gradients: 'none', optimizer: { definition, params: {} } }, backend)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
  const { executable, state, shaped, program } = compiled.value
  for (const [weight, values] of initializeWeights(shaped, 0)) await state.write(weight, values)
  const inputs = Object.fromEntries(
    program.values.flatMap(({ op, shape, dtype }) =>
      op.op === 'input' && op.role === 'data' ? [[op.name, inputOf(op.name, sizeOf(shape), dtype)]] : [],
    ),
  )
  return async () => {
    executable.run(inputs)
    await executable.read(['loss'])
  }
}

let key = ''
let step: () => Promise<void> = async () => {}
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request
  try {
    const wanted = JSON.stringify([request.case, request.batch, request.optimizer, request.threads])
    if (wanted !== key) {
      step = await prepare(request)
      key = wanted
      for (let i = 0; i < 3; i++) await step()
    }
    const milliseconds: number[] = []
    for (let i = 0; i < request.steps; i++) {
      const started = performance.now()
      await step()
      milliseconds.push(performance.now() - started)
    }
    console.log(JSON.stringify({ milliseconds }))
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) }))
  }
}
