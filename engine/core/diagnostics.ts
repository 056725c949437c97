/**
 * @file The two kinds of error. A `Diagnostic` is a value: something the person can mend, pinned to a node.
 * An `InternalError` is thrown: a defect of Netloom, naming the pass and the node it happened on.
 */
import type { DiagnosticCode } from './diagnostic-catalogue'
import type { Text } from './text'

/** One end of a wire. */
export interface Endpoint {
  readonly node: string
  readonly port: string
}

/** An edit of the document that a fix proposes; the editor applies it as one undoable step. */
export type FixEdit =
  | { readonly type: 'setParam'; readonly node: string; readonly param: string; readonly value: unknown }
  | {
      readonly type: 'insertOnWire'
      readonly from: Endpoint
      readonly to: Endpoint
      readonly kind: string
      readonly params: Record<string, unknown>
    }
  | { readonly type: 'removeWire'; readonly from: Endpoint; readonly to: Endpoint }
  | { readonly type: 'removeNode'; readonly node: string }

export interface Fix {
  readonly title: Text
  readonly edits: readonly FixEdit[]
}

/** Values that fill the `{placeholders}` of a catalogue sentence; words stand in every language. */
export type DiagnosticValues = Readonly<Record<string, string | number | Text>>

export interface Diagnostic {
  readonly code: DiagnosticCode
  readonly severity: 'error' | 'warning'
  /** Path of the node, `block/inner` inside a block; absent when the trouble is a file or the whole document. */
  readonly nodeId?: string
  readonly port?: string
  readonly param?: string
  readonly file?: string
  readonly values: DiagnosticValues
  readonly fix?: Fix
}

/** A defect of Netloom itself: names where it happened so that it can be mended. */
export class InternalError extends Error {
  constructor(
    readonly pass: string,
    message: string,
    readonly nodeId?: string,
  ) {
    super(`internal error in ${pass}${nodeId ? ` at node ${nodeId}` : ''}: ${message}`)
    this.name = 'InternalError'
  }
}

/** Carries diagnostics across a call that cannot return them (a file opened deep in a stream, say); caught at the boundary. */
export class DiagnosedError extends Error {
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    super(diagnostics.map((d) => d.code).join(', '))
    this.name = 'DiagnosedError'
  }
}

/** One error to throw where a call cannot return it. */
export const diagnosedError = (
  code: DiagnosticCode,
  values: DiagnosticValues,
  at: Partial<Pick<Diagnostic, 'nodeId' | 'port' | 'param' | 'file' | 'fix'>> = {},
): DiagnosedError => new DiagnosedError([{ code, severity: 'error', values, ...at }])
