/**
 * @file What a person can do to the opened graph, each as one named transaction. In: intentions (add this layer here, delete what is selected).
 * Out: the document changed through `transact`. Commands, canvas, palette and inspector all call these.
 */
import type { Diagnostic, Endpoint } from '../../engine/core/diagnostics'
import type { Text } from '../../engine/core/text'
import type { Blocks } from '../../engine/document/ports'
import type { Block, Graph, GraphDocument, GraphNode, WeightSettings } from '../../engine/document/schema'
import { normalizeWeightSettings, weightSettingNames } from '../../engine/document/weight-settings'
import { freeSpot, heightOf, heightsOf, occupied, positionsOf } from '../layout/positions'
import { COLUMN_PITCH, type Point } from '../layout/sizes'
import { type Clip, clipOf, pasteClip } from './clipboard'
import { openedGraph, select, type TransactOptions, transact, useDocument } from './document'
import { addNode, connect, freshId, idsOf, insertOnWire, pin, removeEdges, removeNodes, renameNode, setParam } from './edits'
import { applyFixes } from './fixes'
import { isBlock, isBlockPort, layerOf, portsIn, sameEnd } from './graphs'
import type { Problem } from './problems'
import { shapedOf } from './shaped'
import { portFor, wireInto } from './wiring'

/** What can be put on the canvas: a layer by kind, or an instance of a block (its definition comes along when the document lacks it). */
export type Addable =
  | { readonly type: 'layer'; readonly kind: string }
  | { readonly type: 'block'; readonly id: string; readonly blocks: Readonly<Record<string, Block>> }

export interface AddOptions {
  /** Top left corner; by default to the right of the selection. */
  readonly at?: Point
  /** A loose wire end to connect to. */
  readonly wire?: { readonly end: Endpoint; readonly side: 'from' | 'to' }
  /** Put it into this wire. */
  readonly into?: { readonly from: Endpoint; readonly to: Endpoint }
}

const titles = {
  add: { en: 'Add', zh: '添加' },
  connect: { en: 'Connect', zh: '连线' },
  delete: { en: 'Delete', zh: '删除' },
  move: { en: 'Move', zh: '移动' },
  paste: { en: 'Paste', zh: '粘贴' },
  cut: { en: 'Cut', zh: '剪切' },
  duplicate: { en: 'Duplicate', zh: '再制' },
  insert: { en: 'Insert into wire', zh: '插入连线' },
  replug: { en: 'Move a wire', zh: '改接连线' },
  bypass: { en: 'Bypass', zh: '跳过节点' },
  freeze: { en: 'Freeze weights', zh: '冻结权重' },
  rename: { en: 'Rename', zh: '重命名' },
  layout: { en: 'Auto-layout', zh: '自动布局' },
  setParam: { en: 'Change a parameter', zh: '修改参数' },
} as const satisfies Record<string, Text>

const state = () => useDocument.getState()
const shown = (): Readonly<Record<string, Point>> => positionsOf(openedGraph(state()), state().document.blocks)

/** A new node of this sort, under a free id. */
export function nodeOf(item: Addable, taken: readonly string[]): GraphNode {
  return item.type === 'layer'
    ? { id: freshId(taken, layerOf(item)?.idStem ?? item.kind), kind: item.kind, params: {} }
    : { id: freshId(taken, item.id), kind: 'block', block: item.id, params: {} }
}

export function add(item: Addable, options: AddOptions = {}): string {
  const { document, path, nodes } = state()
  const graph = openedGraph(state())
  const positions = shown()
  const node = nodeOf(item, idsOf(graph))
  const withBlocks = item.type === 'layer' ? document : { ...document, blocks: { ...item.blocks, ...document.blocks } }
  const ports = portsIn(withBlocks, node)
  const last = nodes.length === 1 ? nodes[0] : undefined
  const selected = last === undefined ? undefined : positions[last]
  const place = selected ? { x: selected.x + COLUMN_PITCH, y: selected.y } : emptyPlace(positions)
  const taken = occupied(positions, heightsOf(graph, withBlocks.blocks))
  const corner = options.at ?? freeSpot(place, taken, heightOf(node, withBlocks.blocks))
  const shaped = shapedOf(document)
  // A click in the palette while one node is selected goes on from it: the first of its outputs that fits is connected.
  const follow = !options.at && !options.wire && !options.into && last !== undefined ? looseOutput(last) : undefined
  const wire = options.wire ?? (follow && { end: follow, side: 'from' as const })
  const port = wire && portFor(withBlocks, path, node, wire.end, wire.side, shaped)
  transact(
    titles.add,
    (draft, opened) => {
      pin(opened, positions)
      if (item.type === 'block')
        for (const [id, block] of Object.entries(item.blocks)) if (!draft.blocks[id]) draft.blocks[id] = structuredClone(block)
      const input = ports.inputs[0]?.name
      const output = ports.outputs[0]?.name
      if (options.into && input !== undefined && output !== undefined) {
        insertOnWire(opened, withBlocks.blocks, options.into.from, options.into.to, node, { input, output })
        return
      }
      addNode(opened, node, corner)
      if (!wire || port === undefined) return
      const own = { node: node.id, port }
      if (wire.side === 'from') connect(opened, wire.end, own)
      else connect(opened, own, wire.end)
    },
    { select: { nodes: [node.id], edges: [] } },
  )
  return node.id
}

