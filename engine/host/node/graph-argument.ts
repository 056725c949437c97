/**
 * @file What `<graph>` on the command line means. In: a template id, a `.netloom.json` file or a TypeScript export, with `--set`.
 * Out: a document, or the template that is still to be drawn (its parameters may come from the data).
 */

import { templates } from '../../../templates/registry'
import type { Template } from '../../builder/template'
import { DiagnosedError, diagnosedError } from '../../core/diagnostics'
import { parseDocument } from '../../document/parse'
import type { Graph, GraphDocument } from '../../document/schema'
import { layers } from '../../layers/kit/registry'
import { unwrap } from '../../train/model'
import { documentFromCode } from './code'
import { exists, readText } from './files'
import type { CommonOptions, Setting, Settings } from './options'

export type GraphArgument = { readonly template: Template } | { readonly document: GraphDocument }

export async function graphArgument(graph: string): Promise<GraphArgument> {
  const template = templates.get(graph)
  if (template) return { template }
  if (!(await exists(graph))) throw diagnosedError('graph.unknown', { got: graph, expected: [...templates.keys()].join(', ') })
  if (/\.[cm]?[jt]s$/i.test(graph)) return { document: await documentFromCode(graph) }
  return { document: await documentFrom(graph) }
}

/** What is wrong with a file is told with its name. */
async function documentFrom(file: string): Promise<GraphDocument> {
  const read = parseDocument(await readText(file))
  if (!read.ok) throw new DiagnosedError(read.diagnostics.map((diagnostic) => ({ file, ...diagnostic })))
  return read.value
}

/** A file's other parameters stand at its nodes. */
export function applySettings(document: GraphDocument, settings: Settings): GraphDocument {
  const { batchSize = document.training.batchSize, dropout, ...unknown } = settings
  const [name] = Object.keys(unknown)
  if (name !== undefined)
    throw diagnosedError('param.invalid', {
      param: name,
      expected: { en: 'batchSize or dropout (a file has no other parameters)', zh: 'batchSize 或 dropout（文件没有其他参数）' },
      got: String(settings[name]),
    })
  const set = <G extends Graph>(graph: G): G => (dropout === undefined ? graph : withDropout(graph, dropout))
  const blocks = Object.fromEntries(Object.entries(document.blocks).map(([id, block]) => [id, set(block)]))
  return unwrap(parseDocument({ ...set(document), blocks, training: { ...document.training, batchSize } }))
}

/** On every node whose layer says which of its parameters that is. */
const withDropout = <G extends Graph>(graph: G, value: Setting): G => ({
  ...graph,
  nodes: graph.nodes.map((node) => {
    const param = layers.get(node.kind)?.adjustable?.dropout
    return param === undefined ? node : { ...node, params: { ...node.params, [param]: value } }
  }),
})

export const withSeed = (document: GraphDocument, seed: number | undefined): GraphDocument =>
  seed === undefined ? document : { ...document, training: { ...document.training, seed } }

/** The document as it stands, without any data. */
export async function loadGraph(graph: string, { set, seed }: CommonOptions): Promise<GraphDocument> {
  const found = await graphArgument(graph)
  return withSeed('template' in found ? found.template.create(set) : applySettings(found.document, set), seed)
}
