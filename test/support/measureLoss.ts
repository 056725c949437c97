/** @file One loss on numbers of one's own. In: a loss, the types of its inputs and what they hold. Out: loss, gradient and metrics, in double precision. */
import { gradients } from '../../engine/autodiff/gradients'
import { ProgramBuilder } from '../../engine/ir/builder'
import { evaluate, type Feed } from '../../engine/ir/evaluate'
import type { AnyLayer, LowerContext } from '../../engine/layers/kit/define'
import { completeParams } from '../../engine/layers/kit/validate'
import { type Case, typesOf } from './layerProgram'

/** Loss, its gradient with respect to the first input, and the metrics, for given numbers. */
export function measure(layer: AnyLayer, inputs: Case['inputs'], feed: Feed, given: Readonly<Record<string, unknown>> = {}) {
  const types = typesOf({ inputs })
  const { params } = completeParams(layer.params, given)
  const b = new ProgramBuilder('loss')
  const tensors = Object.fromEntries(
    Object.entries(types).map(([port, type]) => {
      if (!('shape' in type)) throw new Error('no loss is variadic')
      return [port, b.input(port, type.shape, type.dtype)]
    }),
  )
  const context: LowerContext = {
    training: true,
    inputs: types,
    penalize: () => {
      throw new Error('a loss is no penalty')
    },
    assign: () => {
      throw new Error('a loss has no statistics')
    },
    kept: (_name, shape) => b.constant(0, shape),
    keep: () => {},
    feed: () => {
      throw new Error('a loss is not fed')
    },
  }
  const { loss } = layer.lower(b, tensors, {}, params, context)
  const [first] = Object.values(tensors)
  if (!loss || !first) throw new Error('no loss')
  const [gradient] = gradients(b, loss, [first])
  const metrics = layer.role?.type === 'loss' ? (layer.role.metrics?.(b, tensors, params) ?? {}) : {}
  const values = evaluate(b.finish(), feed)
  const numbersOf = (id = -1) => [...(values.get(id) ?? [])]
  return {
    loss: numbersOf(loss.id)[0],
    gradient: numbersOf(gradient?.id),
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, { id }]) => [name, numbersOf(id)[0]])),
  }
}
