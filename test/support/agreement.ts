/**
 * @file Does a backend compute what the interpreter does? In: a layer's program, what it should give, a backend. Out: how far each output is off,
 * and how far it may be. Nothing here needs a test runner, so that a page can ask too.
 */
import type { TensorData } from '../../engine/core/tensor'
import { evaluate } from '../../engine/ir/evaluate'
import type { Backend } from '../../engine/runtime/backend'
import { largestMagnitude, worstDifference } from './difference'
import type { LayerProgram } from './layerProgram'

/** CLI.md, “Agreement asked of every backend”. */
export const asked = { forward: 1e-4, gradient: 1e-3 } as const

export interface Deviation {
  readonly detail: string
  readonly difference: number
  readonly limit: number
}

export function deviation(label: string, actual: ArrayLike<number>, expected: ArrayLike<number>, limit: number): Deviation {
  if (actual.length !== expected.length)
    return { detail: `${label} has ${actual.length} elements, not ${expected.length}`, difference: Number.POSITIVE_INFINITY, limit }
  const { index, difference } = worstDifference(actual, expected)
  return { detail: `${label}[${index}] is ${actual[index]}, expected ${expected[index]} ± ${limit}`, difference, limit }
}

/** Outputs of the program by name, in double precision. */
export function evaluateOutputs({ program, given }: LayerProgram): Record<string, Float64Array> {
  const values = evaluate(program, given)
  return Object.fromEntries(program.outputs.map(({ name, value }) => [name, values.get(value) ?? new Float64Array()]))
}

export async function deviationsOn(
  { program, given }: LayerProgram,
  reference: Readonly<Record<string, ArrayLike<number>>>,
  backend: Backend,
): Promise<Deviation[]> {
  const found: Deviation[] = []
  const on = `on ${backend.info.label.en}`
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
      const expected = reference[name] ?? []
      const scale = isGradient(name) ? largestMagnitude(expected) + gradientScale / 20 : largestMagnitude(expected)
      found.push(deviation(`${name} ${on}`, results[name] ?? [], expected, scale * (isGradient(name) ? asked.gradient : asked.forward)))
    }
    const updated = program.state.filter(({ update }) => update !== undefined).map(({ name }) => name)
    const after = await state.read(updated)
    for (const name of updated) {
      const expected = reference[`next:${name.slice(name.indexOf('.') + 1)}`] ?? []
      found.push(deviation(`${name} after a run ${on}`, after[name] ?? [], expected, asked.forward * largestMagnitude(expected)))
    }
  } finally {
    executable.dispose()
    state.dispose()
  }
  return found
}

const isGradient = (name: string): boolean => name.startsWith('grad:')
