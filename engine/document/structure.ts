/**
 * @file Whether a document is a graph at all. In: a document that fits the schema. Out: every structural fault — unknown kinds, ids
 * given twice, wires that end nowhere, single inputs with two wires, circles, blocks that contain themselves, absurd sizes.
 * What is merely unfinished (an input without a wire) is no fault of structure; flatten.ts reports it.
 */
import type { Diagnostic, Endpoint } from '../core/diagnostics'
import { limits } from '../core/limits'
import { layers as allLayers } from '../layers/kit/registry'
import { forwardOrder } from './order'
import { type Blocks, blockNamed, type LayerRegistry, nodeKinds, portsOf } from './ports'
import type { Block, Graph, GraphDocument } from './schema'
import { weightSettingNames } from './weight-settings'

export interface StructureOptions {
  readonly layers?: LayerRegistry
}

/** What every node has beside its parameters; a parameter of that name, or of an optional input's, could not be told apart in code. */
const nodeSettings: readonly string[] = ['id', 'title', 'bypass', ...weightSettingNames]

export function checkStructure(document: GraphDocument, options: StructureOptions = {}): Diagnostic[] {
  const { blocks } = document
  const layers = options.layers ?? allLayers
  const names = Object.keys(blocks)
  const found = checkGraph(document, { blocks, layers, prefix: '', inBlock: false })
  if (names.length > limits.blocks) found.push(tooLarge('document.blocks', names.length, limits.blocks))
  for (const [name, block] of Object.entries(blocks)) {
    found.push(...checkGraph(block, { blocks, layers, prefix: `${name}/`, inBlock: true }), ...checkParamNames(name, block))
  }
  const recursion = checkRecursion(blocks)
  return [...found, ...(recursion.length > 0 ? recursion : checkExpansion(document))]
}

interface GraphContext {
  readonly blocks: Blocks
  readonly layers: LayerRegistry
  /** Stands before ids in diagnostics: `inception/`. */
  readonly prefix: string
  readonly inBlock: boolean
}

function checkGraph(graph: Graph, context: GraphContext): Diagnostic[] {
  const { nodes, edges } = graph
  if (nodes.length > limits.nodes) return [tooLarge('document.nodes', nodes.length, limits.nodes)]
  if (edges.length > limits.edges) return [tooLarge('document.edges', edges.length, limits.edges)]
  return [...checkNodes(graph, context), ...checkEdges(graph, context), ...checkCycles(graph, context)]
}

function checkNodes({ nodes }: Graph, { blocks, layers, prefix, inBlock }: GraphContext): Diagnostic[] {
  const found: Diagnostic[] = []
  const seen = new Set<string>()
  for (const node of nodes) {
    const report = (code: Diagnostic['code'], got: string) =>
      found.push({ code, severity: 'error', nodeId: prefix + node.id, values: { got } })
    if (seen.has(node.id)) report('graph.duplicate-id', node.id)
    seen.add(node.id)
    const ports = portsOf(node, blocks, layers)
    const optional = ports?.inputs.filter((port) => port.optional).map(({ name }) => name) ?? []
    for (const param of Object.keys(node.params).filter((name) => nodeSettings.includes(name) || optional.includes(name))) {
      found.push({ code: 'param.name', severity: 'error', nodeId: prefix + node.id, param, values: { got: param } })
    }
    const isBlockPort = node.kind === nodeKinds.blockInput || node.kind === nodeKinds.blockOutput
    if (isBlockPort && !inBlock) report('graph.misplaced', node.kind)
    else if (node.kind === nodeKinds.block && !blockNamed(blocks, node.block)) report('graph.unknown-block', node.block ?? '')
    else if (!ports) report('graph.unknown-kind', node.kind)
  }
  return found
}

