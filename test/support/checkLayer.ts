/**
 * @file The one check that every row of every layer's `cases` goes through: the shape rule agrees with the lowering, gradients with
 * central differences in double precision, and every backend with the reference interpreter.
 */
import { expect } from 'vitest'
import { Random } from '../../engine/core/random'
import { evaluate } from '../../engine/ir/evaluate'
import type { Program } from '../../engine/ir/program'
import { verify } from '../../engine/ir/verify'
import type { AnyLayer } from '../../engine/layers/kit/define'
import type { Backend } from '../../engine/runtime/backend'
import { type Deviation, deviationsOn, evaluateOutputs } from './agreement'
import { expectAllClose } from './allclose'
import { largestMagnitude } from './difference'
import { buildCase, type Case, type LayerProgram } from './layerProgram'

/** CLI.md: what is asked of the reference. */
const TOLERANCE = 1e-6
const STEP = 1e-5
/** Larger tensors are checked at this many places and along one direction that moves every element. */
const EVERY_ELEMENT_UP_TO = 120

export async function checkLayer(layer: AnyLayer, row: Case, backends: readonly Backend[]): Promise<void> {
  const evaluation = buildCase(layer, row, false)
  const programs = [evaluation]
  const training = buildCase(layer, row, true)
  if (JSON.stringify(training.program) !== JSON.stringify(evaluation.program)) programs.push(training)
  for (const built of programs) {
    verify(built.program, `lowering of ${layer.kind}`)
    checkShapes(layer, built)
    const reference = evaluateOutputs(built)
    if (layer.gradient?.(built.params) !== 'surrogate') checkDifferences(built, reference)
    for (const backend of backends) expectAgreement(await deviationsOn(built, reference, backend))
  }
}

function checkShapes(layer: AnyLayer, { outputs, lowered, params, types }: LayerProgram): void {
  expect(Object.keys(outputs), 'ports of the shape rule').toEqual(layer.outputsOf?.(params) ?? Object.keys(layer.outputs))
  for (const [port, { shape, dtype }] of Object.entries(outputs)) {
    expect(lowered[port]?.shape, `lowered shape of ${port}`).toEqual(shape)
    expect(lowered[port]?.dtype, `lowered dtype of ${port}`).toBe(dtype)
  }
  const flops = layer.flops?.(types, params) ?? 0
  expect(Number.isInteger(flops) && flops >= 0, `flops ${flops}`).toBe(true)
  expect(typeof (layer.brief?.(params) ?? '')).toBe('string')
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
      TOLERANCE,
      `∂/∂${name} against differences`,
      scale,
    )
    if (!all) {
      // Small enough that no element overtakes another in a maximum.
      const direction = base.map(() => random.uniform(-0.1, 0.1))
      const along = direction.reduce((sum, d, i) => sum + d * (gradient[i] as number), 0)
      expectAllClose([along], [difference((i) => direction[i] as number)], TOLERANCE, `∂/∂${name} along a direction`, scale)
    }
    lossAt(x, base, () => 0, 0)
  }
}

export function expectAgreement(deviations: readonly Deviation[]): void {
  for (const { detail, difference, limit } of deviations) expect(difference, detail).toBeLessThanOrEqual(limit)
}
