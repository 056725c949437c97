/**
 * @file The optimiser's update as part of the program: the gradients of the loss, then each parameter's new value and its optimiser state's.
 * In: the loss and the trainable parameters of a forward pass under construction. Out: nothing; the builder's state slots get their updates.
 */
import { gradients } from '../autodiff/gradients'
import { InternalError } from '../core/diagnostics'
import { completeParams } from '../layers/kit/validate'
import type { ProgramBuilder } from './builder'
import type { Tensor } from './emit'
import { inputNames, type LowerOptions, stateNames } from './lowering'

/** A trainable weight; `path` is the node it belongs to. */
export interface Parameter {
  readonly name: string
  readonly path: string
  readonly value: Tensor
}

export function update(
  b: ProgramBuilder,
  loss: Tensor,
  parameters: readonly Parameter[],
  { definition, params }: NonNullable<LowerOptions['optimizer']>,
): void {
  const settings = completeParams(definition.params, params).params
  const context = { lr: b.input(inputNames.lr, []), step: b.input(inputNames.step, []) }
  const slopes = gradients(
    b,
    loss,
    parameters.map(({ value }) => value),
  )
  parameters.forEach(({ name, path, value }, i) => {
    b.at(path, () => {
      const held = definition.state.map((state): [string, Tensor] => [state, b.state(stateNames.optimizer(name, state), value.shape)])
      const next = definition.update(b, value, slopes[i] as Tensor, Object.fromEntries(held), settings, context)
      b.update(name, next.parameter)
      for (const [state] of held) {
        const renewed = next.state[state]
        if (!renewed) throw new InternalError('lower', `optimiser ${definition.kind} does not renew its state “${state}”`, path)
        b.update(stateNames.optimizer(name, state), renewed)
      }
    })
  })
}
