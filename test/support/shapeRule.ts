/** @file Asks one layer's shape rule. In: types of its inputs and parameters. Out: what it promises, or what it reports. */
import { messageOf } from '../../engine/core/diagnostic-message'
import type { Shape, TensorType } from '../../engine/core/tensor'
import type { AnyLayer, Fail } from '../../engine/layers/kit/define'
import { completeParams } from '../../engine/layers/kit/validate'
import { BATCH_SIZE, typesOf } from './layerProgram'

export type Problem = Parameters<Fail>[0]
type Given = Readonly<Record<string, TensorType | Shape | readonly (TensorType | Shape)[]>>

function ask(layer: AnyLayer, inputs: Given, params: Readonly<Record<string, unknown>>) {
  const completed = completeParams(layer.params, params)
  if (completed.problems.length > 0) throw new Error(`parameters: ${JSON.stringify(completed.problems)}`)
  const problems: Problem[] = []
  const outputs: Record<string, TensorType> | undefined = layer.shape(
    typesOf({ inputs }),
    completed.params,
    (problem) => {
      problems.push(problem)
      return undefined
    },
    { batchSize: BATCH_SIZE },
  )
  return { outputs, problems, params: completed.params }
}

/** Types of the outputs by port; throws where the rule refuses. */
export function accepted(layer: AnyLayer, inputs: Given, params: Readonly<Record<string, unknown>> = {}): Record<string, TensorType> {
  const { outputs, problems } = ask(layer, inputs, params)
  if (!outputs || problems.length > 0) throw new Error(`refused: ${JSON.stringify(problems)}`)
  return outputs
}

/** The one problem that the rule reports; throws where it accepts or says something else as well. */
export function refused(layer: AnyLayer, inputs: Given, params: Readonly<Record<string, unknown>> = {}): Problem {
  const { outputs, problems } = ask(layer, inputs, params)
  const [problem, ...more] = problems
  if (outputs || !problem || more.length > 0) throw new Error(`accepted, or not one problem: ${JSON.stringify({ outputs, problems })}`)
  for (const language of ['en', 'zh'] as const) {
    const message = messageOf(problem, language)
    if (/[{}]/.test(message)) throw new Error(`a value is missing: ${message}`)
  }
  return problem
}

/** Operations of one forward pass. */
export const flopsOf = (layer: AnyLayer, inputs: Given, params: Readonly<Record<string, unknown>> = {}): number =>
  layer.flops?.(typesOf({ inputs }), completeParams(layer.params, params).params) ?? Number.NaN
