/**
 * @file One-click fixes as edits of a document. In: a draft and a problem. Out: the draft changed. A fix inside a block instance changes the block
 * itself, once for all instances; but a value that the block takes from a parameter is set on the instances, for each may need another.
 */
import type { Draft } from 'immer'
import type { Diagnostic, Endpoint, FixEdit } from '../../engine/core/diagnostics'
import type { Blocks } from '../../engine/document/ports'
import { type DocumentParam, type Graph, type GraphDocument, type GraphNode, paramRefSchema } from '../../engine/document/schema'
import { blockParamsAt } from '../inspector/block-params'
import { positionsOf } from '../layout/positions'
import { freshId, idsOf, insertOnWire, pin, removeNodes } from './edits'
import { graphAt, layerOf, portsIn, sameEnd } from './graphs'

type DocumentDraft = Draft<GraphDocument>

interface Place {
  readonly graph: Draft<Graph>
  readonly blockId: string | undefined
  readonly id: string
}

/** `problems` are the same trouble in every instance that has it. */
export function applyFixes(draft: DocumentDraft, problems: readonly Diagnostic[]): void {
  const done = new Set<string>()
  const proposals = problems.flatMap(({ fix }) => fix?.edits ?? [])
  // Read before anything changes: what the block's parameters are in each instance.
  const general = proposals.map((edit) => (edit.type === 'insertOnWire' ? forAllInstances(draft, edit, proposals) : outwards(draft, edit)))
  for (const edit of general) {
    const place = locate(draft, 'to' in edit ? edit.to.node : edit.node)
    if (!place) continue
    const what = 'param' in edit ? edit.param : 'to' in edit ? [localEnd(edit.from), edit.to.port] : undefined
    const key = JSON.stringify([place.blockId, place.id, edit.type, what])
    if (done.has(key)) continue
    done.add(key)
    pin(place.graph, positionsOf(place.graph, draft.blocks as Blocks))
    applyEdit(draft, place, edit)
  }
}

/** The graph that holds the node of an engine path (`inception3a/conv1`), and its id there. */
function locate(draft: DocumentDraft, path: string): Place | undefined {
  const parts = path.split('/')
  const { graph, blockId, path: walked } = graphAt(draft as GraphDocument, parts.slice(0, -1))
  return walked.length === parts.length - 1 ? { graph: graph as Draft<Graph>, blockId, id: parts.at(-1) as string } : undefined
}

const nodeAt = (draft: DocumentDraft, path: string): Draft<GraphNode> | undefined => {
  const place = locate(draft, path)
  return place?.graph.nodes.find((one) => one.id === place.id)
}

/** Where the value of a parameter comes from: the node itself or, as long as it refers to a block's parameter, the instance around it. */
function outwards(draft: DocumentDraft, edit: FixEdit): FixEdit {
  if (edit.type !== 'setParam') return edit
  const reference = paramRefSchema.safeParse(nodeAt(draft, edit.node)?.params[edit.param])
  const end = edit.node.lastIndexOf('/')
  return reference.success && end >= 0 ? outwards(draft, { ...edit, node: edit.node.slice(0, end), param: reference.data.$param }) : edit
}

type Insertion = Extract<FixEdit, { type: 'insertOnWire' }>

/**
 * A layer put into a block serves all its instances. Where the value that each needs is what one of the block's parameters is there (the
 * channels of a shortcut), the layer refers to that parameter; the one of the same name is asked first, others only where the values differ.
 */
function forAllInstances(draft: DocumentDraft, edit: Insertion, proposals: readonly FixEdit[]): Insertion {
  const around = (end: Endpoint): string[] => end.node.split('/').slice(0, -1)
  const document = draft as GraphDocument
  if (around(edit.to).length === 0) return edit
  const alike = proposals
    .filter((one) => one.type === 'insertOnWire' && one.kind === edit.kind && sameEnd(localEnd(one.to), localEnd(edit.to)))
    .map((one) => ({ given: (one as Insertion).params, block: blockParamsAt(document, around((one as Insertion).to)) ?? {} }))
  const params = Object.entries(edit.params).map(([name, value]) => {
    const differ = alike.some(({ given }) => given[name] !== value)
    const names = [name, ...(differ ? Object.keys(alike[0]?.block ?? {}) : [])]
    const source = names.find((param) => alike.every(({ given, block }) => block[param] !== undefined && block[param] === given[name]))
    return [name, source === undefined ? value : { $param: source }]
  })
  return { ...edit, params: Object.fromEntries(params) }
}

const localEnd = (end: Endpoint): Endpoint => ({ node: end.node.split('/').at(-1) as string, port: end.port })

function applyEdit(draft: DocumentDraft, { graph, id }: Place, edit: FixEdit): void {
  switch (edit.type) {
    case 'setParam': {
      const node = graph.nodes.find((one) => one.id === id)
      if (node) node.params[edit.param] = edit.value as DocumentParam
      return
    }
    case 'insertOnWire': {
      const stem = layerOf(edit)?.idStem ?? edit.kind
      const node: GraphNode = { id: freshId(idsOf(graph), stem), kind: edit.kind, params: edit.params as GraphNode['params'] }
      const ports = portsIn(draft as GraphDocument, node)
      const input = ports.inputs[0]?.name
      const output = ports.outputs[0]?.name
      if (input !== undefined && output !== undefined)
        insertOnWire(graph, draft.blocks as Blocks, localEnd(edit.from), localEnd(edit.to), node, { input, output })
      return
    }
    case 'removeWire': {
      const from = localEnd(edit.from)
      const to = localEnd(edit.to)
      const index = graph.edges.findLastIndex((edge) => sameEnd(edge.from, from) && sameEnd(edge.to, to))
      if (index >= 0) graph.edges.splice(index, 1)
      return
    }
    case 'removeNode':
      removeNodes(graph, [id], true)
  }
}
