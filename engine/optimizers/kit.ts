/**
 * @file What an optimiser is: its settings and its update rule, written in the compiler's primitives so that it joins the training program.
 * Optimisers are an OPEN set: one file each in engine/optimizers/rules/, found by being there.
 */
import type { Text } from '../core/text'
import type { Emit, Tensor } from '../ir/emit'
import type { ParamSpecs, ParamValues } from '../layers/kit/params'

export interface UpdateContext {
  /** Learning rate of this step (a run-time input, so that schedules need no recompilation). */
  readonly lr: Tensor
  /** Number of this step, from 1, as f32. */
  readonly step: Tensor
}

export interface OptimizerDefinition<S extends ParamSpecs = ParamSpecs> {
  /** Equals the file's name and the name on the command line. */
  readonly kind: string
  readonly title: Text
  readonly summary: Text
  /** TeX. */
  readonly formula: string
  readonly reference: string
  /** `lr` is always one of them. */
  readonly params: S
  /** Names of the per-parameter state tensors (momentum `v` …), all of the parameter's shape, zero at the start. */
  readonly state: readonly string[]
  /** New value of the parameter and of its state. */
  update(
    b: Emit,
    parameter: Tensor,
    gradient: Tensor,
    state: Readonly<Record<string, Tensor>>,
    params: ParamValues<S>,
    context: UpdateContext,
  ): { readonly parameter: Tensor; readonly state: Readonly<Record<string, Tensor>> }
}

export const defineOptimizer = <const S extends ParamSpecs>(definition: OptimizerDefinition<S>): OptimizerDefinition<S> => definition
