/**
 * @file What lowering is asked for, and what it gives. `lower.ts` does it; names.ts names what its program is fed with and read by.
 */
import type { OptimizerDefinition } from '../optimizers/kit'
import type { Program } from './program'

export interface LowerOptions {
  /** Batch statistics, dropout and running-statistics updates, or evaluation. */
  readonly training: boolean
  /**
   * `parameters`: outputs `grad:<parameter>`; `all`: also `grad:<input>` for real inputs; `traced`, for small networks: also every value of the
   * forward pass with its gradient. `norms`: one length a node, for whoever looks on while training: state stays as it is. Ignored when
   * `optimizer` is given.
   */
  readonly gradients: 'none' | 'parameters' | 'all' | 'traced' | 'norms'
  /** The update joins the program: parameters and optimiser state get new values at the end of the run. */
  readonly optimizer?: UpdateOptions
  /**
   * Second derivatives of the loss, for `gradients: 'none'` and without an update: `product` gives `grad:<parameter>` and
   * `hess:<parameter>`, the Hessian times the vector that is fed; `curvature` gives gᵀg and gᵀHg. State stays as it is.
   */
  readonly secondOrder?: 'product' | 'curvature'
  /** Reads the averages of the weights instead of the weights (see `UpdateOptions.averaging`). */
  readonly averaged?: boolean
  /**
   * What recurrent layers carry at the end of a run is where the next begins, unless the input `$continues` is 0: for batches that continue
   * one another (notes 002 §7), and for text that is written step by step. Default: every run begins at zero. `handed`: it comes in as the
   * inputs `$kept:<slot>` and leaves as the outputs `kept:<slot>`, so that what training keeps in its slots stays as it is.
   */
  readonly keepsState?: boolean | 'handed'
  /**
   * For means over several batches: where a mask decides of how much a loss or a metric is the mean, that number is the output
   * `count:<output>`, and the loss comes in summands too.
   */
  readonly counts?: boolean
  /** Deviation of normal noise on the weights that inputs are multiplied by; only acts in training. */
  readonly weightNoise?: number
  /**
   * In training, the loss is (1 − weight) of its own plus weight times that of inputs moved by ε along the sign of its gradient; that second
   * loss is the metric `adversarialLoss`.
   */
  readonly adversarial?: { readonly epsilon: number; readonly weight: number }
  /** The graph is that of so many copies of the network (shapes/replicas.ts); the loss that is told is their mean. */
  readonly replicas?: number
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

/** A pass that only looks: whatever training would renew (running statistics, states that are kept) stays as it is. */
export const onlyLooks = ({ secondOrder, gradients, optimizer }: LowerOptions): boolean =>
  secondOrder !== undefined || (gradients === 'norms' && !optimizer)

export interface Lowered {
  readonly program: Program
  /** Model outputs in order, without metrics, gradients and activations. */
  readonly outputs: readonly string[]
  /** Weight names in forward order. */
  readonly weights: readonly { readonly name: string; readonly trainable: boolean }[]
  /** State slots that hold what nodes keep from run to run: neither weights nor to be saved with them. */
  readonly kept: readonly string[]
}