const emptyPlace = (positions: Readonly<Record<string, Point>>): Point => {
  const all = Object.values(positions)
  return all.length === 0
    ? { x: 0, y: 0 }
    : { x: Math.max(...all.map((one) => one.x)) + COLUMN_PITCH, y: Math.max(...all.map((one) => one.y)) }
}

/** The first output of a node that feeds nothing yet. */
function looseOutput(id: string): Endpoint | undefined {
  const graph = openedGraph(state())
  const node = graph.nodes.find((one) => one.id === id)
  const ports = node ? portsIn(state().document, node).outputs : []
  const port = ports.find(({ name }) => !graph.edges.some((edge) => edge.from.node === id && edge.from.port === name))
  return port && { node: id, port: port.name }
}

/** An input that takes one wire lets its old one go. */
export function connectPorts(from: Endpoint, to: Endpoint): void {
  transact(titles.connect, (draft, graph) => {
    const old = wireInto(draft as GraphDocument, graph as Graph, to)
    if (old && sameEnd(old.from, from)) return
    pin(graph, shown())
    if (old) graph.edges = graph.edges.filter((edge) => !sameEnd(edge.to, to))
    connect(graph, from, to)
  })
}

/** Moves one end of a wire; it keeps its place among the wires of a variadic port. */
export function replug(key: string, from: Endpoint, to: Endpoint, keyOfEdge: (index: number) => string): void {
  transact(titles.replug, (draft, graph) => {
    const index = graph.edges.findIndex((_edge, position) => keyOfEdge(position) === key)
    const edge = graph.edges[index]
    if (!edge || (sameEnd(edge.from, from) && sameEnd(edge.to, to))) return
    pin(graph, shown())
    const old = sameEnd(edge.to, to) ? undefined : wireInto(draft as GraphDocument, graph as Graph, to)
    edge.from = { ...from }
    edge.to = { ...to }
    if (old) graph.edges = graph.edges.filter((one) => one === edge || !sameEnd(one.to, to))
  })
}

/** Puts a node that stands alone into a wire. */
export function insertExisting(id: string, from: Endpoint, to: Endpoint, moved: Readonly<Record<string, Point>>): void {
  const node = openedGraph(state()).nodes.find((one) => one.id === id)
  const ports = node && portsIn(state().document, node)
  const input = ports?.inputs[0]?.name
  const output = ports?.outputs[0]?.name
  if (!node || input === undefined || output === undefined) {
    move(moved)
    return
  }
  transact(titles.insert, ({ blocks }, graph) => {
    pin(graph, shown())
    graph.nodes = graph.nodes.filter((one) => one.id !== id)
    insertOnWire(graph, blocks as Blocks, from, to, node, { input, output })
  })
}

export function deleteSelection(options: { reconnect?: boolean; title?: Text } = {}): void {
  const { nodes, edges } = state()
  if (nodes.length + edges.length === 0) return
  transact(
    options.title ?? titles.delete,
    (_, graph) => {
      pin(graph, shown())
      removeEdges(graph, edges)
      removeNodes(graph, nodes, options.reconnect)
    },
    { select: { nodes: [], edges: [] } },
  )
}

export function move(positions: Readonly<Record<string, Point>>, options?: TransactOptions): void {
  transact(
    titles.move,
    (_, graph) => {
      pin(graph, shown())
      for (const [id, point] of Object.entries(positions)) graph.layout[id] = { x: Math.round(point.x), y: Math.round(point.y) }
    },
    options,
  )
}

export function nudge(dx: number, dy: number): void {
  const positions = shown()
  const moved = state().nodes.flatMap((id) => {
    const at = positions[id]
    return at ? [[id, { x: at.x + dx, y: at.y + dy }] as const] : []
  })
  if (moved.length > 0) move(Object.fromEntries(moved), { mergeKey: `nudge ${state().nodes.join(' ')}` })
}

export const layOut = (positions: Readonly<Record<string, Point>>): void =>
  transact(titles.layout, (_, graph) => {
    for (const [id, point] of Object.entries(positions)) if (graph.nodes.some((node) => node.id === id)) graph.layout[id] = { ...point }
  })

