/**
 * @file Shape rules of all layers on inputs and parameters that nobody wrote a case for: axes missing or too many, extents of 1 and of a million, other
 * types, every parameter at its ends. A rule says yes, and then the formula gives just what it promised; or it says one thing, in
 * whole sentences, and what it offers to set is allowed and mends it.
 */
import { describe, expect, it } from 'vitest'
import { messageOf } from '../../engine/core/diagnostic-message'
import { Random } from '../../engine/core/random'
import { sizeOf, type TensorType } from '../../engine/core/tensor'
import type { AnyLayer } from '../../engine/layers/kit/define'
import type { ParamSpec, ParamSpecs, ParamValues } from '../../engine/layers/kit/params'
import { layers } from '../../engine/layers/kit/registry'
import { completeParams } from '../../engine/layers/kit/validate'
import { BATCH_SIZE, buildCase, type Case, typesOf } from '../support/layerProgram'
import type { Problem } from '../support/shapeRule'

const TRIES = 80
/** Larger ones are asked for their shape alone. */
const SMALL = 5000

type Types = Readonly<Record<string, TensorType | readonly TensorType[]>>
type Given = Readonly<Record<string, unknown>>

/** Now and then with an axis less or more, another extent or another type. */
function altered(type: TensorType, random: Random): TensorType {
  const shape = [...type.shape]
  const at = random.below(shape.length + 1)
  const what = random.below(8)
  if (what === 0) shape.splice(at, 1)
  else if (what === 1) shape.splice(at, 0, 1 + random.below(4))
  else if (what < 4 && at < shape.length) shape[at] = [1, 2, 3, 6, 7, 1_000_000][random.below(6)] ?? 1
  if (random.below(30) > 0) return { ...type, shape }
  return { shape, dtype: type.dtype === 'f32' ? 'i32' : 'f32' }
}

function drawn(spec: ParamSpec, random: Random): unknown {
  const one = <T>(values: readonly T[]): T => values[random.below(values.length)] as T
  const whole = ({ min = -4, max = 8 }: { readonly min?: number; readonly max?: number }): number =>
    one([min, random.below(8) === 0 ? max : min, ...[-2, 0, 1, 2, 3, 5].filter((v) => v >= min && v <= max)])
  switch (spec.type) {
    case 'int':
      return whole(spec)
    case 'int2d':
      return random.below(2) === 0 ? whole(spec) : [whole(spec), whole(spec)]
    case 'ints':
      return Array.from({ length: Math.max(spec.minLength ?? 0, random.below(1 + Math.min(spec.maxLength ?? 4, 4))) }, () => whole(spec))
    case 'float':
      return one([spec.default, ...[spec.max ?? 3, ...(spec.above ? [] : [spec.min ?? -3])]])
    case 'bool':
      return random.below(2) === 0
    case 'choice':
      return one(Object.keys(spec.options))
    default:
      return spec.default
  }
}

function ask(layer: AnyLayer, types: Types, params: Given) {
  const problems: Problem[] = []
  const outputs: Record<string, TensorType> | undefined = layer.shape(
    types,
    params as ParamValues<ParamSpecs>,
    (problem) => {
      problems.push(problem)
      return undefined
    },
    { batchSize: BATCH_SIZE },
  )
  return { outputs, problems }
}

function expectRefusal(layer: AnyLayer, types: Types, given: Given, problems: readonly Problem[]): void {
  expect(problems).toHaveLength(1)
  const [problem] = problems as [Problem]
  for (const language of ['en', 'zh'] as const) expect(messageOf(problem, language)).not.toMatch(/[{}]|undefined|NaN/)
  for (const { edits } of problem.fixes ?? []) {
    if (!edits.every((edit) => edit.type === 'setParam')) continue
    const fixed = { ...given, ...Object.fromEntries(edits.map((edit) => (edit.type === 'setParam' ? [edit.param, edit.value] : []))) }
    const completed = completeParams(layer.params, fixed)
    expect(completed.problems, 'what a fix sets').toEqual([])
    const [left] = ask(layer, types, completed.params).problems
    expect(left?.code === problem.code && left.param === problem.param, `${problem.code} is mended`).toBe(false)
  }
}

function expectPromise(layer: AnyLayer, types: Types, given: Given, outputs: Readonly<Record<string, TensorType>>, row: Case): void {
  const { params } = completeParams(layer.params, given)
  const shapes = Object.values(outputs).map(({ shape }) => shape)
  expect(shapes.flat().every((extent) => Number.isSafeInteger(extent) && extent >= 1)).toBe(true)
  const weights: Record<string, { shape: readonly number[] }> = layer.weights?.(types, params) ?? {}
  const all = [...Object.values(types).flat(), ...Object.values(weights)].map(({ shape }) => shape)
  if ([...shapes, ...all].reduce((sum, shape) => sum + sizeOf(shape), 0) > SMALL) return
  for (const training of [false, true]) {
    const built = buildCase(layer, { inputs: types, params: given, ...(row.ranges && { ranges: row.ranges }) }, training)
    for (const [port, { shape, dtype }] of Object.entries(built.outputs)) expect(built.lowered[port]).toMatchObject({ shape, dtype })
  }
  layer.pytorch(params, types)
}

describe.each([...layers.values()].map((layer) => ({ kind: layer.kind, layer })))('$kind', ({ layer }) => {
  it('accepts what it can do and explains what it cannot', () => {
    const random = Random.seeded(0, `any input of ${layer.kind}`)
    for (let i = 0; i < TRIES; i++) {
      const row = layer.cases[random.below(layer.cases.length)] as Case
      const types = Object.fromEntries(
        Object.entries(typesOf(row)).map(([port, type]) => [
          port,
          'shape' in type ? altered(type, random) : type.map((one) => altered(one, random)),
        ]),
      )
      const given: Record<string, unknown> = { ...row.params }
      for (const [name, spec] of Object.entries<ParamSpec>(layer.params)) if (random.below(3) === 0) given[name] = drawn(spec, random)
      const { params, problems: wrong } = completeParams(layer.params, given)
      if (wrong.length > 0) continue
      try {
        const { outputs, problems } = ask(layer, types, params)
        if (outputs) expectPromise(layer, types, given, outputs, row)
        else expectRefusal(layer, types, given, problems)
      } catch (error) {
        throw new Error(`${JSON.stringify(types)} with ${JSON.stringify(given)}`, { cause: error })
      }
    }
  })
})
