/**
 * @file One row of a layer's `cases` as a program with seeded numbers: what the layer check and the parity check run.
 * In: a layer, a case, a mode. Out: the program of its outputs, its metrics, its new statistics and all gradients, and what feeds it.
 */
import { gradients } from '../../engine/autodiff/gradients'
import { Random } from '../../engine/core/random'
import { type Shape, sizeOf, type TensorType } from '../../engine/core/tensor'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Tensor } from '../../engine/ir/emit'
import { inputNames, stateNames } from '../../engine/ir/names'
import type { Program, ValueId } from '../../engine/ir/program'
import type { AnyLayer, LayerCase, WeightSpec } from '../../engine/layers/kit/define'
import type { ParamSpecs, ParamValues } from '../../engine/layers/kit/params'
import { completeParams } from '../../engine/layers/kit/validate'
import { numbers } from './numbers'

export type Case = LayerCase<Readonly<Record<string, unknown>>>
/** Of axis 0 in the cases of layers that the data set feeds. */
export const BATCH_SIZE = 2
/** Seed and step of the random numbers that some layers draw in training. */
const RANDOM_KEY = [7, 3]

export interface LayerProgram {
  readonly params: ParamValues<ParamSpecs>
  /** By port; a list for a variadic one. */
  readonly types: Readonly<Record<string, TensorType | readonly TensorType[]>>
  readonly weights: Readonly<Record<string, WeightSpec>>
  /** What the shape rule promises. */
  readonly outputs: Readonly<Record<string, TensorType>>
  readonly lowered: Readonly<Record<string, Tensor>>
  /** The same, and `penalty` where the layer adds to the loss, with its weight. */
  readonly results: Readonly<Record<string, Tensor>>
  /** Outputs: the ports, `penalty`, `metric:…`, `next:<weight>` (what was assigned) and `grad:<name>`. */
  readonly program: Program
  /** Σ upstream · y over all real outputs and the penalty: what the gradients are of. */
  readonly loss: ValueId
  readonly valuesWithLoss: number
  /** Names of the real inputs and weights, in the order of the layer. */
  readonly differentiated: readonly string[]
  /** Every input of the program; numbers that 32 bits hold exactly. */
  readonly given: Readonly<Record<string, number[]>>
}

/** Name of the program's input for a port, or for one wire of a variadic port. */
export const wireName = (port: string, index?: number): string => (index === undefined ? port : `${port}.${index}`)
export const weightName = (weight: string): string => stateNames.weight('layer', weight)

/** The types of a case with bare shapes filled in. */
export function typesOf(row: Case): Record<string, TensorType | readonly TensorType[]> {
  const typed = (given: TensorType | Shape): TensorType => ('shape' in given ? given : { shape: given, dtype: 'f32' })
  return Object.fromEntries(
    Object.entries(row.inputs).map(([port, given]) => [
      port,
      'shape' in given || given.every((extent) => typeof extent === 'number')
        ? typed(given as TensorType | Shape)
        : (given as readonly (TensorType | Shape)[]).map(typed),
    ]),
  )
}

export function buildCase(layer: AnyLayer, row: Case, training: boolean): LayerProgram {
  const { params, problems } = completeParams(layer.params, row.params ?? {})
  if (problems.length > 0) throw new Error(`parameters: ${JSON.stringify(problems)}`)
  const types = typesOf(row)
  const outputs: Record<string, TensorType> | undefined = layer.shape(
    types,
    params,
    (problem) => {
      throw new Error(`the shape rule refuses the case: ${JSON.stringify(problem)}`)
    },
    { batchSize: BATCH_SIZE },
  )
  if (!outputs) throw new Error('the shape rule gives nothing and says nothing')

  const b = new ProgramBuilder(layer.kind)
  const given: Record<string, number[]> = {}
  const differentiated: [string, Tensor][] = []
  const fed = (name: string, type: TensorType): Tensor => {
    given[name] = seeded(name, type, row.ranges?.[name])
    const tensor = b.input(name, type.shape, type.dtype)
    if (type.dtype === 'f32') differentiated.push([name, tensor])
    return tensor
  }
  const inputs = Object.fromEntries(
    Object.entries(types).map(([port, type]) => [
      port,
      'shape' in type ? fed(wireName(port), type) : type.map((t, i) => fed(wireName(port, i), t)),
    ]),
  )
  const weights: Record<string, WeightSpec> = layer.weights?.(types, params) ?? {}
  const held = Object.fromEntries(
    Object.entries(weights).map(([weight, { shape, trainable = true }]) => {
      const name = weightName(weight)
      // Running statistics hold variances, which are positive.
      given[name] = seeded(name, { shape, dtype: 'f32' }, trainable ? undefined : [0.5, 1])
      const tensor = b.state(name, shape)
      if (trainable) differentiated.push([name, tensor])
      return [weight, tensor]
    }),
  )
  const penalties: Tensor[] = []
  const lowered: Record<string, Tensor> = layer.lower(b, inputs, held, params, {
    training,
    inputs: types,
    penalize: (value, weight) => penalties.push(b.mul(value, weight)),
    assign: (weight, value) => {
      b.update(weightName(weight), value)
      b.output(`next:${weight}`, value)
    },
    kept: (_name, shape) => b.constant(0, shape),
    keep: () => {},
    feed: () => fed('fed', Object.values(outputs)[0] as TensorType),
  })
  const [first, ...others] = penalties
  const results = first ? { ...lowered, penalty: others.reduce((sum, next) => b.add(sum, next), first) } : lowered
  for (const [port, tensor] of Object.entries(results)) b.output(port, tensor)
  if (layer.role?.type === 'loss' && layer.role.metrics)
    for (const [name, value] of Object.entries(layer.role.metrics(b, inputs, params))) b.output(`metric:${name}`, value)

  const loss = Object.entries(results)
    .filter(([, { dtype }]) => dtype === 'f32')
    .map(([port, y]) => {
      given[`upstream:${port}`] = seeded(`upstream:${port}`, y)
      return b.sum(b.mul(y, b.input(`upstream:${port}`, y.shape)))
    })
    .reduce((sum, next) => b.add(sum, next), b.constant(0))
  const valuesWithLoss = b.finish().values.length
  const wrt = differentiated.map(([, tensor]) => tensor)
  gradients(b, loss, wrt).forEach((gradient, i) => {
    b.output(`grad:${differentiated[i]?.[0]}`, gradient)
  })
  const program = b.finish()
  if (program.values.some(({ op }) => op.op === 'random')) given[inputNames.key] = RANDOM_KEY
  return {
    params,
    types,
    weights,
    outputs,
    lowered,
    results,
    program,
    loss: loss.id,
    valuesWithLoss,
    differentiated: differentiated.map(([name]) => name),
    given,
  }
}

/** Whole numbers below the number of classes, or reals in a range of which no two are close enough to change places in a difference. */
function seeded(name: string, { shape, dtype, classes = 5 }: TensorType, [low, high] = [-1, 1] as readonly [number, number]): number[] {
  const random = Random.seeded(0, name)
  if (dtype === 'i32') return Array.from({ length: sizeOf(shape) }, () => random.below(classes))
  return numbers(shape, low, high, random.bits()).data.map(Math.fround)
}
