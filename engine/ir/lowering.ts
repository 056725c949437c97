/**
 * @file What lowering is asked for, and the names by which its program is fed and read. `lower.ts` does it.
 */
import type { OptimizerDefinition } from '../optimizers/kit'
import type { Program } from './program'

export interface LowerOptions {
  /** Batch statistics, dropout and running-statistics updates, or evaluation. */
  readonly training: boolean
  /** `parameters`: outputs `grad:<parameter>`; `all`: also `grad:<input>` for real inputs. Ignored when `optimizer` is given. */
  readonly gradients: 'none' | 'parameters' | 'all'
  /** The update joins the program: parameters and optimiser state get new values at the end of the run. */
  readonly optimizer?: { readonly definition: OptimizerDefinition; readonly params: Readonly<Record<string, unknown>> }
  /** Paths of nodes whose outputs are wanted as `activation:<path>.<port>`. */
  readonly activations?: readonly string[]
}

/** Data inputs that lowering adds beside the graph's own (those are called by their node id). */
export const inputNames = {
  /** i32 [2]: seed and step, for random numbers. Present only where the program draws some. */
  key: '$key',
  /** f32 []: learning rate of this step. */
  lr: '$lr',
  /** f32 []: number of the step, from 1. */
  step: '$step',
} as const

/** Outputs: the model's own (`logits`, `loss` …) by name, and these. */
export const outputNames = {
  metric: (name: string) => `metric:${name}`,
  gradient: (name: string) => `grad:${name}`,
  activation: (path: string, port: string) => `activation:${path}.${port}`,
} as const

/** State slots: a weight is `conv1.kernel`, optimiser state `conv1.kernel:v`. */
export const stateNames = {
  weight: (path: string, weight: string) => `${path}.${weight}`,
  optimizer: (parameter: string, state: string) => `${parameter}:${state}`,
} as const

export interface Lowered {
  readonly program: Program
  /** Model outputs in order, without metrics, gradients and activations. */
  readonly outputs: readonly string[]
  /** Weight names in forward order. */
  readonly weights: readonly { readonly name: string; readonly trainable: boolean }[]
}
