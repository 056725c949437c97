/**
 * @file What `<graph>` on the command line means. In: a template id, a `.netloom.json` file or a TypeScript export, with `--set`.
 * Out: a document, or the template that is still to be drawn (its parameters may come from the data).
 */

import { templates } from '../../../templates/registry'
import type { Template } from '../../builder/template'
import { diagnosedError } from '../../core/diagnostics'
import { parseDocument } from '../../document/parse'
import type { GraphDocument } from '../../document/schema'
import { unwrap } from '../../train/model'
import { documentFromCode } from './code'
import { exists, readText } from './files'
import type { CommonOptions, Settings } from './options'

export type GraphArgument = { readonly template: Template } | { readonly document: GraphDocument }

export async function graphArgument(graph: string): Promise<GraphArgument> {
  const template = templates.get(graph)
  if (template) return { template }
  if (!(await exists(graph))) throw diagnosedError('graph.unknown', { got: graph, expected: [...templates.keys()].join(', ') })
  if (/\.[cm]?[jt]s$/i.test(graph)) return { document: await documentFromCode(graph) }
  return { document: unwrap(parseDocument(await readText(graph))) }
}

/** The parameters of a file are its nodes'; only training settings can be set from outside. */
export function applySettings(document: GraphDocument, settings: Settings): GraphDocument {
  const { batchSize, ...unknown } = settings
  const [name] = Object.keys(unknown)
  if (name !== undefined)
    throw diagnosedError('param.invalid', {
      param: name,
      expected: 'batchSize (a file has no other parameters)',
      got: String(settings[name]),
    })
  if (batchSize === undefined) return document
  return unwrap(parseDocument({ ...document, training: { ...document.training, batchSize } }))
}

export const withSeed = (document: GraphDocument, seed: number | undefined): GraphDocument =>
  seed === undefined ? document : { ...document, training: { ...document.training, seed } }

/** The document as it stands, without any data. */
export async function loadGraph(graph: string, { set, seed }: CommonOptions): Promise<GraphDocument> {
  const found = await graphArgument(graph)
  return withSeed('template' in found ? found.template.create(set) : applySettings(found.document, set), seed)
}
