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
  readonly optimizer?: UpdateOptions
  /**
   * Second derivatives of the loss, for `gradients: 'none'` and without an update: `product` gives `grad:<parameter>` and
   * `hess:<parameter>`, the Hessian times the vector that is fed; `curvature` gives gᵀg and gᵀHg. State stays as it is.
   */
  readonly secondOrder?: 'product' | 'curvature'
  /** Reads the averages of the weights instead of the weights (see `UpdateOptions.averaging`). */
  readonly averaged?: boolean
  /** Paths of nodes whose outputs are wanted as `activation:<path>.<port>`. */
  readonly activations?: readonly string[]
}

/** What the update does with the gradients, in this order: clip, the method's rule, the layer's own rate, averaging. */
export interface UpdateOptions {
  readonly definition: OptimizerDefinition
  readonly params: Readonly<Record<string, unknown>>
  /** Gradients longer than this, all taken as one vector, are shortened to it. */
  readonly clipNorm?: number
  /** γ of a moving average of the weights, kept beside them. */
  readonly averaging?: number
  /**
   * Gradients are taken of the loss times the input `$lossScale` and divided by it; where one of them is not finite, as the output `$finite`
   * says, all state keeps its values.
   */
  readonly lossScaling?: boolean
  /** In place of gradients, a solver feeds one direction a parameter. */
  readonly directions?: 'given'
}

/** Data inputs that lowering adds beside the graph's own (those are called by their node id). */
export const inputNames = {
  /** i32 [2]: seed and step, for random numbers. Present only where the program draws some. */
  key: '$key',
  /** f32 []: learning rate of this step. */
  lr: '$lr',
  /** f32 []: number of the step, from 1. */
  step: '$step',
  /** f32 []: what the loss is multiplied by before it is differentiated (`lossScaling`). */
  lossScale: '$lossScale',
  /** What a parameter moves along, when a solver says so. */
  direction: (parameter: string) => `$direction:${parameter}`,
  /** One parameter's part of the vector that the Hessian is multiplied with. */
  vector: (parameter: string) => `$vector:${parameter}`,
} as const

/** Outputs: the model's own (`logits`, `loss` …) by name, and these. */
export const outputNames = {
  metric: (name: string) => `metric:${name}`,
  gradient: (name: string) => `grad:${name}`,
  hessianProduct: (name: string) => `hess:${name}`,
  /** gᵀg and gᵀHg. */
  slopeSquared: 'curvature:first',
  curvature: 'curvature:second',
  /** Length of all gradients as one vector, before they are clipped. */
  gradientNorm: '$gradientNorm',
  activation: (path: string, port: string) => `activation:${path}.${port}`,
  /** f32 []: 1 where all gradients are finite, else 0 (`lossScaling`). */
  finite: '$finite',
} as const

/** State slots: a weight is `conv1.kernel`, optimiser state `conv1.kernel:v`. */
export const stateNames = {
  weight: (path: string, weight: string) => `${path}.${weight}`,
  optimizer: (parameter: string, state: string) => `${parameter}:${state}`,
  average: (parameter: string) => `${parameter}:average`,
} as const

export interface Lowered {
  readonly program: Program
  /** Model outputs in order, without metrics, gradients and activations. */
  readonly outputs: readonly string[]
  /** Weight names in forward order. */
  readonly weights: readonly { readonly name: string; readonly trainable: boolean }[]
}
