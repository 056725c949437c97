/**
 * @file What the engine makes of the document. In: a document. Out: its shaped graph and every problem, computed once per change that matters
 * (moving a node does not) and shared by all who ask.
 */
import { useMemo } from 'react'
import type { TensorType } from '../../engine/core/tensor'
import type { GraphDocument } from '../../engine/document/schema'
import { checkStructure } from '../../engine/document/structure'
import { inferShapes } from '../../engine/shapes/infer'
import type { ShapedGraph, ShapedNode } from '../../engine/shapes/shaped-graph'
import { unreachedIn } from '../../engine/shapes/unreached'
import { useDocument } from './document'
import { groupProblems, type Problem } from './problems'

export interface Shaped {
  readonly graph: ShapedGraph
  readonly byPath: ReadonlyMap<string, ShapedNode>
  readonly problems: readonly Problem[]
}

/** Everything inference depends on: the parts of the document but for the layout. */
function ingredients(document: GraphDocument): readonly unknown[] {
  const blocks = Object.entries(document.blocks).flatMap(([id, block]) => [id, block.nodes, block.edges, block.params])
  return [document.nodes, document.edges, document.data, document.training, ...blocks]
}

let latest: { readonly key: readonly unknown[]; readonly shaped: Shaped } | undefined

export function shapedOf(document: GraphDocument): Shaped {
  const key = ingredients(document)
  if (latest && latest.key.length === key.length && latest.key.every((part, index) => part === key[index])) return latest.shaped
  const shaped = shape(document)
  latest = { key, shaped }
  return shaped
}

/** Without touching the shared result: for trying a change out. */
export function shape(document: GraphDocument): Shaped {
  const graph = inferShapes(document)
  // A graph that is not whole yet may still get the way that is missing.
  const warnings = graph.diagnostics.length === 0 ? unreachedIn(document, graph) : []
  const problems = groupProblems(document, checkStructure(document), [...graph.diagnostics, ...warnings])
  return { graph, byPath: new Map(graph.nodes.map((node) => [node.path, node])), problems }
}

export function useShaped(): Shaped {
  const document = useDocument((state) => state.document)
  return useMemo(() => shapedOf(document), [document])
}

/** `N×6×24×24`; the batch is what the first axis always is. */
export const formatType = (type: TensorType | undefined): string =>
  type === undefined ? '' : type.shape.length === 0 ? '1' : ['N', ...type.shape.slice(1)].join('×')

/** The same without the batch: `6×24×24`. */
export const formatSample = (type: TensorType | undefined): string =>
  type === undefined ? '?' : type.shape.length <= 1 ? '1' : type.shape.slice(1).join('×')
