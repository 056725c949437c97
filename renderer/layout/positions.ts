/**
 * @file Where every node stands. In: a graph whose layout may be missing or partial. Out: a position for each node: the document's own where
 * there is one, otherwise an automatic one that is not written into the document until somebody moves something.
 */
import { type Blocks, portsOf } from '../../engine/document/ports'
import type { Graph, GraphNode } from '../../engine/document/schema'
import { layers } from '../../engine/layers/kit/registry'
import { arrange } from './arrange'
import { COLUMN_PITCH, LANE_HEIGHT, NODE_HEIGHT, NODE_WIDTH, nodeHeight, type Point } from './sizes'

/** By structure: a change of a parameter does not lay out anew. The oldest are forgotten. */
const automatic = new Map<string, Record<string, Point>>()
const REMEMBERED = 24

export function positionsOf(graph: Graph, blocks: Blocks): Readonly<Record<string, Point>> {
  const missing = graph.nodes.filter((node) => !graph.layout[node.id])
  if (missing.length === 0) return graph.layout
  if (missing.length === graph.nodes.length) return arranged(graph, blocks)
  const positions: Record<string, Point> = {}
  for (const node of graph.nodes) {
    const own = graph.layout[node.id]
    if (own) positions[node.id] = own
  }
  const heights = heightsOf(graph, blocks)
  for (const node of missing) {
    const source = graph.edges.find((edge) => edge.to.node === node.id && positions[edge.from.node])
    const near = source && positions[source.from.node]
    const start = near ? { x: near.x + COLUMN_PITCH, y: near.y } : { x: 0, y: LANE_HEIGHT }
    positions[node.id] = freeSpot(start, occupied(positions, heights), heights[node.id])
  }
  return positions
}

/** How tall the nodes are that have more ports than a compact one shows. */
export const heightsOf = (graph: Graph, blocks: Blocks): Readonly<Record<string, number>> =>
  Object.fromEntries(
    graph.nodes.flatMap((node) => {
      const height = heightOf(node, blocks)
      return height > NODE_HEIGHT ? [[node.id, height] as const] : []
    }),
  )

export function heightOf(node: GraphNode, blocks: Blocks): number {
  const ports = portsOf(node, blocks, layers)
  return ports ? nodeHeight(ports) : NODE_HEIGHT
}

function arranged(graph: Graph, blocks: Blocks): Record<string, Point> {
  const nodes = graph.nodes.map((node) => node.id)
  const edges = graph.edges.map((edge) => [edge.from.node, edge.to.node] as const)
  const heights = heightsOf(graph, blocks)
  const key = `${nodes.join(' ')}|${edges.join(' ')}|${JSON.stringify(heights)}`
  const known = automatic.get(key)
  if (known) return known
  const positions = arrange({ nodes, edges, heights })
  automatic.set(key, positions)
  for (const old of automatic.keys()) {
    if (automatic.size <= REMEMBERED) break
    automatic.delete(old)
  }
  return positions
}

/** Where a node stands and how tall it is. */
export interface Occupied extends Point {
  readonly height: number
}

export const occupied = (positions: Readonly<Record<string, Point>>, heights: Readonly<Record<string, number>>): Occupied[] =>
  Object.entries(positions).map(([id, { x, y }]) => ({ x, y, height: heights[id] ?? NODE_HEIGHT }))

/** The nearest place at or below `start` where a node of this height covers no other. */
export function freeSpot(start: Point, taken: readonly Occupied[], height = NODE_HEIGHT): Point {
  const { x } = start
  let { y } = start
  for (let tries = 0; tries < 200; tries++) {
    // Corners are those of compact nodes: taller ones reach as far above as below them.
    const hit = taken.find((other) => Math.abs(other.x - x) < NODE_WIDTH + 8 && Math.abs(other.y - y) < LANE_HEIGHT + excess(other))
    if (!hit) return { x, y }
    y = hit.y + LANE_HEIGHT + excess(hit)
  }
  return { x, y }

  function excess(other: Occupied): number {
    return (other.height - NODE_HEIGHT + height - NODE_HEIGHT) / 2
  }
}
