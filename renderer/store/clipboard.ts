/**
 * @file Copy and paste between graphs and windows. In: a selection. Out: text for the system clipboard; and back into a draft with fresh ids.
 */
import type { Draft } from 'immer'
import { z } from 'zod'
import { blockSchema, edgeSchema, type Graph, type GraphDocument, type GraphNode, graphSchema } from '../../engine/document/schema'
import type { Point } from '../layout/sizes'
import { addNode, connect, freshId, idsOf } from './edits'
import { isBlockPort, layerOf, portsIn } from './graphs'
import { follow } from './weight-references'

const clipSchema = z.strictObject({
  netloomClip: z.literal(1),
  graph: graphSchema,
  blocks: z.record(z.string(), blockSchema),
  /** Wires from nodes that were not copied. */
  incoming: z.array(edgeSchema).default([]),
})
export type Clip = z.infer<typeof clipSchema>

/** The selected nodes, the wires between them and into them, and the blocks they need. */
export function clipOf(document: GraphDocument, graph: Graph, shown: Readonly<Record<string, Point>>, ids: readonly string[]): Clip {
  const chosen = new Set(ids)
  const nodes = graph.nodes.filter((node) => chosen.has(node.id) && !isBlockPort(node))
  const kept = new Set(idsOf({ nodes }))
  const blocks: Clip['blocks'] = {}
  const gather = (list: Graph['nodes']): void => {
    for (const { block } of list) {
      const inner = block === undefined ? undefined : document.blocks[block]
      if (block === undefined || !inner || blocks[block]) continue
      blocks[block] = inner
      gather(inner.nodes)
    }
  }
  gather(nodes)
  return {
    netloomClip: 1,
    graph: {
      nodes,
      edges: graph.edges.filter((edge) => kept.has(edge.from.node) && kept.has(edge.to.node)),
      layout: Object.fromEntries(nodes.map((node) => [node.id, { ...(shown[node.id] ?? { x: 0, y: 0 }) }])),
    },
    blocks,
    incoming: graph.edges.filter((edge) => !kept.has(edge.from.node) && kept.has(edge.to.node)),
  }
}

/** A clip from clipboard text; undefined when the text is something else. */
export function parseClip(text: string): Clip | undefined {
  if (!text.includes('netloomClip')) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined // Other text that happens to contain the word.
  }
  const parsed = clipSchema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

/** Pastes with fresh ids; the clip's top left corner comes to lie `at` the given point, or moved by an offset. Returns the new ids. */
export function pasteClip(
  draft: Draft<GraphDocument>,
  graph: Draft<Graph>,
  clip: Clip,
  place: { at?: Point; offset?: Point },
  keepsWires = false,
): string[] {
  for (const [id, block] of Object.entries(clip.blocks)) if (!draft.blocks[id]) draft.blocks[id] = structuredClone(block)
  const corners = Object.values(clip.graph.layout)
  const left = Math.min(...corners.map((corner) => corner.x))
  const top = Math.min(...corners.map((corner) => corner.y))
  const shift = place.at ? { x: place.at.x - left, y: place.at.y - top } : (place.offset ?? { x: 0, y: 0 })
  const renamed = new Map<string, string>()
  for (const node of clip.graph.nodes) {
    const stem = layerOf(node)?.idStem ?? node.block ?? node.id.replace(/\d+$/, '')
    const id = graph.nodes.some((other) => other.id === node.id) ? freshId(idsOf(graph), stem) : node.id
    renamed.set(node.id, id)
    const corner = clip.graph.layout[node.id] ?? { x: 0, y: 0 }
    addNode(graph, { ...structuredClone(node), id }, { x: corner.x + shift.x, y: corner.y + shift.y })
  }
  for (const node of graph.nodes) if ([...renamed.values()].includes(node.id)) follow(node, (id) => renamed.get(id))
  for (const edge of clip.graph.edges) {
    const from = renamed.get(edge.from.node)
    const to = renamed.get(edge.to.node)
    if (from !== undefined && to !== undefined) connect(graph, { node: from, port: edge.from.port }, { node: to, port: edge.to.port })
  }
  for (const edge of keepsWires ? clip.incoming : []) {
    const to = renamed.get(edge.to.node)
    const source = graph.nodes.find(({ id }) => id === edge.from.node)
    const isThere = source && portsIn(draft as GraphDocument, source as GraphNode).outputs.some(({ name }) => name === edge.from.port)
    if (to !== undefined && isThere) connect(graph, edge.from, { node: to, port: edge.to.port })
  }
  return [...renamed.values()]
}