export function copied(): Clip | undefined {
  const { document, nodes } = state()
  const clip = clipOf(document, openedGraph(state()), shown(), nodes)
  return clip.graph.nodes.length > 0 ? clip : undefined
}

export function cut(): Clip | undefined {
  const clip = copied()
  if (clip) deleteSelection({ title: titles.cut })
  return clip
}

interface PasteOptions {
  readonly title?: Text
  /** What fed the nodes that were copied feeds their copies too, where it is there. */
  readonly keepsWires?: boolean
}

export function paste(clip: Clip, place: { at?: Point; offset?: Point }, { title = titles.paste, keepsWires }: PasteOptions = {}): void {
  const before = shown()
  let ids: string[] = []
  transact(title, (draft, graph) => {
    pin(graph, before)
    ids = pasteClip(draft, graph, clip, place, keepsWires)
  })
  select(ids)
}

export function duplicate(): void {
  const clip = copied()
  if (clip) paste(clip, { offset: { x: 24, y: 72 } }, { title: titles.duplicate })
}

/** Leaves nodes where they are and puts copies of them where they were dragged to. */
export function duplicateTo(moved: Readonly<Record<string, Point>>): void {
  const clip = clipOf(state().document, openedGraph(state()), shown(), Object.keys(moved))
  const [id] = Object.keys(clip.graph.layout)
  const [from, to] = id === undefined ? [] : [clip.graph.layout[id], moved[id]]
  if (from && to) paste(clip, { offset: { x: to.x - from.x, y: to.y - from.y } }, { title: titles.duplicate })
}

/** Turns the flag on for all selected nodes, or off when all have it. */
function toggle(title: Text, flag: 'bypass' | 'frozen', applies: (node: GraphNode) => boolean): void {
  const chosen = new Set(state().nodes)
  transact(title, (_, graph) => {
    const targets = graph.nodes.filter((node) => chosen.has(node.id) && applies(node as GraphNode))
    const on = !targets.every((node) => node[flag] === true)
    for (const node of targets) {
      if (on) node[flag] = true
      else delete node[flag]
    }
  })
}

export const toggleBypass = (): void => toggle(titles.bypass, 'bypass', (node) => !isBlockPort(node) && layerOf(node)?.role === undefined)
export const toggleFrozen = (): void => toggle(titles.freeze, 'frozen', (node) => isBlock(node) || layerOf(node)?.weights !== undefined)

export function rename(from: string, to: string): void {
  transact(titles.rename, (draft, graph, blockId) => renameNode(draft, graph, blockId, from, to), {
    select: { nodes: [to], edges: [] },
  })
}

/** Changes a parameter of a node of the opened graph; typing in one field is one step. */
export function changeParam(id: string, name: string, value: unknown, fallback: unknown): void {
  const before = openedGraph(state()).nodes.find((node) => node.id === id)?.params[name]
  transact(
    titles.setParam,
    (_, graph) => {
      const node = graph.nodes.find((one) => one.id === id)
      if (node) setParam(node, name, value, fallback)
    },
    { mergeKey: `param ${id} ${name} ${changedSettings(before ?? fallback, value)}` },
  )
}

/** Which settings of a variant differ, since each has a field of its own; any other value is one field. */
function changedSettings(before: unknown, after: unknown): string {
  const settings = (value: unknown): object =>
    typeof value === 'object' && value !== null && !Array.isArray(value) ? value : { kind: value }
  const old = settings(before)
  return Object.entries(settings(after))
    .flatMap(([name, value]) => (Reflect.get(old, name) === value ? [] : [name]))
    .join(' ')
}

/** What a node has beside its layer's parameters; what equals the default need not stand in the document. */
export function changeWeightSetting<K extends keyof WeightSettings>(id: string, name: K, value: WeightSettings[K]): void {
  transact(
    titles.setParam,
    (_, graph) => {
      const node = graph.nodes.find((one) => one.id === id)
      if (!node) return
      if (value === undefined || value === '') delete node[name]
      else Object.assign(node, { [name]: value })
      const plain = normalizeWeightSettings(node)
      for (const known of weightSettingNames) if (!(known in plain)) delete node[known]
    },
    { mergeKey: `${name} ${id}` },
  )
}

/** Applies the one-click fix of a problem as one step under the fix's own title. */
export function applyFix(problem: Diagnostic | Problem): void {
  const { fix } = problem
  const members = 'instances' in problem && problem.instances.length > 0 ? problem.instances : [problem]
  if (fix) transact(fix.title, (draft) => applyFixes(draft, members))
}

/** A change of the document's own settings (name, data, training). */
export function changeSettings(title: Text, mergeKey: string, change: (document: ReturnType<typeof state>['document']) => void): void {
  transact(title, (draft) => change(draft as ReturnType<typeof state>['document']), { mergeKey })
}
