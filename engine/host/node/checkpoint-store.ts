/**
 * @file Checkpoints in a folder: `checkpoint.safetensors`, and the one before as `previous.safetensors`.
 * In: folders as keys, files as bytes. Out: the same; a new one takes the old one's place only when it is wholly on the disk.
 */
import { join } from 'node:path'
import type { CheckpointStore } from '../../train/checkpoint'
import { exists, keepAs, readBytes, writeWhole } from './files'

export const checkpointFile = (folder: string): string => join(folder, 'checkpoint.safetensors')

export const folderStore: CheckpointStore = {
  async save(folder, file) {
    const path = checkpointFile(folder)
    if (await exists(path)) await keepAs(path, join(folder, 'previous.safetensors'))
    await writeWhole(path, file)
  },
  async load(folder) {
    const path = checkpointFile(folder)
    return (await exists(path)) ? readBytes(path) : undefined
  },
}
