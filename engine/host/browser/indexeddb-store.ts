/**
 * @file Checkpoints in the browser's database. In: a document's key and the bytes of a checkpoint. Out: the same bytes, and a short description that
 * can be read without them. One transaction writes both: after a crash the old checkpoint is there, or the new one, never half of one.
 */

import type { CheckpointInfo } from '../../protocol/messages'
import type { CheckpointStore } from '../../train/checkpoint'
import { decodeSafetensors } from '../../train/safetensors'
import { committed, Database, settled } from './database'

const FILES = 'files'
const INFOS = 'infos'
/** Documents whose checkpoint is kept; the oldest give way. */
const KEPT = 12

interface StoredInfo extends CheckpointInfo {
  readonly key: string
}

/** From the header of the file; the tensors are not touched. */
function infoOf(key: string, file: Uint8Array): StoredInfo {
  const { metadata } = decodeSafetensors(file, key)
  const { step, epoch, savedAt, backend } = JSON.parse(metadata.run ?? '') as CheckpointInfo
  return { key, step, epoch, savedAt, backend }
}

/** Both or neither. */
async function write(transaction: IDBTransaction, info: StoredInfo, blob: Blob): Promise<void> {
  try {
    const files = transaction.objectStore(FILES)
    const infos = transaction.objectStore(INFOS)
    files.put(blob, info.key)
    infos.put(info, info.key)
    const all = (await settled(infos.getAll())) as StoredInfo[]
    for (const old of all.sort((a, b) => b.savedAt - a.savedAt).slice(KEPT)) {
      files.delete(old.key)
      infos.delete(old.key)
    }
  } catch (error) {
    transaction.abort()
    throw error
  }
}

export class IndexedDbCheckpoints implements CheckpointStore {
  private readonly database: Database

  constructor(name = 'netloom-checkpoints', factory?: IDBFactory) {
    this.database = new Database(name, { [FILES]: {}, [INFOS]: {} }, factory)
  }

  async save(key: string, file: Uint8Array): Promise<void> {
    const info = infoOf(key, file)
    // A value of its own may not exceed some 127 MiB; a Blob lies beside the database and may.
    const blob = new Blob([new Uint8Array(file)])
    const transaction = await this.database.transaction([FILES, INFOS], 'readwrite')
    await Promise.all([committed(transaction), write(transaction, info, blob)])
  }

  async load(key: string): Promise<Uint8Array | undefined> {
    const blob = (await settled((await this.database.store(FILES)).get(key))) as Blob | undefined
    return blob && new Uint8Array(await blob.arrayBuffer())
  }

  async info(key: string): Promise<CheckpointInfo | undefined> {
    return (await settled((await this.database.store(INFOS)).get(key))) as CheckpointInfo | undefined
  }
}
