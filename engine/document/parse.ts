/**
 * @file Documents and text. Reading — in: anything, untrusted. Out: a valid, structurally sound document, or everything that is wrong
 * with it, each pinned to its node where it has one; never throws. Writing — the normalised document, so that open and save is the identity.
 */
import type { Diagnostic } from '../core/diagnostics'
import { limits } from '../core/limits'
import type { Outcome } from '../protocol/messages'
import { compact } from './compact'
import { isObject, type JsonObject, migrate } from './migrate'
import { normalizeDocument } from './normalize'
import { documentSchema, FORMAT, type GraphDocument } from './schema'
import { schemaDiagnostic } from './schema-check'
import { checkStructure, type StructureOptions } from './structure'

export function parseDocument(json: unknown, options: StructureOptions = {}): Outcome<GraphDocument> {
  const read = typeof json === 'string' ? readJson(json) : { ok: true as const, value: json }
  if (!read.ok) return read
  const raw = read.value
  if (!isObject(raw) || raw.format !== FORMAT) return failed({ code: 'document.format', severity: 'error', values: {} })
  const current = migrate(raw)
  if (!current.ok) return current
  const tooLarge = checkCounts(current.value)
  if (tooLarge.length > 0) return { ok: false, diagnostics: tooLarge }
  const parsed = documentSchema.safeParse(current.value)
  if (!parsed.success) return { ok: false, diagnostics: parsed.error.issues.map((issue) => schemaDiagnostic(issue, current.value)) }
  const diagnostics = checkStructure(parsed.data, options)
  return diagnostics.some(({ severity }) => severity === 'error') ? { ok: false, diagnostics } : { ok: true, value: parsed.data }
}

/** Two-space JSON in a fixed key order, with a newline at the end. */
export const serializeDocument = (document: GraphDocument): string => `${JSON.stringify(compact(normalizeDocument(document)), null, 2)}\n`

const failed = (diagnostic: Diagnostic): Outcome<never> => ({ ok: false, diagnostics: [diagnostic] })

function readJson(text: string): Outcome<unknown> {
  if (text.length > limits.fileBytes) {
    return failed({ code: 'document.file-size', severity: 'error', values: { got: text.length, expected: limits.fileBytes } })
  }
  try {
    return { ok: true, value: JSON.parse(text.replace(/^\uFEFF/, '')) }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return failed({ code: 'document.json', severity: 'error', values: { detail } })
  }
}

/** Before the schema looks at every node: a million of them would only cost time. */
function checkCounts(document: JsonObject): Diagnostic[] {
  const graphs = [document, ...(isObject(document.blocks) ? Object.values(document.blocks).filter(isObject) : [])]
  const found: Diagnostic[] = []
  for (const { nodes, edges } of graphs) {
    if (Array.isArray(nodes) && nodes.length > limits.nodes) found.push(tooMany('document.nodes', nodes.length, limits.nodes))
    if (Array.isArray(edges) && edges.length > limits.edges) found.push(tooMany('document.edges', edges.length, limits.edges))
  }
  if (graphs.length - 1 > limits.blocks) found.push(tooMany('document.blocks', graphs.length - 1, limits.blocks))
  return found
}

const tooMany = (code: 'document.nodes' | 'document.edges' | 'document.blocks', got: number, expected: number): Diagnostic => ({
  code,
  severity: 'error',
  values: { got, expected },
})
