/**
 * @file What a gradient check says (notes 002 §3). In: nothing. Out: the types that the check, the protocol, the command line and the editor share.
 */
import type { Shape } from '../core/tensor'
import type { GraphDocument } from '../document/schema'

/**
 * `agrees`: computed gradient and central difference are the same but for rounding. `kink`: they are not at this very point, but beside it: the
 * loss has no derivative here (ReLU at 0, a tie of a maximum, a step). `differs`: the gradient is wrong.
 */
export type GradientVerdict = 'agrees' | 'kink' | 'differs'

/** One element of a parameter, measured. */
export interface ElementCheck {
  /** Flat, row-major. */
  readonly index: number
  readonly gradient: number
  /** (L(w + ε) − L(w − ε)) / 2ε */
  readonly difference: number
  /** (L(w + ε) − L(w)) / ε */
  readonly forward: number
  /** (L(w) − L(w − ε)) / ε */
  readonly backward: number
  /** |gradient − difference|, relative to the larger of them (see gradient-check.ts for those near zero). */
  readonly error: number
  readonly verdict: GradientVerdict
}

export interface TensorCheck {
  readonly name: string
  /** Path of its node. */
  readonly node: string
  readonly shape: Shape
  readonly elements: number
  /** How many were measured: all, or a seeded sample. */
  readonly checked: number
  /** Elements on a kink. */
  readonly kinks: number
  readonly verdict: GradientVerdict
  /** The largest of those that are not on a kink. */
  readonly error: number
  /** Of the whole tensor. */
  readonly largestGradient: number
  /** The element that says most: the worst that differs, else one on a kink, else the largest error. */
  readonly worst: ElementCheck
}

export interface GradientReport {
  readonly loss: number
  readonly samples: number
  readonly epsilon: number
  /** What errors are held against. */
  readonly tolerance: number
  readonly tensors: readonly TensorCheck[]
}

export interface GradientProgress {
  readonly done: number
  readonly total: number
  /** The tensor at work. */
  readonly tensor: string
}

/** What the editor asks for. */
export interface GradientCheckRequest {
  readonly document: GraphDocument
  /** `run`: those of the latest run. */
  readonly weights: 'fresh' | 'run'
  readonly epsilon?: number
  readonly samples?: number
}
