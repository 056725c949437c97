/**
 * @file The one check that every row of every layer's `cases` goes through: the shape rule agrees with the lowering, gradients with
 * central differences in double precision, and every backend with the reference interpreter.
 */
import { expect } from 'vitest'
import { Random } from '../../engine/core/random'
import type { TensorData } from '../../engine/core/tensor'
import { evaluate } from '../../engine/ir/evaluate'
import type { Program } from '../../engine/ir/program'
import { verify } from '../../engine/ir/verify'
import type { AnyLayer } from '../../engine/layers/kit/define'
import type { Backend } from '../../engine/runtime/backend'
import { expectAllClose, largestMagnitude } from './allclose'
import { buildCase, type Case, type LayerProgram } from './layerProgram'

/** CLI.md, “Agreement asked of every backend” and of the reference. */
const tolerance = { forward: 1e-4, gradient: 1e-3, differences: 1e-6 }
const STEP = 1e-5
/** Larger tensors are checked at this many places and along one direction that moves every element. */
const EVERY_ELEMENT_UP_TO = 120

export async function checkLayer(layer: AnyLayer, row: Case, backends: readonly Backend[]): Promise<void> {
  const evaluation = buildCase(layer, row, false)
  const programs = [evaluation]
  if (row.mode !== 'eval') {
    const training = buildCase(layer, row, true)
    if (JSON.stringify(training.program) !== JSON.stringify(evaluation.program)) programs.push(training)
  }
  for (const built of programs) {
    verify(built.program, `lowering of ${layer.kind}`)
    checkShapes(layer, built)
    const reference = evaluateOutputs(built)
    checkDifferences(built, reference)
    for (const backend of backends) await checkBackend(built, reference, backend)
  }
}

function checkShapes(layer: AnyLayer, { outputs, lowered, params, types }: LayerProgram): void {
  expect(Object.keys(outputs), 'ports of the shape rule').toEqual(Object.keys(layer.outputs))
  for (const [port, { shape, dtype }] of Object.entries(outputs)) {
    expect(lowered[port]?.shape, `lowered shape of ${port}`).toEqual(shape)
    expect(lowered[port]?.dtype, `lowered dtype of ${port}`).toBe(dtype)
  }
  const flops = layer.flops?.(types, params) ?? 0
  expect(Number.isInteger(flops) && flops >= 0, `flops ${flops}`).toBe(true)
  expect(typeof (layer.brief?.(params) ?? '')).toBe('string')
}

/** Outputs of the program by name, in double precision. */
export function evaluateOutputs({ program, given }: LayerProgram): Record<string, Float64Array> {
  const values = evaluate(program, given)
  return Object.fromEntries(program.outputs.map(({ name, value }) => [name, values.get(value) ?? new Float64Array()]))
}

function checkDifferences(built: LayerProgram, reference: Readonly<Record<string, Float64Array>>): void {
  const forward: Program = { ...built.program, values: built.program.values.slice(0, built.valuesWithLoss), outputs: [], state: [] }
  const feed = Object.fromEntries(Object.entries(built.given).map(([name, data]) => [name, [...data]]))
  const lossAt = (x: number[], base: readonly number[], direction: (i: number) => number, step: number): number => {
    base.forEach((value, i) => {
      x[i] = value + step * direction(i)
    })
    return evaluate(forward, feed, new Set([built.loss])).get(built.loss)?.[0] ?? Number.NaN
  }
  for (const name of built.differentiated) {
    const [x, base] = [feed[name] as number[], built.given[name] as readonly number[]]
    const gradient = reference[`grad:${name}`] as Float64Array
    const difference = (direction: (i: number) => number): number =>
      (lossAt(x, base, direction, STEP) - lossAt(x, base, direction, -STEP)) / (2 * STEP)
    const random = Random.seeded(0, name)
    const all = base.length <= EVERY_ELEMENT_UP_TO
    const places = Array.from({ length: all ? base.length : EVERY_ELEMENT_UP_TO }, (_, i) => (all ? i : random.below(base.length)))
    const differences = places.map((place) => difference((i) => (i === place ? 1 : 0)))
    const scale = Math.max(1, largestMagnitude(differences))
    expectAllClose(
      places.map((place) => gradient[place] as number),
      differences,
      tolerance.differences,
      `∂/∂${name} against differences`,
      scale,
    )
    if (!all) {
      // Small enough that no element overtakes another in a maximum.
      const direction = base.map(() => random.uniform(-0.1, 0.1))
      const along = direction.reduce((sum, d, i) => sum + d * (gradient[i] as number), 0)
      expectAllClose([along], [difference((i) => direction[i] as number)], tolerance.differences, `∂/∂${name} along a direction`, scale)
    }
    lossAt(x, base, () => 0, 0)
  }
}

async function checkBackend(built: LayerProgram, reference: Readonly<Record<string, Float64Array>>, backend: Backend): Promise<void> {
  const { program, given } = built
  const specs = program.state.map(({ name, value }) => ({ name, shape: program.values[value]?.shape ?? [] }))
  const state = backend.createState(specs)
  const executable = await backend.compile(program, state)
  try {
    for (const { name } of specs) await state.write(name, Float32Array.from(given[name] ?? []))
    const inputs: Record<string, TensorData> = {}
    for (const { op, dtype } of program.values)
      if (op.op === 'input' && op.role === 'data')
        inputs[op.name] = dtype === 'i32' ? Int32Array.from(given[op.name] ?? []) : Float32Array.from(given[op.name] ?? [])
    executable.run(inputs)
    const names = Object.keys(reference)
    const results = await executable.read(names)
    const gradientScale = Math.max(...names.filter(isGradient).map((name) => largestMagnitude(reference[name] ?? [])), 0)
    for (const name of names) {
      const expected = reference[name] as Float64Array
      const scale = isGradient(name) ? largestMagnitude(expected) + gradientScale / 20 : largestMagnitude(expected)
      const allowed = isGradient(name) ? tolerance.gradient : tolerance.forward
      expectAllClose(results[name] ?? [], expected, allowed, `${name} on ${backend.info.label}`, scale)
    }
    const updated = program.state.filter(({ update }) => update !== undefined).map(({ name }) => name)
    const after = await state.read(updated)
    for (const name of updated)
      expectAllClose(
        after[name] ?? [],
        reference[`next:${name.slice(name.indexOf('.') + 1)}`] ?? [],
        tolerance.forward,
        `${name} after a run on ${backend.info.label}`,
      )
  } finally {
    executable.dispose()
    state.dispose()
  }
}

const isGradient = (name: string): boolean => name.startsWith('grad:')
