/**
 * @file Data files across a reload: a page may not keep hold of files on disk, so small ones are kept in the browser's database. In: given files and
 * the document they belong to. Out: the same files, until others have taken their place. Large data must be chosen again.
 */
import { Database, settled } from '../../engine/host/browser/database'
import type { GivenFiles } from '../../engine/protocol/messages'

const DATABASE = 'netloom-data'
const STORE = 'files'
/** Bytes of one group. */
const MOST_BYTES = 96 * 2 ** 20
const KEPT = 8

interface Kept {
  readonly files: GivenFiles
  readonly keptAt: number
}

const database = new Database(DATABASE, { [STORE]: {} })

const keyOf = (documentKey: string, name: string): string => `${documentKey} ${name}`

export async function keepFiles(documentKey: string, files: GivenFiles): Promise<void> {
  const bytes = files.files.reduce((sum, { file }) => sum + file.size, 0)
  if (bytes > MOST_BYTES) return
  const store = await database.store(STORE, 'readwrite')
  store.put({ files, keptAt: Date.now() } satisfies Kept, keyOf(documentKey, files.name))
  const keys = await settled(store.getAllKeys())
  const all = (await settled(store.getAll())) as Kept[]
  const oldest = keys.map((key, index) => ({ key, keptAt: all[index]?.keptAt ?? 0 })).sort((a, b) => b.keptAt - a.keptAt)
  for (const { key } of oldest.slice(KEPT)) store.delete(key)
}

export async function keptFiles(documentKey: string, name: string): Promise<GivenFiles | undefined> {
  const store = await database.store(STORE)
  const kept = (await settled(store.get(keyOf(documentKey, name)))) as Kept | undefined
  return kept?.files
}
