/**
 * @file Working the graph by keyboard. In: the selection. Out: the next node in a direction selected, or what is selected wired together.
 */
import { positionsOf } from '../layout/positions'
import { connectPorts } from './actions'
import { openedGraph, select, useDocument } from './document'
import { portsIn } from './graphs'
import { shapedOf } from './shaped'
import { refusal, wireInto } from './wiring'

export type Direction = 'upstream' | 'downstream' | 'above' | 'below'

const state = () => useDocument.getState()

/** Along a wire to the left or right; up or down to the nearest node. Returns the node that is now selected. */
export function walk(direction: Direction): string | undefined {
  const graph = openedGraph(state())
  const [from] = state().nodes
  const next = from === undefined ? graph.nodes[0]?.id : neighbour(from, direction)
  if (next !== undefined) select([next])
  return next
}

function neighbour(id: string, direction: Direction): string | undefined {
  const graph = openedGraph(state())
  if (direction === 'downstream') return graph.edges.find((edge) => edge.from.node === id)?.to.node
  if (direction === 'upstream') return graph.edges.find((edge) => edge.to.node === id)?.from.node
  const positions = positionsOf(graph, state().document.blocks)
  const here = positions[id]
  if (!here) return undefined
  const sign = direction === 'below' ? 1 : -1
  // A step aside counts double: up and down should stay in the column.
  const distance = (other: string): number => {
    const at = positions[other]
    return !at || (at.y - here.y) * sign <= 4 ? Number.POSITIVE_INFINITY : Math.abs(at.y - here.y) + 2 * Math.abs(at.x - here.x)
  }
  const best = graph.nodes.map((node) => node.id).sort((a, b) => distance(a) - distance(b))[0]
  return best !== undefined && Number.isFinite(distance(best)) ? best : undefined
}

/** Adds everything that feeds the selected nodes, or everything they feed, to the selection. */
export function selectAlong(direction: 'upstream' | 'downstream'): void {
  const { edges } = openedGraph(state())
  const reached = new Set(state().nodes)
  // A set grows while it is walked: what is added is visited, too.
  for (const id of reached)
    for (const { from, to } of edges) {
      if (direction === 'upstream' && to.node === id) reached.add(from.node)
      if (direction === 'downstream' && from.node === id) reached.add(to.node)
    }
  select([...reached])
}

/** Wires the selected nodes one after another, in the order in which they were selected, over the first free ports that fit, forwards if possible. */
export function connectSelected(): void {
  const { nodes } = state()
  for (const [index, to] of nodes.entries()) {
    const from = nodes[index - 1]
    if (from !== undefined && !connectPair(from, to)) connectPair(to, from)
  }
}

/** Whether the two are wired in this direction, now or before. */
function connectPair(from: string, to: string): boolean {
  const { document, path } = state()
  const graph = openedGraph(state())
  if (graph.edges.some((edge) => edge.from.node === from && edge.to.node === to)) return true
  const shaped = shapedOf(document)
  const source = graph.nodes.find((node) => node.id === from)
  const target = graph.nodes.find((node) => node.id === to)
  if (!source || !target) return false
  for (const output of portsIn(document, source).outputs)
    for (const input of portsIn(document, target).inputs) {
      const ends = { from: { node: from, port: output.name }, to: { node: to, port: input.name } }
      // By keyboard one does not see what would be replaced.
      if (wireInto(document, graph, ends.to) || refusal(document, path, ends.from, ends.to, shaped)) continue
      connectPorts(ends.from, ends.to)
      return true
    }
  return false
}
