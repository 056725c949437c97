/**
 * @file What the canvas draws, worked out of the document. In: document, opened path, shapes, positions. Out: one view per node and wire.
 * Views that did not change keep their identity, so that only what changed is drawn again. Nothing that streams is in here.
 */
import type { TensorType } from '../../engine/core/tensor'
import type { Text } from '../../engine/core/text'
import { datasets } from '../../engine/datasets/registry'
import { type NodePorts, nodeKinds } from '../../engine/document/ports'
import type { Graph, GraphDocument, GraphNode } from '../../engine/document/schema'
import type { ParamSpecs, ParamValues } from '../../engine/layers/kit/params'
import { completeParams } from '../../engine/layers/kit/validate'
import { blocks } from '../../templates/registry'
import { NODE_HEIGHT, NODE_WIDTH, nodeHeight, type Point, portOffset, type Rect, STRIP_HEIGHT } from '../layout/sizes'
import { categoryOf, colourOf, edgeKeys, graphAt, isBlock, isBlockPort, layerOf, pathOf, portsIn } from '../store/graphs'
import { type Problem, problemsOf } from '../store/problems'
import { formatType, type Shaped } from '../store/shaped'
import { type Lane, type Route, routeWire } from './route'
import { labelsOf, showsBatch, type WireLabels } from './wire-labels'

export interface NodeView {
  readonly id: string
  /** As the engine names it. */
  readonly path: string
  readonly title: Text
  readonly brief: string
  readonly colour: string
  readonly ports: NodePorts
  /** Without the live strip. */
  readonly height: number
  readonly isBlock: boolean
  readonly bypassed: boolean
  readonly frozen: boolean
  readonly problems: readonly Problem[]
  /** Whose activations the live strip shows, and how; absent where a picture would say nothing. */
  readonly strip?: { readonly path: string; readonly isInput: boolean }
}

export interface WireView {
  readonly key: string
  readonly from: { readonly node: string; readonly port: string }
  readonly to: { readonly node: string; readonly port: string }
  readonly labels: WireLabels
  readonly route: Route
}

const words = {
  unknown: { en: 'Unknown layer', zh: '未知层' },
  input: { en: 'Input', zh: '输入' },
  output: { en: 'Output', zh: '输出' },
} as const satisfies Record<string, Text>

export function nodeViews(document: GraphDocument, path: readonly string[], shaped: Shaped, previous: readonly NodeView[]): NodeView[] {
  const { graph } = graphAt(document, path)
  const known = new Map(previous.map((view) => [view.id, view]))
  return graph.nodes.map((node) => {
    const view = viewOf(document, graph, path, node, shaped)
    const old = known.get(node.id)
    return old && JSON.stringify(old) === JSON.stringify(view) ? old : view
  })
}

function viewOf(document: GraphDocument, graph: Graph, path: readonly string[], node: GraphNode, shaped: Shaped): NodeView {
  const enginePath = pathOf(path, node.id)
  const ports = portsIn(document, node)
  return {
    id: node.id,
    path: enginePath,
    title: titleOf(document, node),
    brief: briefOf(node, enginePath, shaped),
    colour: colourOf(categoryOf(document, node)),
    ports,
    height: nodeHeight(ports),
    isBlock: isBlock(node),
    bypassed:
      node.bypass === true || (typeof node.bypass === 'object' && !isBlock(node) && !isBlockPort(node) && isBypassed(enginePath, shaped)),
    frozen: node.frozen === true,
    problems: problemsOf(shaped.problems, enginePath),
    strip: stripOf(document, node, graph, enginePath),
  }
}

/** A bypass that hangs on a block's parameter shows in the opened instance: bypassed nodes are not part of the shaped graph. */
const isBypassed = (path: string, shaped: Shaped): boolean => shaped.graph.types.has(path) && !shaped.byPath.has(path)

export function titleOf(document: GraphDocument, node: GraphNode): Text {
  if (node.title) return { en: node.title, zh: node.title }
  if (isBlockPort(node)) {
    const side = node.kind === nodeKinds.blockInput ? words.input : words.output
    return { en: `${side.en} ${node.id}`, zh: `${side.zh} ${node.id}` }
  }
  if (isBlock(node)) return blockTitle(document, node.block ?? node.id)
  const layer = layerOf(node)
  if (layer?.role?.type === 'input' && !isOneOfSeveralInputs(document)) return datasets.get(document.data.source.kind)?.title ?? layer.title
  if (layer?.role?.type === 'input') return { en: node.id, zh: node.id }
  return layer?.title ?? words.unknown
}

/** Several inputs read several fields of one data set: their names, which are those of the fields, tell them apart. */
const isOneOfSeveralInputs = ({ nodes }: GraphDocument): boolean => nodes.filter((node) => layerOf(node)?.role?.type === 'input').length > 1

