/**
 * @file One-click fixes as a layer proposes them, before anybody knows its neighbours.
 * In: edits that name this node, or whatever feeds one of its ports. Out (`resolveFixes`): edits of the actual document.
 */
import type { Endpoint, Fix, FixEdit } from '../../core/diagnostics'
import type { Text } from '../../core/text'
import type { LayerKind } from './kinds'

/** What a fix may ask of the layer that feeds a port. */
export type Adjustment = 'width' | 'classes' | 'shape' | 'answers' | 'dropout'

/** Parameters by which a layer lets others change it: a neighbour's fix its output, the command line its dropout. */
export type Adjustable<Param extends string = string> = Partial<Readonly<Record<Adjustment, Param>>>

/** A wire into this node: an input port and, where it is variadic, which of its wires. */
interface Wire {
  readonly port: string
  readonly index?: number
}

export type LayerFixEdit =
  | { readonly type: 'setParam'; readonly param: string; readonly value: unknown }
  /** Sets the parameter that the feeding layer declares `adjustable`; does not apply where it declares none. */
  | ({ readonly type: 'adjustSource'; readonly what: Adjustment; readonly value: unknown } & Wire)
  | ({ readonly type: 'insertBefore'; readonly kind: LayerKind; readonly params: Record<string, unknown> } & Wire)
  | ({ readonly type: 'removeWire' } & Wire)

export interface LayerFix {
  readonly title: Text
  readonly edits: readonly LayerFixEdit[]
}

/** For layers that take one row of features a sample. */
export const flattenBefore = (port: string): LayerFix => ({
  title: { en: 'Insert a Flatten layer', zh: '插入展平层' },
  edits: [{ type: 'insertBefore', port, kind: 'flatten', params: {} }],
})

/** For layers that take sequences of vectors and are given tokens (N, steps). */
export const embedBefore = (port: string, numTokens: number): LayerFix => ({
  title: { en: 'Insert an embedding', zh: '插入嵌入层' },
  edits: [{ type: 'insertBefore', port, kind: 'embedding', params: { numTokens } }],
})

/** What feeds a port; `layer` is absent where the source is no layer (a block instance). */
export interface FixSource extends Endpoint {
  readonly layer?: { readonly adjustable?: Adjustable }
}

/** The first of a layer's fixes whose edits all apply, in terms of the document; `self` is the node's id. */
export function resolveFixes(
  fixes: readonly LayerFix[],
  self: string,
  sources: Readonly<Record<string, readonly FixSource[]>>,
): Fix | undefined {
  for (const { title, edits } of fixes) {
    const resolved = edits.map((edit) => resolveEdit(edit, self, sources))
    if (resolved.every((edit) => edit !== undefined)) return { title, edits: resolved }
  }
  return undefined
}

function resolveEdit(edit: LayerFixEdit, self: string, sources: Readonly<Record<string, readonly FixSource[]>>): FixEdit | undefined {
  if (edit.type === 'setParam') return { ...edit, node: self }
  const source = sources[edit.port]?.[edit.index ?? 0]
  if (!source) return undefined
  const from = { node: source.node, port: source.port }
  const to = { node: self, port: edit.port }
  switch (edit.type) {
    case 'adjustSource': {
      const param = source.layer?.adjustable?.[edit.what]
      return param === undefined ? undefined : { type: 'setParam', node: source.node, param, value: edit.value }
    }
    case 'insertBefore':
      return { type: 'insertOnWire', from, to, kind: edit.kind, params: edit.params }
    case 'removeWire':
      return { type: 'removeWire', from, to }
  }
}
