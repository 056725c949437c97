/**
 * @file A step of Netloom, ready to be timed, in Node and in a page alike. In: a backend and what is asked for. Out: the step, what it costs, and
 * how long it took from the document to a model with fresh weights that only waits for data, as training begins.
 */
import { messageOf } from '../../../engine/core/diagnostic-message'
import { DiagnosedError } from '../../../engine/core/diagnostics'
import { sizeOf, type TensorData } from '../../../engine/core/tensor'
import { inputNames } from '../../../engine/ir/names'
import { optimizers } from '../../../engine/optimizers/registry'
import type { Backend } from '../../../engine/runtime/backend'
import { dataInputsOf, Model, updateOf } from '../../../engine/train/model'
import { programBytes, programFlops } from '../flops'
import type { Prepared, Work } from '../protocol'
import { documentOf } from './netloom-documents'

export interface Ready {
  readonly step: () => Promise<void>
  readonly prepared: Omit<Prepared, 'firstStepMilliseconds'>
  readonly dispose: () => Promise<void>
}

/** Data inputs filled once: random features, labels that count up, the optimiser's numbers. */
function inputOf(name: string, size: number, dtype: string): TensorData {
  if (dtype === 'i32') return Int32Array.from({ length: size }, (_, i) => i % 10)
  if (name === inputNames.lr) return new Float32Array([0.01])
  if (name === inputNames.step) return new Float32Array([1])
  return Float32Array.from({ length: size }, Math.random)
}

export async function prepareStep(backend: Backend, { case: name, batch, optimizer, mode, settings }: Work): Promise<Ready> {
  if (!optimizers.has(optimizer)) throw new Error('not written for this peer')
  const drawn = documentOf(name, batch, settings)
  const document = { ...drawn, training: { ...drawn.training, optimizer: { kind: optimizer, params: {} } } }
  const pass = mode === 'train' ? updateOf(document) : { training: false, gradients: 'none' as const }
  const started = performance.now()
  const model = await Model.forPass(document, backend, pass, batch)
  const { executable, program } = await model.pass(batch, pass)
  const compileMilliseconds = performance.now() - started
  const inputs = Object.fromEntries(dataInputsOf(program).map(({ name, shape, dtype }) => [name, inputOf(name, sizeOf(shape), dtype)]))
  const wanted = [mode === 'train' ? 'loss' : 'logits']
  return {
    step: async () => {
      executable.run(inputs)
      await executable.read(wanted)
    },
    prepared: { compileMilliseconds, flops: programFlops(program), bytes: programBytes(program) },
    dispose: () => model.dispose(),
  }
}

/** Why an executor cannot be had, or cannot take a network. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof DiagnosedError) return error.diagnostics.map((one) => messageOf(one)).join('; ')
  return error instanceof Error ? error.message : String(error)
}
