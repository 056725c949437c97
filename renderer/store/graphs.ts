/**
 * @file Finding one's way in a document. In: a document and the path of opened block instances. Out: the graph that is shown, the ports of
 * its nodes, names for its edges. Pure; shared by edits, canvas and inspector.
 */
import type { Endpoint } from '../../engine/core/diagnostics'
import { type NodePorts, nodeKinds, portsOf } from '../../engine/document/ports'
import type { Block, Graph, GraphDocument, GraphEdge, GraphNode } from '../../engine/document/schema'
import type { AnyLayer, Category } from '../../engine/layers/kit/define'
import { layers } from '../../engine/layers/kit/registry'

export const layerOf = (node: Pick<GraphNode, 'kind'>): AnyLayer | undefined => layers.get(node.kind)

export const isBlock = (node: Pick<GraphNode, 'kind'>): boolean => node.kind === nodeKinds.block

/** A block's own input or output, seen from inside. */
export const isBlockPort = (node: Pick<GraphNode, 'kind'>): boolean =>
  node.kind === nodeKinds.blockInput || node.kind === nodeKinds.blockOutput

const noPorts: NodePorts = { inputs: [], outputs: [] }

/** Ports of a node; none where its kind is unknown (a problem says so). */
export const portsIn = (document: GraphDocument, node: Pick<GraphNode, 'kind' | 'block' | 'params'>): NodePorts =>
  portsOf(node, document.blocks, layers) ?? noPorts

/** The opened graph; `blockId` names the block it belongs to, absent at the top. Stops at the last step that exists. */
export function graphAt(document: GraphDocument, path: readonly string[]): { graph: Graph; blockId?: string; path: readonly string[] } {
  let graph: Graph = document
  let blockId: string | undefined
  const walked: string[] = []
  for (const id of path) {
    const block = graph.nodes.find((node) => node.id === id)?.block
    const inner: Block | undefined = block === undefined ? undefined : document.blocks[block]
    if (!inner) break
    graph = inner
    blockId = block
    walked.push(id)
  }
  return { graph, blockId, path: walked }
}

/** How the engine names a node: `inception3a/conv1`. */
export const pathOf = (path: readonly string[], id: string): string => [...path, id].join('/')

const endKey = (end: Endpoint): string => `${end.node}.${end.port}`

/** Names that stay the same while the edges do; parallel wires get a number. */
export function edgeKeys(edges: readonly GraphEdge[]): string[] {
  const seen = new Map<string, number>()
  return edges.map((edge) => {
    const base = `${endKey(edge.from)}>${endKey(edge.to)}`
    const count = (seen.get(base) ?? 0) + 1
    seen.set(base, count)
    return count === 1 ? base : `${base}#${count}`
  })
}

export const sameEnd = (a: Endpoint, b: Endpoint): boolean => a.node === b.node && a.port === b.port

const COLOURS: Record<Category, string> = {
  data: 'data',
  dense: 'linear',
  convolution: 'conv',
  pooling: 'pool',
  normalization: 'norm',
  activation: 'act',
  sequence: 'seq',
  shape: 'merge',
  merge: 'merge',
  arithmetic: 'merge',
  filter: 'conv',
  information: 'merge',
  regularization: 'norm',
  loss: 'loss',
}

/** CSS colour of a palette section. */
export const colourOf = (category: Category): string => `var(--${COLOURS[category]})`

/** A block takes the colour of the layer most of it is made of. */
export function categoryOf(document: GraphDocument, node: GraphNode): Category {
  if (isBlockPort(node)) return 'data'
  if (!isBlock(node)) return layerOf(node)?.category ?? 'shape'
  const counts = new Map<Category, number>()
  const weigh = (block: Block | undefined, depth: number): void => {
    if (!block || depth > 8) return
    for (const inner of block.nodes) {
      if (isBlock(inner)) weigh(inner.block === undefined ? undefined : document.blocks[inner.block], depth + 1)
      const category = layerOf(inner)?.category
      if (category) counts.set(category, (counts.get(category) ?? 0) + (category === 'convolution' || category === 'dense' ? 3 : 1))
    }
  }
  weigh(node.block === undefined ? undefined : document.blocks[node.block], 0)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'shape'
}
