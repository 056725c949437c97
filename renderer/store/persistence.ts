/**
 * @file Autosave and recovery. In: every change of the document. Out: a draft at most 300 ms behind, written at once when the page is hidden; and on
 * start the document as it was, so that a reload loses nothing.
 */
import { parseDocument } from '../../engine/document/parse'
import { type DocumentState, isDirty, openDocument, useDocument } from './document'
import { type Draft, readDrafts, writeDraft, writeLastWords } from './drafts'

const DELAY = 250
const SESSION = 'netloom.open'

const draftOf = (state: DocumentState): Draft => ({
  key: state.key,
  document: state.document,
  fileName: state.fileName,
  isDirty: isDirty(state),
  path: state.path,
  savedAt: Date.now(),
})

/** Writes drafts from now on; `failed` hears when the browser refuses to store them. */
export function startAutosave(failed: (error: unknown) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let pending = false
  const write = (): void => {
    clearTimeout(timer)
    if (!pending) return
    pending = false
    writeDraft(draftOf(useDocument.getState())).catch(failed)
  }
  useDocument.subscribe((state, before) => {
    if (state.document === before.document && state.path === before.path && state.key === before.key) return
    if (state.key !== before.key) sessionStorage.setItem(SESSION, state.key)
    pending = true
    clearTimeout(timer)
    timer = setTimeout(write, DELAY)
  })
  addEventListener('pagehide', () => {
    if (pending) writeLastWords(draftOf(useDocument.getState()))
    write()
  })
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') write()
  })
}

/** Opens what this window had open before a reload, or what was left unsaved by a closed one. Returns whether there was something. */
export async function recover(): Promise<boolean> {
  const drafts = await readDrafts()
  const open = sessionStorage.getItem(SESSION)
  const draft = drafts.find((one) => one.key === open) ?? (open === null ? drafts.find((one) => one.isDirty) : undefined)
  if (!draft) return false
  restoreDraft(draft)
  return true
}

/** Opens a draft through the same gate as a file: what an older version stored may not be what this one reads. */
export function restoreDraft(draft: Draft): boolean {
  const parsed = parseDocument(draft.document)
  if (!parsed.ok) return false
  openDocument(parsed.value, { key: draft.key, fileName: draft.fileName, recovered: draft.isDirty })
  useDocument.setState({ path: draft.path })
  sessionStorage.setItem(SESSION, draft.key)
  return true
}
