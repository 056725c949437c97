/**
 * @file May this wire be? In: a document, the opened path and the two ends. Out: the reason why not, or nothing. The engine is the judge: the
 * wire is tried on a copy and shapes are inferred. A misfit that the engine can mend with a click (insert Flatten) is let through, so that the
 * fix can be offered on the node. An input that has its wire takes another one in its place.
 */
import { produce } from 'immer'
import type { Diagnostic, Endpoint } from '../../engine/core/diagnostics'
import type { TensorType } from '../../engine/core/tensor'
import type { Graph, GraphDocument, GraphEdge, GraphNode } from '../../engine/document/schema'
import type { Fail, InputPort } from '../../engine/layers/kit/define'
import type { ParamSpecs } from '../../engine/layers/kit/params'
import { completeParams } from '../../engine/layers/kit/validate'
import { connect } from './edits'
import { graphAt, layerOf, pathOf, portsIn, sameEnd } from './graphs'
import { type Shaped, shape } from './shaped'

/** The wire that a new one into this port would replace; a variadic port takes any number. */
export function wireInto(document: GraphDocument, graph: Graph, to: Endpoint): GraphEdge | undefined {
  const edge = graph.edges.find((one) => sameEnd(one.to, to))
  const target = edge && graph.nodes.find((node) => node.id === to.node)
  const port = target && portsIn(document, target).inputs.find((one) => one.name === to.port)
  return port && !port.variadic ? edge : undefined
}

/** The graph of `path` replaced by a changed copy, the rest shared. */
function withGraph(document: GraphDocument, path: readonly string[], change: (graph: Graph) => void): GraphDocument {
  const { blockId } = graphAt(document, path)
  return produce(document, (draft) => {
    change((blockId === undefined ? draft : draft.blocks[blockId]) as Graph)
  })
}

export function refusal(
  document: GraphDocument,
  path: readonly string[],
  from: Endpoint,
  to: Endpoint,
  before: Shaped,
): Diagnostic | undefined {
  const { graph } = graphAt(document, path)
  const target = graph.nodes.find((node) => node.id === to.node)
  const nodeId = pathOf(path, to.node)
  if (from.node === to.node) return { code: 'graph.cycle', severity: 'error', nodeId, values: { path: `${from.node} → ${to.node}` } }
  const old = wireInto(document, graph, to)
  if (old && sameEnd(old.from, from)) return undefined
  const tried = shape(
    withGraph(document, path, (draft) => {
      if (old) draft.edges = draft.edges.filter((edge) => !sameEnd(edge.to, to))
      connect(draft, from, to)
    }),
  )
  const known = new Set(before.problems.map(identity))
  const type = before.graph.types.get(pathOf(path, from.node))?.[from.port]
  if (target && type && tried.problems.some((problem) => problem.nodeId === nodeId && problem.code === 'graph.missing-input')) {
    const wrong = wrongKind(target, to.port, type)
    if (wrong) return { severity: 'error', nodeId, ...wrong }
  }
  return tried.problems.find(
    (problem) =>
      problem.severity === 'error' &&
      !problem.fix &&
      problem.code !== 'graph.missing-input' &&
      (problem.nodeId === nodeId || problem.code === 'graph.cycle') &&
      !known.has(identity(problem)),
  )
}

/**
 * While other inputs are missing, inference does not judge; but numbers of the wrong kind (classes where scores belong) can be told at once: the
 * layer's own rule is asked with this type everywhere, and only what it says about the kind of this very input counts.
 */
function wrongKind(target: GraphNode, port: string, type: TensorType): Pick<Diagnostic, 'code' | 'values' | 'port'> | undefined {
  const layer = layerOf(target)
  if (!layer) return undefined
  const inputs = Object.entries<InputPort>(layer.inputs)
    .filter(([name, { optional }]) => !optional || name === port)
    .map(([name, { variadic }]) => [name, variadic ? [type] : type])
  const { params } = completeParams(layer.params as ParamSpecs, target.params)
  const said: Parameters<Fail>[0][] = []
  layer.shape(
    Object.fromEntries(inputs),
    params,
    (problem) => {
      said.push(problem)
      return undefined
    },
    { batchSize: type.shape[0] ?? 1 },
  )
  const first = said[0]
  return first?.code === 'shape.dtype' && first.port === port ? { code: first.code, values: first.values, port } : undefined
}

const identity = (problem: Diagnostic): string => JSON.stringify([problem.code, problem.nodeId, problem.port, problem.values])

/**
 * The first pair of ports over which a new node could be wired to a loose end: `end` is an output waiting for an input, or the reverse.
 * The node is tried where it would stand; nothing of the document changes.
 */
export function portFor(
  document: GraphDocument,
  path: readonly string[],
  candidate: GraphNode,
  end: Endpoint,
  side: 'from' | 'to',
  before: Shaped,
): string | undefined {
  const withNode = withGraph(document, path, (draft) => {
    draft.nodes.push(candidate)
  })
  const ports = portsIn(document, candidate)
  const names = (side === 'from' ? ports.inputs : ports.outputs).map((port) => port.name)
  return names.find((name) => {
    const own = { node: candidate.id, port: name }
    return refusal(withNode, path, side === 'from' ? end : own, side === 'from' ? own : end, before) === undefined
  })
}
