/**
 * @file Documents and text. Reading — in: anything, untrusted. Out: a valid, structurally sound document, or everything that is wrong
 * with it, each pinned to its node where it has one; never throws. Writing — the normalised document, so that open and save is the identity.
 */
import type { z } from 'zod'
import type { Diagnostic } from '../core/diagnostics'
import { limits } from '../core/limits'
import type { Outcome } from '../protocol/messages'
import { compact } from './compact'
import { type JsonObject, migrate } from './migrate'
import { normalizeDocument } from './normalize'
import { documentSchema, FORMAT, type GraphDocument } from './schema'
import { detailOf } from './schema-words'
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

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

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

/** Names the node that the trouble is in, if its id can be read. */
function schemaDiagnostic(issue: z.core.$ZodIssue, document: JsonObject): Diagnostic {
  const path = issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  const nodeId = nodeAt(issue.path, document)
  return {
    code: 'document.schema',
    severity: 'error',
    ...(nodeId !== undefined && { nodeId }),
    values: { path: path.replace(/^\./, '') || 'document', detail: detailOf(issue, valueAt(issue, document)) },
  }
}

/** A key that is wrong is itself the value. */
function valueAt({ code, path }: z.core.$ZodIssue, document: JsonObject): unknown {
  if (code === 'invalid_key') return path.at(-1)
  let value: unknown = document
  for (const step of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined
  return value
}

function nodeAt(path: readonly PropertyKey[], document: JsonObject): string | undefined {
  const [first, second, third, fourth] = path
  const inBlock = first === 'blocks'
  const blocks = document.blocks
  const graph = inBlock ? (isObject(blocks) ? blocks[String(second)] : undefined) : document
  const [list, index] = inBlock ? [third, fourth] : [first, second]
  if (list !== 'nodes' || typeof index !== 'number' || !isObject(graph) || !Array.isArray(graph.nodes)) return undefined
  const node: unknown = graph.nodes[index]
  if (!isObject(node) || typeof node.id !== 'string') return undefined
  return inBlock ? `${String(second)}/${node.id}` : node.id
}
