/** @file React Flow's connections in the document's terms. In: handles. Out: the two ends of a wire, and why it may not be. */
import type { Diagnostic, Endpoint } from '../../engine/core/diagnostics'
import type { GraphDocument } from '../../engine/document/schema'
import { useDocument } from '../store/document'
import { graphAt, sameEnd } from '../store/graphs'
import { shapedOf } from '../store/shaped'
import { refusal, wireInto } from '../store/wiring'

interface HandleLike {
  readonly nodeId: string
  readonly id?: string | null
  readonly type: 'source' | 'target'
}

/** From output to input, whichever was grabbed first; undefined for two of a kind. */
export function endsOf(a: HandleLike, b: HandleLike): { from: Endpoint; to: Endpoint } | undefined {
  if (a.type === b.type) return undefined
  const [from, to] = a.type === 'source' ? [a, b] : [b, a]
  return { from: { node: from.nodeId, port: from.id ?? '' }, to: { node: to.nodeId, port: to.id ?? '' } }
}

let latest: { document: GraphDocument; key: string; problem: Diagnostic | undefined } | undefined

/** Asked many times while a wire is dragged: the last answer is kept. */
export function refusalOf(document: GraphDocument, from: Endpoint, to: Endpoint): Diagnostic | undefined {
  const { path } = useDocument.getState()
  const key = JSON.stringify([path, from, to])
  if (latest?.document === document && latest.key === key) return latest.problem
  const problem = refusal(document, path, from, to, shapedOf(document))
  latest = { document, key, problem }
  return problem
}

/** What feeds the input now, if the wire would take its place. */
export function replacedBy(document: GraphDocument, path: readonly string[], from: Endpoint, to: Endpoint): string | undefined {
  const old = wireInto(document, graphAt(document, path).graph, to)
  return old && !sameEnd(old.from, from) ? old.from.node : undefined
}
