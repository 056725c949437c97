/**
 * @file Making a block of some nodes, and nodes of a block again. In: drafts and ids. Out: the drafts changed, so that the network computes what it
 * did before. The way of a wire into a variadic port, whose order counts, is kept both ways.
 */
import type { Draft } from 'immer'
import type { Endpoint } from '../../engine/core/diagnostics'
import { BLOCK_INPUT_PORT, BLOCK_OUTPUT_PORT, type Blocks, nodeKinds } from '../../engine/document/ports'
import {
  type Block,
  type DocumentParam,
  type Graph,
  type GraphDocument,
  type GraphEdge,
  type GraphNode,
  paramRefSchema,
} from '../../engine/document/schema'
import { positionsOf } from '../layout/positions'
import { COLUMN_PITCH, LANE_HEIGHT, NODE_HEIGHT, NODE_WIDTH, type Point } from '../layout/sizes'
import { freshId, idsOf } from './edits'
import { isBlock, isBlockPort, layerOf, portsIn, sameEnd } from './graphs'
import { follow, inherited } from './weight-references'

type DocumentDraft = Draft<GraphDocument>
type GraphDraft = Draft<Graph>

/** Data enters at the top, and a block's ports are its own: neither can be put into a block. */
export const packable = (graph: Graph, ids: readonly string[]): string[] =>
  ids.filter((id) => {
    const node = graph.nodes.find((one) => one.id === id)
    const role = node && layerOf(node)?.role?.type
    return node !== undefined && !isBlockPort(node) && role !== 'input' && role !== 'label'
  })

/** A node on a way out of the set and back into it: packed without it, the block would feed itself. */
export function nodeBetween(graph: Graph, ids: readonly string[]): string | undefined {
  const inside = new Set(ids)
  const reached = new Set<string>()
  const queue = graph.edges.filter(({ from, to }) => inside.has(from.node) && !inside.has(to.node)).map(({ to }) => to.node)
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (reached.has(id)) continue
    reached.add(id)
    queue.push(...graph.edges.filter(({ from, to }) => from.node === id && !inside.has(to.node)).map(({ to }) => to.node))
  }
  return graph.edges.find(({ from, to }) => reached.has(from.node) && inside.has(to.node))?.from.node
}

const distinct = (ends: readonly Endpoint[]): Endpoint[] =>
  ends.filter((end, index) => ends.findIndex((one) => sameEnd(one, end)) === index)

