/**
 * @file The changes one can make to a graph, as functions on a draft. In: an immer draft of a graph (or document) and what to do. Out: the
 * draft changed. No history, no selection: transactions in document.ts wrap these.
 */
import type { Draft } from 'immer'
import type { Endpoint } from '../../engine/core/diagnostics'
import type { Blocks } from '../../engine/document/ports'
import type { DocumentParam, Graph, GraphDocument, GraphNode } from '../../engine/document/schema'
import { freeSpot, heightOf, heightsOf, occupied } from '../layout/positions'
import { COLUMN_PITCH, LANE_HEIGHT, type Point } from '../layout/sizes'
import { edgeKeys, sameEnd } from './graphs'
import { follow } from './weight-references'

type GraphDraft = Draft<Graph>
type DocumentDraft = Draft<GraphDocument>

/** `conv1`, `conv2` … the first that is free. */
export function freshId(taken: Iterable<string>, stem: string): string {
  const used = new Set(taken)
  const base = stem.replace(/[^A-Za-z0-9_-]/g, '').replace(/^[^A-Za-z]+/, '') || 'node'
  for (let number = 1; ; number++) if (!used.has(`${base}${number}`)) return `${base}${number}`
}

export const idsOf = (graph: { readonly nodes: readonly { readonly id: string }[] }): string[] => graph.nodes.map((node) => node.id)

/** Writes the positions that were only shown, so that an edit does not make everything else move. */
export function pin(graph: GraphDraft, shown: Readonly<Record<string, Point>>): void {
  for (const node of graph.nodes) {
    const position = shown[node.id]
    if (!graph.layout[node.id] && position) graph.layout[node.id] = { x: position.x, y: position.y }
  }
}

export function addNode(graph: GraphDraft, node: GraphNode, at: Point): void {
  graph.nodes.push(node as Draft<GraphNode>)
  graph.layout[node.id] = { x: Math.round(at.x), y: Math.round(at.y) }
}

export const connect = (graph: GraphDraft, from: Endpoint, to: Endpoint): void => {
  graph.edges.push({ from: { ...from }, to: { ...to } })
}

/** With `reconnect`, what fed a node's first input feeds whoever its outputs fed. */
export function removeNodes(graph: GraphDraft, ids: readonly string[], reconnect = false): void {
  for (const id of ids) {
    const source = graph.edges.find((edge) => edge.to.node === id)?.from
    if (reconnect && source) for (const edge of graph.edges) if (edge.from.node === id) edge.from = { node: source.node, port: source.port }
    graph.edges = graph.edges.filter((edge) => edge.from.node !== id && edge.to.node !== id)
    graph.nodes = graph.nodes.filter((node) => node.id !== id)
    delete graph.layout[id]
  }
}

export function removeEdges(graph: GraphDraft, keys: readonly string[]): void {
  const doomed = new Set(keys)
  const names = edgeKeys(graph.edges)
  graph.edges = graph.edges.filter((_, index) => !doomed.has(names[index] as string))
}

/** Puts `node` into a wire; nodes that start at or after the wire's end, beside it or a little above or below, make room. */
export function insertOnWire(
  graph: GraphDraft,
  blocks: Blocks,
  from: Endpoint,
  to: Endpoint,
  node: GraphNode,
  inner: { readonly input: string; readonly output: string },
): void {
  const edge = graph.edges.find((one) => sameEnd(one.from, from) && sameEnd(one.to, to))
  if (!edge) return
  const a = graph.layout[from.node]
  const b = graph.layout[to.node]
  if (a && b) {
    const apart = b.x - a.x
    if (Math.abs(b.y - a.y) < LANE_HEIGHT && apart > 0 && apart < 2 * COLUMN_PITCH - 8) {
      const shift = 2 * COLUMN_PITCH - apart
      for (const other of graph.nodes) {
        const place = graph.layout[other.id]
        if (place && place.x >= b.x && Math.abs(place.y - b.y) < LANE_HEIGHT) place.x += shift
      }
    }
    const wanted = { x: b.x > a.x ? a.x + COLUMN_PITCH : b.x, y: b.x > a.x ? a.y : b.y - 70 }
    addNode(graph, node, freeSpot(wanted, occupied(graph.layout, heightsOf(graph as Graph, blocks)), heightOf(node, blocks)))
  } else graph.nodes.push(node as Draft<GraphNode>)
  edge.to = { node: node.id, port: inner.input }
  // The second half stands where the first did, so that the order of a variadic port's wires stays.
  graph.edges.splice(graph.edges.indexOf(edge) + 1, 0, { from: { node: node.id, port: inner.output }, to: { ...to } })
}

/** Sets a parameter, or removes it where it equals the default: the document holds only what differs. */
export function setParam(node: Draft<GraphNode>, name: string, value: unknown, fallback: unknown): void {
  if (JSON.stringify(value) === JSON.stringify(fallback)) delete node.params[name]
  else node.params[name] = value as DocumentParam
}

/** Renames a node in its graph; the ports of a block are named by nodes, so the wires at its instances follow. */
export function renameNode(draft: DocumentDraft, graph: GraphDraft, blockId: string | undefined, from: string, to: string): void {
  const node = graph.nodes.find((one) => one.id === from)
  if (!node) return
  node.id = to
  for (const edge of graph.edges) for (const end of [edge.from, edge.to]) if (end.node === from) end.node = to
  for (const other of graph.nodes) follow(other, (id) => (id === from ? to : undefined))
  const place = graph.layout[from]
  if (place) {
    delete graph.layout[from]
    graph.layout[to] = place
  }
  if (blockId === undefined || (node.kind !== 'blockInput' && node.kind !== 'blockOutput')) return
  for (const outer of [draft, ...Object.values(draft.blocks)] as GraphDraft[]) {
    const instances = new Set(outer.nodes.filter((one) => one.block === blockId).map((one) => one.id))
    for (const edge of outer.edges) {
      const end = node.kind === 'blockInput' ? edge.to : edge.from
      if (instances.has(end.node) && end.port === from) end.port = to
    }
  }
}
