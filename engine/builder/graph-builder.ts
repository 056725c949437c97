/** @file The builder as a person sees it: one method per layer, and these. In: nothing. Out: the types behind `graph`. */
import type { GraphDocument, Layout } from '../document/schema'
import type { BlockDefinition, BlockInputs, BlockParams } from './block-definition'
import type { Bound, DataMethods, Handle, LayerMethods, NodeOptions, Result, Source, Widened } from './types'

export interface GraphBuilder extends LayerMethods, DataMethods {
  /** A dense output layer, a label node called `label` and the softmax cross-entropy between them. */
  classify(features: Source, numClasses: Bound<number>): Handle
  /** An instance of a block. */
  use<P extends BlockParams, I extends string, O extends string>(
    block: BlockDefinition<P, I, O>,
    inputs: BlockInputs<I>,
    options?: { readonly [K in keyof P]?: Bound<Widened<P[K]>> } & NodeOptions,
  ): Result<O>
  /** Keeps a block in the document without an instance. */
  define(block: BlockDefinition): void
  /** Positions on the canvas by node id; nodes without one are laid out automatically. */
  layout(positions: Layout): void
}

export interface DocumentBuilder extends GraphBuilder {
  document(): GraphDocument
}
