/** @file What others may see of a forward pass under construction. In: nothing. Out: types. */
import type { Endpoint } from '../core/diagnostics'
import type { ShapedNode } from '../shapes/shaped-graph'
import type { Tensor } from './emit'

/** A trainable weight; `path` is the node it belongs to. */
export interface Parameter {
  readonly name: string
  readonly path: string
  readonly value: Tensor
  /** On top of the learning rate. */
  readonly rateMultiplier: number
  /** α of the decay (1 − εα)w. */
  readonly decay: number
}

/** What of a forward pass an update, or a rule with an objective of its own, may look at. */
export interface ForwardView {
  /** In forward order. */
  readonly nodes: readonly ShapedNode[]
  valueAt(end: Endpoint): Tensor
  /** A `DiagnosedError` where the graph has none. */
  loss(): Tensor
  trainable(): readonly Parameter[]
}
