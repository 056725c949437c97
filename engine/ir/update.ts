/**
 * @file The update as part of the program, step by step: slopes → clip → the method's rule → the layer's own rate → decay → averaging.
 * In: a forward pass under construction and what the update is to do. Out: nothing; the builder's state slots get their new values.
 */
import { gradients } from '../autodiff/gradients'
import { InternalError } from '../core/diagnostics'
import { completeParams } from '../layers/kit/validate'
import { replicaOf } from '../shapes/replicas'
import type { ProgramBuilder } from './builder'
import { clipEach } from './clip'
import type { Tensor } from './emit'
import type { ForwardView, Parameter } from './forward-view'
import { scaledGradients } from './loss-scaling'
import type { UpdateOptions } from './lowering'
import { inputNames, outputNames, stateNames } from './names'

export function update(b: ProgramBuilder, forward: ForwardView, options: UpdateOptions): void {
  const { definition, clipNorm, averaging } = options
  const settings = completeParams(definition.params, options.params).params
  const context = { lr: b.input(inputNames.lr, []), step: b.input(inputNames.step, []) }
  const parameters = forward.trainable()
  let slopes = slopesOf(b, forward, parameters, options)
  if (clipNorm !== undefined) {
    const clipped = clipEach(b, slopes, (i) => replicaOf(parameters[i]?.name ?? ''), clipNorm)
    slopes = clipped.slopes
    b.output(outputNames.gradientNorm, clipped.norm)
  }
  parameters.forEach(({ name, path, value, rateMultiplier, decay }, i) => {
    b.at(path, () => {
      const held = definition.state.map((state): [string, Tensor] => [state, b.state(stateNames.optimizer(name, state), value.shape)])
      const { change, state } = definition.update(b, value, slopes[i] as Tensor, Object.fromEntries(held), settings, context)
      const step = rateMultiplier === 1 ? change : b.mul(change, rateMultiplier)
      // (1 − εα)w beside the step, whatever the method makes of the gradient (Loshchilov and Hutter 2019).
      const kept = decay === 0 ? value : b.mul(value, b.sub(1, b.mul(context.lr, decay * rateMultiplier)))
      const next = b.sub(kept, step)
      b.update(name, next)
      for (const [slot] of held) {
        const renewed = state[slot]
        if (!renewed) throw new InternalError('lower', `optimiser ${definition.kind} does not renew its state “${slot}”`, path)
        b.update(stateNames.optimizer(name, slot), renewed)
      }
      if (averaging !== undefined) average(b, name, next, averaging)
    })
  })
}

/** What each parameter moves against: gradients of the loss (or of the rule's own objective), or a solver's directions. */
function slopesOf(
  b: ProgramBuilder,
  forward: ForwardView,
  parameters: readonly Parameter[],
  { definition, directions, lossScaling = false }: UpdateOptions,
): readonly Tensor[] {
  if (directions === 'given') return parameters.map(({ name, value }) => b.input(inputNames.direction(name), value.shape))
  const descended = definition.objective?.(b, forward) ?? forward.loss()
  const values = parameters.map(({ value }) => value)
  return lossScaling ? scaledGradients(b, descended, values) : gradients(b, descended, values)
}

/** y ← γy + (1 − γ)x (notes 002 §1). Whoever sets weights sets their averages too, so that y begins at x. */
function average(b: ProgramBuilder, name: string, next: Tensor, gamma: number): void {
  const held = b.state(stateNames.average(name), next.shape)
  b.update(stateNames.average(name), b.add(b.mul(held, gamma), b.mul(next, 1 - gamma)))
}
