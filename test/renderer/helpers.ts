/** Documents for the editor's tests, made the way a person makes them: from templates and by edits. */
import type { GraphDocument } from '../../engine/document/schema'
import { openDocument, useDocument } from '../../renderer/store/document'
import { templates } from '../../templates/registry'

export function documentOf(template: string): GraphDocument {
  const found = templates.get(template)
  if (!found) throw new Error(`no template ${template}`)
  return found.create()
}

/** Opens a template in the store, history empty. */
export function open(template: string): GraphDocument {
  const document = documentOf(template)
  openDocument(document)
  return document
}

export const current = (): GraphDocument => useDocument.getState().document
export const ids = (): string[] => current().nodes.map((node) => node.id)
