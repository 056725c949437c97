/**
 * @file One layer on numbers of the test's own choice, in double precision. In: inputs, weights and parameters. Out: every output by port, and
 * `grad:<input or weight>` of the sum of all real outputs.
 */
import { gradients } from '../../engine/autodiff/gradients'
import type { TensorType } from '../../engine/core/tensor'
import { ProgramBuilder } from '../../engine/ir/builder'
import type { Tensor } from '../../engine/ir/emit'
import { evaluate } from '../../engine/ir/evaluate'
import { inputNames } from '../../engine/ir/names'
import type { AnyLayer } from '../../engine/layers/kit/define'
import { completeParams } from '../../engine/layers/kit/validate'
import type { GivenTensor } from './numbers'

interface Run {
  readonly params?: Readonly<Record<string, unknown>>
  readonly weights?: Readonly<Record<string, GivenTensor>>
  readonly training?: boolean
  /** Of the random numbers. */
  readonly seed?: number
  readonly step?: number
}

export function runLayer(
  layer: AnyLayer,
  inputs: Readonly<Record<string, GivenTensor>>,
  { params: given = {}, weights = {}, training = false, seed = 0, step = 1 }: Run = {},
): Record<string, number[]> {
  const { params, problems } = completeParams(layer.params, given)
  if (problems.length > 0) throw new Error(`parameters: ${JSON.stringify(problems)}`)
  const b = new ProgramBuilder(layer.kind)
  const feed: Record<string, readonly number[]> = { [inputNames.key]: [seed, step] }
  const wrt: [string, Tensor][] = []
  const fed = (all: Readonly<Record<string, GivenTensor>>) =>
    Object.fromEntries(
      Object.entries(all).map(([name, { shape, dtype = 'f32', data }]) => {
        feed[name] = data
        const tensor = b.input(name, shape, dtype)
        if (dtype === 'f32') wrt.push([name, tensor])
        return [name, tensor]
      }),
    )
  const types: Record<string, TensorType> = Object.fromEntries(
    Object.entries(inputs).map(([port, { shape, dtype = 'f32' }]) => [port, { shape, dtype }]),
  )
  const never = (): never => {
    throw new Error('this layer is neither fed nor keeps statistics')
  }
  const outputs: Record<string, Tensor> = layer.lower(b, fed(inputs), fed(weights), params, {
    training,
    inputs: types,
    penalize: never,
    assign: never,
    kept: (_name, shape) => b.constant(0, shape),
    keep: () => {},
    feed: never,
  })
  const sums = Object.values(outputs).flatMap((y) => (y.dtype === 'f32' ? [b.sum(y)] : []))
  const total = sums.reduce((sum, next) => b.add(sum, next), b.constant(0))
  for (const [port, y] of Object.entries(outputs)) b.output(port, y)
  const found = gradients(
    b,
    total,
    wrt.map(([, tensor]) => tensor),
  )
  found.forEach((gradient, i) => {
    b.output(`grad:${wrt[i]?.[0]}`, gradient)
  })
  const program = b.finish()
  const values = evaluate(program, feed)
  return Object.fromEntries(program.outputs.map(({ name, value }) => [name, Array.from(values.get(value) ?? [])]))
}
