/**
 * @file What runs in the page of webgpu.e2e.test.ts: every row of every layer, and training steps of small templates, on the browser's WebGPU and in
 * the interpreter. In: calls from the test. Out: how far the GPU's numbers are off, and how far they may be.
 */
import { stateSpecs } from '../../engine/compile'
import { Random } from '../../engine/core/random'
import { sizeOf, type TensorData } from '../../engine/core/tensor'
import type { Program } from '../../engine/ir/program'
import { layers } from '../../engine/layers/kit/registry'
import type { Backend, Executable, StateStore } from '../../engine/runtime/backend'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { createWebgpuBackend } from '../../engine/runtime/webgpu/backend'
import { asked, type Deviation, deviation, deviationsOn, evaluateOutputs } from '../support/agreement'
import { largestMagnitude } from '../support/difference'
import { buildCase } from '../support/layerProgram'
import { trainingProgram } from '../support/trainingProgram'

export interface Checked {
  readonly title: string
  readonly deviations: readonly Deviation[]
}

export interface GpuPage {
  /** The adapter's name; rejects with a reason where there is none. */
  open(): Promise<string>
  layers(): Promise<readonly Checked[]>
  template(id: string, params: Readonly<Record<string, number>>, steps: number): Promise<readonly Deviation[]>
}

let backend: Backend | undefined

function opened(): Backend {
  if (!backend) throw new Error('the page has not been opened')
  return backend
}

async function checkLayers(): Promise<Checked[]> {
  const checked: Checked[] = []
  for (const layer of layers.values())
    for (const [i, row] of layer.cases.entries())
      for (const training of row.mode === 'eval' ? [false] : [false, true]) {
        const built = buildCase(layer, row, training)
        const title = `${layer.kind}: ${row.name ?? `case ${i + 1}`}, ${training ? 'training' : 'evaluation'}`
        checked.push({ title, deviations: await deviationsOn(built, evaluateOutputs(built), opened()) })
      }
  return checked
}

interface Side {
  readonly state: StateStore
  readonly executable: Executable
}

async function sideOn(on: Backend, program: Program): Promise<Side> {
  const state = on.createState(stateSpecs(program))
  for (const { name, shape } of state.specs) {
    const random = Random.seeded(1, name)
    const spread = name.includes(':') ? 0 : Math.sqrt(2 / Math.max(1, sizeOf(shape.slice(0, -1))))
    await state.write(
      name,
      Float32Array.from({ length: sizeOf(shape) }, () => spread * random.normal()),
    )
  }
  return { state, executable: await on.compile(program, state) }
}

/** Losses of some steps, and what has become of the weights. */
async function checkTemplate(id: string, params: Readonly<Record<string, number>>, steps: number): Promise<Deviation[]> {
  const program = await trainingProgram(id, params)
  const random = Random.seeded(2, id)
  const inputs: Record<string, TensorData> = {}
  for (const { op, shape, dtype } of program.values) {
    if (op.op !== 'input' || op.role !== 'data') continue
    const length = sizeOf(shape)
    if (op.name === '$lr') inputs[op.name] = Float32Array.of(0.05)
    else if (dtype === 'i32') inputs[op.name] = Int32Array.from({ length }, () => random.below(2))
    else inputs[op.name] = Float32Array.from({ length }, () => random.normal())
  }
  const expected = await sideOn(createReferenceBackend(), program)
  const actual = await sideOn(opened(), program)
  const found: Deviation[] = []
  for (let step = 1; step <= steps; step++) {
    for (const { executable } of [expected, actual]) executable.run(inputs)
    const [right, got] = await Promise.all([expected, actual].map(({ executable }) => executable.read(['loss'])))
    const loss = right?.loss ?? []
    found.push(deviation(`loss of step ${step}`, got?.loss ?? [], loss, asked.forward * largestMagnitude(loss)))
  }
  const names = expected.state.specs.map(({ name }) => name)
  const [right, got] = await Promise.all([expected, actual].map(({ state }) => state.read(names)))
  for (const name of names) {
    const values = right?.[name] ?? []
    // Velocities are sums of gradients, and are held to what is asked of these.
    const allowed = name.includes(':') ? asked.gradient : asked.forward
    found.push(deviation(name, got?.[name] ?? [], values, allowed * Math.max(largestMagnitude(values), 0.05)))
  }
  for (const { executable, state } of [expected, actual]) {
    executable.dispose()
    state.dispose()
  }
  return found
}

const page: GpuPage = {
  async open() {
    if (!navigator.gpu) throw new Error('this browser has no WebGPU')
    backend = await createWebgpuBackend({ gpu: navigator.gpu })
    return backend.info.label.en
  },
  layers: checkLayers,
  template: checkTemplate,
}

Object.assign(globalThis, { gpuPage: page })
