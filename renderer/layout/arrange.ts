/**
 * @file Automatic layout. In: nodes and wires. Out: top left corners, left to right, long chains wrapped into rows like lines of text.
 * Dagre (Gansner et al. 1993, network simplex and crossing reduction) gives columns and lanes; the wrapping is ours: columns are cut into
 * rows so that the whole fits the given aspect at the largest zoom, preferably where few wires cross the cut. Every length of the rows is
 * tried, with rows that may end a little earlier and with rows that may not.
 */
import { Graph, layout } from '@dagrejs/dagre'
import { COLUMN_GAP, COLUMN_PITCH, LANE_HEIGHT, NODE_HEIGHT, NODE_WIDTH, type Point } from './sizes'

export interface LayoutInput {
  readonly nodes: readonly string[]
  readonly edges: readonly (readonly [from: string, to: string])[]
  /** Of nodes that are taller than usual. */
  readonly heights?: Readonly<Record<string, number>>
  /** Extents of the window in which the result should be readable. */
  readonly window?: { readonly width: number; readonly height: number }
}

interface Placed {
  readonly id: string
  readonly column: number
  /** Centre line, relative to the dagre drawing. */
  readonly y: number
  /** Room that is kept for it from top to bottom. */
  readonly lane: number
}

const ROW_GAP = 40
const LANE_GAP = 16
/** The canvas at 1280×720, panels at their usual sizes. */
const WINDOW = { width: 752, height: 384 }

export function arrange(input: LayoutInput): Record<string, Point> {
  if (input.nodes.length === 0) return {}
  const placed = columnsByDagre(input)
  const columns = placed.reduce((most, node) => Math.max(most, node.column), 0) + 1
  const crossings = wiresAcross(placed, input.edges, columns)
  const window = input.window ?? WINDOW
  let best: { rows: Row[]; value: number } | undefined
  for (let perRow = Math.min(3, columns); perRow <= columns; perRow++)
    for (const earlier of new Set([Math.floor(perRow / 3), 0])) {
      const rows = cut(placed, columns, perRow, earlier, crossings)
      const value = worth(rows, crossings, window)
      if (!best || value > best.value + 1e-9) best = { rows, value }
    }
  return positions(best?.rows ?? [])
}

/** The zoom at which the window shows all rows; where that is equal, fewer cut wires, then fewer rows. */
function worth(rows: readonly Row[], crossings: readonly number[], window: { readonly width: number; readonly height: number }): number {
  const { width, height } = extents(rows)
  const zoom = Math.min(1, window.width / width, window.height / height)
  const cutWires = rows.slice(1).reduce((sum, row) => sum + Math.max(0, (crossings[row.first - 1] ?? 1) - 1), 0)
  return zoom - cutWires * 0.03 - rows.length * 1e-4
}

function columnsByDagre(input: LayoutInput): Placed[] {
  const graph = new Graph()
  graph.setGraph({ rankdir: 'LR', nodesep: LANE_GAP, ranksep: COLUMN_PITCH - NODE_WIDTH, ranker: 'network-simplex' })
  const laneOf = (id: string): number => LANE_HEIGHT + Math.max(0, (input.heights?.[id] ?? NODE_HEIGHT) - NODE_HEIGHT)
  graph.setDefaultEdgeLabel(() => ({}))
  for (const id of input.nodes) graph.setNode(id, { width: NODE_WIDTH, height: laneOf(id) })
  const known = new Set(input.nodes)
  for (const [from, to] of input.edges) if (known.has(from) && known.has(to) && from !== to) graph.setEdge(from, to)
  layout(graph)
  const nodes = input.nodes.map((id) => ({ id, x: Number(graph.node(id).x), y: Number(graph.node(id).y) }))
  const xs = [...new Set(nodes.map((node) => Math.round(node.x)))].sort((a, b) => a - b)
  return nodes.map(({ id, x, y }) => ({ id, y, lane: laneOf(id), column: xs.indexOf(Math.round(x)) }))
}

/** For every boundary after a column: how many wires pass it. */
function wiresAcross(placed: readonly Placed[], edges: LayoutInput['edges'], columns: number): number[] {
  const columnOf = new Map(placed.map((node) => [node.id, node.column]))
  const counts = new Array<number>(columns).fill(0)
  for (const [from, to] of edges)
    for (let column = columnOf.get(from) ?? 0; column < (columnOf.get(to) ?? 0); column++) counts[column] = (counts[column] ?? 0) + 1
  return counts
}

interface Row {
  readonly first: number
  readonly nodes: readonly Placed[]
  readonly top: number
  readonly bottom: number
  readonly columns: number
}

/** Rows of at most `perRow` columns; a row may end up to `earlier` columns before that where fewer wires cross. */
function cut(placed: readonly Placed[], columns: number, perRow: number, earlier: number, crossings: readonly number[]): Row[] {
  const rows: Row[] = []
  let first = 0
  while (first < columns) {
    let end = Math.min(columns, first + perRow)
    if (end < columns) {
      const earliest = Math.max(first + 1, end - earlier)
      for (let candidate = end - 1; candidate >= earliest; candidate--)
        if ((crossings[candidate - 1] ?? 0) < (crossings[end - 1] ?? 0)) end = candidate
    }
    const nodes = placed.filter((node) => node.column >= first && node.column < end)
    const top = Math.min(...nodes.map(({ y, lane }) => y - lane / 2))
    const bottom = Math.max(...nodes.map(({ y, lane }) => y + lane / 2))
    rows.push({ first, nodes, top, bottom, columns: end - first })
    first = end
  }
  return rows
}

function extents(rows: readonly Row[]): { width: number; height: number } {
  const width = Math.max(...rows.map((row) => row.columns)) * COLUMN_PITCH - COLUMN_GAP
  const height = rows.reduce((sum, row) => sum + row.bottom - row.top + ROW_GAP, -ROW_GAP)
  return { width, height }
}

function positions(rows: readonly Row[]): Record<string, Point> {
  const result: Record<string, Point> = {}
  let top = 0
  for (const row of rows) {
    for (const node of row.nodes) {
      const middle = top + node.y - row.top
      result[node.id] = { x: (node.column - row.first) * COLUMN_PITCH, y: Math.round(middle - NODE_HEIGHT / 2) }
    }
    top += row.bottom - row.top + ROW_GAP
  }
  return result
}