/** A block that came with Netloom and kept its title has one in every language. */
export function blockTitle(document: GraphDocument, block: string): Text {
  const title = document.blocks[block]?.title ?? block
  const shipped = blocks.get(block)
  return shipped?.label && shipped.graph.title === title ? shipped.label : { en: title, zh: title }
}

function briefOf(node: GraphNode, enginePath: string, shaped: Shaped): string {
  if (isBlock(node)) return node.id
  if (isBlockPort(node)) return ''
  const layer = layerOf(node)
  if (!layer) return node.kind
  const params = shaped.byPath.get(enginePath)?.params ?? completeParams(layer.params, node.params).params
  return layer.brief?.(params as ParamValues<ParamSpecs>) ?? ''
}

function stripOf(document: GraphDocument, node: GraphNode, graph: Graph, enginePath: string): NodeView['strip'] {
  if (isBlock(node)) {
    const inner = innerSource(document, node, enginePath)
    return inner === undefined ? undefined : { path: inner, isInput: false }
  }
  const layer = layerOf(node)
  if (layer?.role?.type === 'input') return { path: enginePath, isInput: true }
  const pictured = layer?.category === 'convolution' || layer?.category === 'dense'
  return pictured && graph.nodes.length <= 120 ? { path: enginePath, isInput: false } : undefined
}

/** What a block instance puts out first, as the path of the layer that computes it. */
function innerSource(document: GraphDocument, node: GraphNode, enginePath: string): string | undefined {
  const block = node.block === undefined ? undefined : document.blocks[node.block]
  const output = block?.nodes.find((one) => one.kind === nodeKinds.blockOutput)
  const source = block?.edges.find((edge) => edge.to.node === output?.id)?.from.node
  const inner = block?.nodes.find((one) => one.id === source)
  if (!inner || isBlockPort(inner)) return undefined
  const path = `${enginePath}/${inner.id}`
  return isBlock(inner) ? innerSource(document, inner, path) : path
}

/** The room a node takes on the canvas, its live strip included, so that wires stay where they are when training starts. */
const roomOf = (position: Point, height: number): Rect => ({
  x: position.x,
  y: position.y + (NODE_HEIGHT - height - STRIP_HEIGHT) / 2,
  width: NODE_WIDTH,
  height: height + STRIP_HEIGHT,
})

export function roomsOf(nodes: readonly NodeView[], positions: Readonly<Record<string, Point>>): ReadonlyMap<string, Rect> {
  return new Map(
    nodes.flatMap(({ id, height }) => {
      const position = positions[id]
      return position ? [[id, roomOf(position, height)] as const] : []
    }),
  )
}

export function wireViews(
  graph: Graph,
  path: readonly string[],
  nodes: readonly NodeView[],
  positions: Readonly<Record<string, Point>>,
  types: ReadonlyMap<string, Readonly<Record<string, TensorType>>>,
  previous: readonly WireView[],
  /** While these are dragged only their own wires are routed anew; the others follow when they are let go. */
  dragged?: Readonly<Record<string, Point>>,
): WireView[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const rooms = roomsOf(nodes, positions)
  const obstacles = [...rooms.values()]
  const known = new Map(previous.map((wire) => [wire.key, wire]))
  const lanes: Lane[] = []
  const keys = edgeKeys(graph.edges)
  const texts = graph.edges.map(({ from }) => formatType(types.get(pathOf(path, from.node))?.[from.port]))
  const withBatch = showsBatch(texts)
  return graph.edges.flatMap(({ from, to }, index) => {
    const key = keys[index] as string
    const old = known.get(key)
    if (dragged && old && !dragged[from.node] && !dragged[to.node]) return [old]
    const source = rooms.get(from.node)
    const target = rooms.get(to.node)
    const start = portPoint(source, byId.get(from.node)?.ports.outputs, from.port, 'right')
    const end = portPoint(target, byId.get(to.node)?.ports.inputs, to.port, 'left')
    if (!source || !target || !start || !end) return []
    const route = routeWire({ from: start, to: end, source, target }, obstacles, lanes, `${from.node}.${from.port}`)
    const labels = labelsOf(texts[index] as string, route.room, withBatch)
    const same = old && old.route.path === route.path && old.labels.near.text === labels.near.text
    return same ? [old] : [{ key, from, to, labels, route }]
  })
}

/** Ports that share a side spread over the node's height without the strip, whether or not the strip shows. */
function portPoint(
  room: Rect | undefined,
  ports: readonly { name: string }[] | undefined,
  name: string,
  side: 'left' | 'right',
): Point | undefined {
  const index = ports?.findIndex((port) => port.name === name) ?? -1
  if (!room || !ports || index < 0) return undefined
  const height = room.height - STRIP_HEIGHT
  return { x: side === 'left' ? room.x : room.x + NODE_WIDTH, y: room.y + STRIP_HEIGHT / 2 + portOffset(index, ports.length, height) }
}