/** Replaces nodes by an instance of a new block made of them. Returns the instance's id. `blockId` names the block that is open. */
export function pack(draft: DocumentDraft, graph: GraphDraft, blockId: string | undefined, ids: readonly string[], title: string): string {
  const inside = new Set(ids)
  const nodes = graph.nodes.filter((node) => inside.has(node.id))
  const isFree = Object.keys(graph.layout).length === 0
  const shown = positionsOf(graph as Graph, draft.blocks as Blocks)
  const arriving = graph.edges.filter((edge) => !inside.has(edge.from.node) && inside.has(edge.to.node))
  const sources = distinct(arriving.map((edge) => edge.from))
  const used = graph.edges.filter((edge) => inside.has(edge.from.node))
  const loose = nodes
    .filter((node) => layerOf(node)?.role?.type !== 'loss')
    .flatMap((node) => portsIn(draft as GraphDocument, node as GraphNode).outputs.map(({ name }) => ({ node: node.id, port: name })))
    .filter((end) => !used.some((edge) => sameEnd(edge.from, end)))
  const results = distinct([...used.filter((edge) => !inside.has(edge.to.node)).map((edge) => edge.from), ...loose])

  const taken = [...ids]
  const portNames = (count: number, stem: string): string[] =>
    Array.from({ length: count }, () => {
      const name = count === 1 && !taken.includes(stem) ? stem : freshId(taken, stem)
      taken.push(name)
      return name
    })
  const inputs = portNames(sources.length, 'x')
  const outputs = portNames(results.length, 'y')
  const inputOf = (end: Endpoint): string => inputs[sources.findIndex((one) => sameEnd(one, end))] as string
  const outputOf = (end: Endpoint): string => outputs[results.findIndex((one) => sameEnd(one, end))] as string

  const params = paramsUsed(nodes as GraphNode[], blockId === undefined ? undefined : (draft.blocks[blockId] as Block))
  const block: Block = {
    title,
    params,
    nodes: [
      ...inputs.map((id) => ({ id, kind: nodeKinds.blockInput, params: {} })),
      ...(structuredClone(nodes.map(plain)) as GraphNode[]),
      ...outputs.map((id) => ({ id, kind: nodeKinds.blockOutput, params: {} })),
    ],
    edges: [
      ...graph.edges
        .filter((edge) => inside.has(edge.to.node))
        .map(({ from, to }) => ({
          from: inside.has(from.node) ? { ...from } : { node: inputOf(from), port: BLOCK_INPUT_PORT },
          to: { ...to },
        })),
      ...results.map((from) => ({ from: { ...from }, to: { node: outputOf(from), port: BLOCK_OUTPUT_PORT } })),
    ],
    layout: isFree ? {} : innerLayout(ids, shown, inputs, outputs),
  }
  const name = freshId(Object.keys(draft.blocks), 'block')
  draft.blocks[name] = block as Draft<Block>

  const instance: GraphNode = {
    id: freshId(idsOf(graph), 'block'),
    kind: nodeKinds.block,
    block: name,
    params: Object.fromEntries(Object.keys(params).map((param) => [param, { $param: param }])),
  }
  const fed = new Set<string>()
  const edges: GraphEdge[] = graph.edges.flatMap(({ from, to }): GraphEdge[] => {
    if (inside.has(from.node)) return inside.has(to.node) ? [] : [{ from: { node: instance.id, port: outputOf(from) }, to: { ...to } }]
    if (!inside.has(to.node)) return [{ from: { ...from }, to: { ...to } }]
    const port = inputOf(from)
    if (fed.has(port)) return []
    fed.add(port)
    return [{ from: { ...from }, to: { node: instance.id, port } }]
  })
  const first = graph.nodes.findIndex((node) => inside.has(node.id))
  const corner = shown[nodes.map((node) => node.id).sort((a, b) => (shown[a]?.x ?? 0) - (shown[b]?.x ?? 0))[0] ?? '']
  graph.nodes.splice(first, 0, instance as Draft<GraphNode>)
  graph.nodes = graph.nodes.filter((node) => !inside.has(node.id))
  for (const node of graph.nodes) follow(node, (one) => (inside.has(one) ? `${instance.id}/${one}` : undefined))
  graph.edges = edges
  for (const id of ids) delete graph.layout[id]
  if (!isFree && corner) graph.layout[instance.id] = { ...corner }
  return instance.id
}

const plain = (node: Draft<GraphNode>): unknown => JSON.parse(JSON.stringify(node))

/** The open block's parameters that these nodes refer to, with their defaults. */
function paramsUsed(nodes: readonly GraphNode[], around: Block | undefined): Block['params'] {
  const names = new Set<string>()
  for (const value of nodes.flatMap((node) => [...Object.values(node.params), node.bypass])) {
    const reference = paramRefSchema.safeParse(value)
    if (reference.success) names.add(reference.data.$param)
  }
  return Object.fromEntries(Object.entries(around?.params ?? {}).filter(([name]) => names.has(name)))
}

/** The nodes where they stood; ports in a column before and after them. */
function innerLayout(
  ids: readonly string[],
  shown: Readonly<Record<string, Point>>,
  inputs: readonly string[],
  outputs: readonly string[],
): Record<string, Point> {
  const places = ids.flatMap((id) => (shown[id] ? [[id, shown[id] as Point] as const] : []))
  const xs = places.map(([, { x }]) => x)
  const ys = places.map(([, { y }]) => y)
  const middle = (Math.min(...ys) + Math.max(...ys)) / 2
  const column = (names: readonly string[], x: number) =>
    names.map((name, index) => [name, { x, y: Math.round(middle + (index - (names.length - 1) / 2) * LANE_HEIGHT) }] as const)
  return Object.fromEntries([
    ...places.map(([id, { x, y }]) => [id, { x, y }] as const),
    ...column(inputs, Math.min(...xs) - COLUMN_PITCH),
    ...column(outputs, Math.max(...xs) + COLUMN_PITCH),
  ])
}

