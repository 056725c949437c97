/**
 * @file The only home of the document. In: transactions (named, undoable) and selections. Out: the document, the opened graph, history, and
 * whether it differs from the file. Everything on the screen is derived from here.
 */
import type { Draft } from 'immer'
import { nanoid } from 'nanoid'
import { create } from 'zustand'
import type { Text } from '../../engine/core/text'
import type { Graph, GraphDocument } from '../../engine/document/schema'
import { blankDocument } from './blank'
import { graphAt } from './graphs'
import { applyEdit, emptyHistory, type History, redoStep, type Step, undoStep, type View } from './history'

export interface DocumentState extends View {
  /** Identity of the open document across renames and reloads (checkpoints belong to it). */
  readonly key: string
  readonly document: GraphDocument
  readonly history: History
  /** The last step when it was saved; `undefined` when it was saved (or opened) without steps. */
  readonly savedStep: Step | undefined
  /** False only while it has never been written anywhere and holds nothing worth keeping (a fresh template). */
  readonly recovered: boolean
  readonly fileName: string | undefined
}

const noSelection = { nodes: [], edges: [] } as const

const fresh = (document: GraphDocument): Omit<DocumentState, 'key'> => ({
  document,
  history: emptyHistory,
  savedStep: undefined,
  recovered: false,
  fileName: undefined,
  path: [],
  ...noSelection,
})

export const useDocument = create<DocumentState>(() => ({ key: nanoid(12), ...fresh(blankDocument()) }))

const viewOf = ({ path, nodes, edges }: View): View => ({ path, nodes, edges })

/** Replaces the document: a template, a file, a recovered draft. History starts anew. */
export function openDocument(
  document: GraphDocument,
  origin: { readonly key?: string; readonly fileName?: string; readonly recovered?: boolean } = {},
): void {
  useDocument.setState({
    ...fresh(document),
    key: origin.key ?? nanoid(12),
    fileName: origin.fileName,
    recovered: origin.recovered ?? false,
  })
}

export interface TransactOptions {
  /** Edits with one key within a second make one step (typing in a field, a drag). */
  readonly mergeKey?: string
  /** What is selected afterwards; by default what was, as far as it still exists. */
  readonly select?: Partial<Pick<View, 'nodes' | 'edges'>>
}

/** One named, undoable change of the document. `graph` is the draft of the opened graph. */
export function transact(
  title: Text,
  recipe: (draft: Draft<GraphDocument>, graph: Draft<Graph>, blockId: string | undefined) => void,
  options: TransactOptions = {},
): void {
  const state = useDocument.getState()
  const { blockId } = graphAt(state.document, state.path)
  const before = viewOf(state)
  const result = applyEdit(
    state.document,
    state.history,
    {
      title,
      mergeKey: options.mergeKey,
      recipe: (draft) => {
        const block = blockId === undefined ? undefined : draft.blocks[blockId]
        recipe(draft, (block ?? draft) as Draft<Graph>, blockId)
      },
    },
    before,
    { ...before, ...options.select },
    Date.now(),
  )
  if (!result) return
  useDocument.setState({ ...result, ...existing(result.document, { ...before, ...options.select }) })
}

/** A view without what the document no longer holds. */
function existing(document: GraphDocument, view: View): View {
  const { graph, path: walked } = graphAt(document, view.path)
  if (walked.length !== view.path.length) return { path: walked, ...noSelection }
  // The same place is the same array: the canvas would take another one for a move.
  const now = useDocument.getState().path
  const path = walked.join('/') === now.join('/') ? now : walked
  const ids = new Set(graph.nodes.map((node) => node.id))
  return { path, nodes: view.nodes.filter((id) => ids.has(id)), edges: graph.edges.length === 0 ? [] : view.edges }
}

export function undo(): Text | undefined {
  const state = useDocument.getState()
  const step = state.history.past.at(-1)
  const result = undoStep(state.document, state.history)
  if (!result) return undefined
  useDocument.setState({ document: result.document, history: result.history, ...existing(result.document, result.view) })
  return step?.title
}

export function redo(): Text | undefined {
  const state = useDocument.getState()
  const step = state.history.future[0]
  const result = redoStep(state.document, state.history)
  if (!result) return undefined
  useDocument.setState({ document: result.document, history: result.history, ...existing(result.document, result.view) })
  return step?.title
}

export function select(nodes: readonly string[], edges: readonly string[] = []): void {
  const state = useDocument.getState()
  const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((id, index) => id === b[index])
  if (!same(state.nodes, nodes) || !same(state.edges, edges)) useDocument.setState({ nodes, edges })
}

/** Opens a block instance of the shown graph. */
export function enterBlock(id: string): void {
  const { document, path } = useDocument.getState()
  const next = [...path, id]
  if (graphAt(document, next).path.length === next.length) useDocument.setState({ path: next, ...noSelection })
}

/** Goes out to the given depth (default: one level), with the block that was open selected. */
export function leaveBlock(depth?: number): void {
  const { path } = useDocument.getState()
  const to = Math.max(0, depth ?? path.length - 1)
  const left = path[to]
  if (left !== undefined) useDocument.setState({ path: path.slice(0, to), nodes: [left], edges: [] })
}

/** Shows a node by its engine path (`inception3a/conv1`) and selects it. */
export function revealNode(enginePath: string): void {
  const parts = enginePath.split('/')
  const { document } = useDocument.getState()
  const { graph, path } = graphAt(document, parts.slice(0, -1))
  const id = path.length === parts.length - 1 ? parts.at(-1) : parts[path.length]
  if (id !== undefined && graph.nodes.some((node) => node.id === id)) useDocument.setState({ path, nodes: [id], edges: [] })
}

export function markSaved(fileName?: string): void {
  const state = useDocument.getState()
  useDocument.setState({ savedStep: state.history.past.at(-1), recovered: false, fileName: fileName ?? state.fileName })
}

export const isDirty = (state: DocumentState): boolean => state.recovered || state.history.past.at(-1) !== state.savedStep

/** The graph on the canvas. */
export const openedGraph = (state: DocumentState): Graph => graphAt(state.document, state.path).graph

export const useOpenedGraph = (): Graph => useDocument(openedGraph)
