/**
 * @file Unlimited, named undo as immer patches. In: a document and a recipe that changes a draft of it. Out: the next document and history.
 * Edits that carry the same merge key within a second (typing, a drag, nudges) become one step.
 */
import { applyPatches, type Draft, enablePatches, type Patch, produceWithPatches } from 'immer'
import type { Text } from '../../engine/core/text'
import type { GraphDocument } from '../../engine/document/schema'

enablePatches()

/** What a person was looking at; restored with the step so that undo shows what it changed. */
export interface View {
  /** Ids of the opened block instances, outermost first. */
  readonly path: readonly string[]
  readonly nodes: readonly string[]
  readonly edges: readonly string[]
}

export interface Step {
  readonly title: Text
  readonly redo: readonly Patch[]
  readonly undo: readonly Patch[]
  readonly mergeKey?: string
  readonly at: number
  readonly before: View
  readonly after: View
}

export interface History {
  readonly past: readonly Step[]
  readonly future: readonly Step[]
}

export const emptyHistory: History = { past: [], future: [] }

export interface Edit {
  readonly title: Text
  readonly recipe: (draft: Draft<GraphDocument>) => void
  readonly mergeKey?: string
}

const MERGE_WITHIN = 1000

/** Applies an edit; undefined when it changes nothing. */
export function applyEdit(
  document: GraphDocument,
  history: History,
  edit: Edit,
  before: View,
  after: View,
  now: number,
): { document: GraphDocument; history: History } | undefined {
  const [next, redo, undo] = produceWithPatches(document, (draft) => {
    edit.recipe(draft)
  })
  if (redo.length === 0) return undefined
  const last = history.past.at(-1)
  const step: Step = { title: edit.title, redo, undo, mergeKey: edit.mergeKey, at: now, before, after }
  if (edit.mergeKey !== undefined && last?.mergeKey === edit.mergeKey && now - last.at < MERGE_WITHIN) {
    const merged: Step = { ...step, redo: [...last.redo, ...redo], undo: [...undo, ...last.undo], before: last.before }
    return { document: next, history: { past: [...history.past.slice(0, -1), merged], future: [] } }
  }
  return { document: next, history: { past: [...history.past, step], future: [] } }
}

export function undoStep(document: GraphDocument, history: History): { document: GraphDocument; history: History; view: View } | undefined {
  const step = history.past.at(-1)
  if (!step) return undefined
  return {
    document: applyPatches(document, step.undo as Patch[]),
    history: { past: history.past.slice(0, -1), future: [step, ...history.future] },
    view: step.before,
  }
}

export function redoStep(document: GraphDocument, history: History): { document: GraphDocument; history: History; view: View } | undefined {
  const step = history.future[0]
  if (!step) return undefined
  return {
    document: applyPatches(document, step.redo as Patch[]),
    history: { past: [...history.past, step], future: history.future.slice(1) },
    view: step.after,
  }
}