/** Replaces an instance by what its block is made of. Returns the ids of the new nodes. */
export function unpack(draft: DocumentDraft, graph: GraphDraft, id: string): string[] {
  const instance = graph.nodes.find((node) => node.id === id)
  const block = instance?.block === undefined ? undefined : draft.blocks[instance.block]
  if (!instance || !block) return []
  const inner = block.nodes.filter((node) => !isBlockPort(node))
  const names = new Map<string, string>()
  const taken = idsOf(graph)
  for (const node of inner) {
    const stem = layerOf(node)?.idStem ?? node.block ?? node.id.replace(/\d+$/, '')
    const name = taken.includes(node.id) ? freshId(taken, stem) : node.id
    taken.push(name)
    names.set(node.id, name)
  }
  const resolve = (value: DocumentParam): DocumentParam => {
    const reference = paramRefSchema.safeParse(value)
    if (!reference.success) return value
    return (instance.params[reference.data.$param] ?? block.params[reference.data.$param] ?? value) as DocumentParam
  }
  const nodes = inner.map((node): GraphNode => {
    const { bypass, ...copy } = plain(node) as GraphNode
    const skipped = bypass === undefined ? false : resolve(bypass)
    const takesFreeze = isBlock(node) || layerOf(node)?.weights !== undefined
    return {
      ...copy,
      id: names.get(node.id) as string,
      params: Object.fromEntries(Object.entries(copy.params).map(([name, value]) => [name, resolve(value)])),
      ...(skipped !== false && { bypass: skipped as GraphNode['bypass'] }),
      ...(takesFreeze && inherited(instance, node)),
    }
  })
  for (const [index, node] of nodes.entries())
    if (inner[index]?.sharesWith !== undefined || inner[index]?.tiedTo !== undefined) follow(node, (one) => names.get(one))
  const feeds = new Map(graph.edges.filter((edge) => edge.to.node === id).map((edge) => [edge.to.port, { ...edge.from }]))
  /** From inside the block to the graph around it; undefined for an input that nothing feeds. */
  const outside = (end: Endpoint): Endpoint | undefined => {
    const name = names.get(end.node)
    return name === undefined ? feeds.get(end.node) : { node: name, port: end.port }
  }
  const arriving = graph.edges.flatMap(({ from, to }): GraphEdge[] => {
    if (to.node === id) return []
    if (from.node !== id) return [{ from: { ...from }, to: { ...to } }]
    const source = block.edges.find((edge) => edge.to.node === from.port)?.from
    const end = source && outside(source)
    return end ? [{ from: end, to: { ...to } }] : []
  })
  const within = block.edges.flatMap(({ from, to }): GraphEdge[] => {
    const target = names.get(to.node)
    const end = outside(from)
    return target !== undefined && end ? [{ from: end, to: { node: target, port: to.port } }] : []
  })
  if (Object.keys(graph.layout).length > 0)
    makeRoom(
      graph,
      { id, at: positionsOf(graph as Graph, draft.blocks as Blocks)[id] },
      inner.map((node) => node.id),
      positionsOf(block as Graph, draft.blocks as Blocks),
      names,
    )
  graph.nodes.splice(graph.nodes.indexOf(instance), 1, ...(nodes as Draft<GraphNode>[]))
  graph.edges = [...arriving, ...within]
  delete graph.layout[id]
  return [...names.values()]
}

/** Lays the inner nodes where the instance stood and moves what is to the right of it or below out of the way. */
function makeRoom(
  graph: GraphDraft,
  { id, at }: { readonly id: string; readonly at: Point | undefined },
  inner: readonly string[],
  shown: Readonly<Record<string, Point>>,
  names: ReadonlyMap<string, string>,
): void {
  const corner = at ?? { x: 0, y: 0 }
  const places = inner.flatMap((one) => (shown[one] ? [[one, shown[one] as Point] as const] : []))
  if (places.length === 0) return
  const left = Math.min(...places.map(([, { x }]) => x))
  const top = Math.min(...places.map(([, { y }]) => y))
  const width = Math.max(...places.map(([, { x }]) => x)) - left + NODE_WIDTH
  const height = Math.max(...places.map(([, { y }]) => y)) - top + NODE_HEIGHT
  for (const [other, place] of Object.entries(graph.layout)) {
    if (other === id) continue
    if (place.y >= corner.y + LANE_HEIGHT) place.y += height - NODE_HEIGHT
    else if (place.x > corner.x && place.y > corner.y - LANE_HEIGHT) place.x += width - NODE_WIDTH
  }
  for (const [one, { x, y }] of places) graph.layout[names.get(one) as string] = { x: corner.x + x - left, y: corner.y + y - top }
}
