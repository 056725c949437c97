/**
 * @file Where unsaved work lies in the browser. In: the open document. Out: one draft in IndexedDB, and a list of what was open before.
 * A page that is being hidden cannot wait for IndexedDB, so its last words also go, synchronously, to localStorage; the newer of the two wins.
 */
import type { GraphDocument } from '../../engine/document/schema'
import { Database, settled } from '../../engine/host/browser/database'

export interface Draft {
  readonly key: string
  readonly document: GraphDocument
  readonly fileName?: string
  readonly isDirty: boolean
  readonly path: readonly string[]
  readonly savedAt: number
}

const DATABASE = 'netloom-editor'
const STORE = 'drafts'
const LAST_WORDS = 'netloom.last-words'
const KEPT = 12

const database = new Database(DATABASE, { [STORE]: { keyPath: 'key' } })

export async function writeDraft(draft: Draft): Promise<void> {
  const store = await database.store(STORE, 'readwrite')
  await settled(store.put(draft))
  const all = (await settled(store.getAll())) as Draft[]
  for (const old of all.sort((a, b) => b.savedAt - a.savedAt).slice(KEPT)) store.delete(old.key)
}

export const deleteDraft = async (key: string): Promise<void> => {
  await settled((await database.store(STORE, 'readwrite')).delete(key))
}

/** Everything kept, the newest first, the last words of a closed page included. */
export async function readDrafts(): Promise<readonly Draft[]> {
  const stored = (await settled((await database.store(STORE)).getAll())) as Draft[]
  const last = readLastWords()
  const drafts = last ? [last, ...stored.filter((draft) => draft.key !== last.key || draft.savedAt > last.savedAt)] : stored
  const newest = new Map<string, Draft>()
  for (const draft of drafts.sort((a, b) => b.savedAt - a.savedAt)) if (!newest.has(draft.key)) newest.set(draft.key, draft)
  return [...newest.values()]
}

export function writeLastWords(draft: Draft): void {
  try {
    localStorage.setItem(LAST_WORDS, JSON.stringify(draft))
  } catch {
    // Larger than the browser's quota: IndexedDB, at most 300 ms behind, has it.
    localStorage.removeItem(LAST_WORDS)
  }
}

function readLastWords(): Draft | undefined {
  const text = localStorage.getItem(LAST_WORDS)
  if (text === null) return undefined
  localStorage.removeItem(LAST_WORDS)
  return JSON.parse(text) as Draft
}