function checkEdges({ nodes, edges }: Graph, { blocks, layers, prefix }: GraphContext): Diagnostic[] {
  const found: Diagnostic[] = []
  const portsByNode = new Map(nodes.map((node) => [node.id, portsOf(node, blocks, layers)]))
  const taken = new Set<string>()
  /** An unknown kind is reported once, on the node, not again on each of its wires. */
  const dangling = (end: Endpoint, other: Endpoint, exists: (name: string) => boolean): boolean => {
    if (portsByNode.has(end.node) && (!portsByNode.get(end.node) || exists(end.port))) return false
    const nodeId = portsByNode.has(end.node) ? end.node : other.node
    const got = `${prefix}${end.node}.${end.port}`
    found.push({ code: 'graph.dangling-edge', severity: 'error', nodeId: prefix + nodeId, values: { got } })
    return true
  }
  for (const { from, to } of edges) {
    const lacksSource = dangling(from, to, (name) => portsByNode.get(from.node)?.outputs.some((port) => port.name === name) ?? false)
    const input = portsByNode.get(to.node)?.inputs.find((port) => port.name === to.port)
    const lacksTarget = dangling(to, from, () => input !== undefined)
    if (lacksSource || lacksTarget || !input || input.variadic) continue
    const key = `${to.node}.${to.port}`
    if (taken.has(key)) {
      found.push({ code: 'graph.port-taken', severity: 'error', nodeId: prefix + to.node, port: to.port, values: { port: to.port } })
    }
    taken.add(key)
  }
  return found
}

const checkCycles = (graph: Graph, { prefix }: GraphContext): Diagnostic[] =>
  forwardOrder(graph).cycles.map((cycle) => ({
    code: 'graph.cycle',
    severity: 'error',
    nodeId: prefix + (cycle[0] ?? ''),
    values: { path: [...cycle, cycle[0] ?? ''].map((id) => prefix + id).join(' → ') },
  }))

const checkParamNames = (name: string, block: Block): Diagnostic[] =>
  Object.keys(block.params)
    .filter((param) => !/^[A-Za-z]\w*$/.test(param) || nodeSettings.includes(param))
    .map((param) => ({ code: 'param.name', severity: 'error', nodeId: name, param, values: { got: param } }))

/** Which blocks each block uses, each once. */
const usesOf = (graph: Graph, blocks: Blocks): string[] => [
  ...new Set(
    graph.nodes.flatMap((node) => (node.kind === nodeKinds.block && blockNamed(blocks, node.block) ? [node.block as string] : [])),
  ),
]

function checkRecursion(blocks: Blocks): Diagnostic[] {
  const names = Object.keys(blocks)
  const nodes = names.map((id) => ({ id, kind: nodeKinds.block, params: {} }))
  const edges = names.flatMap((id) =>
    usesOf(blocks[id] as Block, blocks).map((used) => ({ from: { node: used, port: '' }, to: { node: id, port: '' } })),
  )
  return forwardOrder({ nodes, edges }).cycles.map((cycle) => ({
    code: 'graph.block-recursion',
    severity: 'error',
    nodeId: cycle[0] ?? '',
    // The walk goes from the used to the user; a person reads it the other way round.
    values: { path: [...cycle, cycle[0] ?? ''].reverse().join(' → ') },
  }))
}

/** Depth of nesting and number of nodes with every block opened, without opening any. */
function checkExpansion(document: GraphDocument): Diagnostic[] {
  const { blocks } = document
  const known = new Map<string, { size: number; depth: number }>()
  const measure = (graph: Graph): { size: number; depth: number } => {
    let size = graph.nodes.length
    let depth = 0
    for (const node of graph.nodes) {
      const block = node.kind === nodeKinds.block ? blockNamed(blocks, node.block) : undefined
      if (!block || node.block === undefined) continue
      const inside = known.get(node.block) ?? measure(block)
      known.set(node.block, inside)
      size += inside.size
      depth = Math.max(depth, 1 + inside.depth)
    }
    return { size, depth }
  }
  const { size, depth } = measure(document)
  const found: Diagnostic[] = []
  if (depth > limits.blockDepth) found.push(tooLarge('document.depth', depth, limits.blockDepth))
  if (size > limits.expandedNodes) found.push(tooLarge('document.expanded', size, limits.expandedNodes))
  return found
}

const tooLarge = (code: Diagnostic['code'], got: number, expected: number): Diagnostic => ({
  code,
  severity: 'error',
  values: { got, expected },
})
