/**
 * @file A graph whose every wire has a type: what the compiler lowers and what the editor shows.
 * In: a document (blocks expanded, parameters resolved). Out of infer.ts: this, with every problem found, not only the first.
 */
import type { Diagnostic, Endpoint } from '../core/diagnostics'
import type { TensorType } from '../core/tensor'
import type { Regularization, Tie } from '../document/flatten'
import type { AnyLayer, WeightSpec } from '../layers/kit/define'

/** Where an input's value comes from; `node` is a path. */
export interface Source extends Endpoint {
  readonly type: TensorType
}

export interface ShapedNode {
  /** `conv1`, or `inception3a/conv1` inside a block instance. */
  readonly path: string
  readonly layer: AnyLayer
  /** Defaults filled in, references to block parameters resolved. */
  readonly params: Readonly<Record<string, unknown>>
  /** By input port; several sources only where the port is variadic, none only where it is optional. */
  readonly inputs: Readonly<Record<string, readonly Source[]>>
  readonly outputs: Readonly<Record<string, TensorType>>
  /** By weight name, in the order the layer gives them; the program calls them `${path}.${name}`. */
  readonly weights: Readonly<Record<string, WeightSpec>>
  readonly frozen: boolean
  /** On top of the learning rate. */
  readonly rateMultiplier: number
  readonly regularization: Regularization
  /** The node whose weights these are; it is never one that shares itself. */
  readonly sharesWith?: string
  readonly tie?: Tie
  /** Trainable elements that are its own. */
  readonly parameterCount: number
  /** One forward pass of one batch. */
  readonly flops: number
  /** Bytes of the outputs for one batch. */
  readonly activationBytes: number
  /** Height and width of the input region one output element sees; absent where that means nothing. */
  readonly receptiveField?: readonly [number, number]
}

/** The nodes that have weights of their own, not another's. */
export const ownersOf = ({ nodes }: Pick<ShapedGraph, 'nodes'>): readonly ShapedNode[] =>
  nodes.filter(({ sharesWith }) => sharesWith === undefined)

export interface ShapedGraph {
  readonly name: string
  readonly batchSize: number
  /** Only nodes whose shapes are known, in forward order: the document's order wherever it is one. */
  readonly nodes: readonly ShapedNode[]
  /** Type at every `node path` → output port, block instances' own ports included; for the labels on wires. */
  readonly types: ReadonlyMap<string, Readonly<Record<string, TensorType>>>
  readonly diagnostics: readonly Diagnostic[]
}
