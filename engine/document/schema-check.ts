/**
 * @file Values against the schemas of a document. In: what was given, by a file or by code. Out: the value as the schema completes it, or a diagnostic
 * for everything that does not fit, with its path and its node where it has one.
 */
import type { z } from 'zod'
import { DiagnosedError, type Diagnostic } from '../core/diagnostics'
import { isObject, type JsonObject } from './migrate'
import { detailOf } from './schema-words'

/** `part`: which part of a document the value is. Throws a `DiagnosedError`. */
export function accepted<T>(schema: z.ZodType<T>, value: JsonObject, part: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const whole = { [part]: value }
  throw new DiagnosedError(parsed.error.issues.map((issue) => schemaDiagnostic({ ...issue, path: [part, ...issue.path] }, whole)))
}

/** Names the node that the trouble is in, if its id can be read. */
export function schemaDiagnostic(issue: z.core.$ZodIssue, document: JsonObject): Diagnostic {
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
