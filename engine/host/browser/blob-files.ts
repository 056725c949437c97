/**
 * @file Files that a person chose or dropped, as a data source. In: Blobs with their paths. Out: bytes on demand: a slice is read from disk when it
 * is asked for, and nothing is ever read whole unless the reader asks for the whole.
 */
import { diagnosedError } from '../../core/diagnostics'
import type { FileSource } from '../../datasets/dataset'
import type { GivenFiles } from '../../protocol/messages'

export function blobFiles({ name, files }: GivenFiles): FileSource {
  const byPath = new Map(files.map(({ path, file }) => [path, file]))
  return {
    name,
    list: async () => files.map(({ path, file }) => ({ path, size: file.size })),
    async read(path, start, end) {
      const file = byPath.get(path)
      if (!file) throw diagnosedError('data.missing', { got: path }, { file: path })
      try {
        return new Uint8Array(await file.slice(start ?? 0, end ?? file.size).arrayBuffer())
      } catch (error) {
        // The file was moved or changed since it was chosen.
        throw diagnosedError('file.read', { file: path, detail: error instanceof Error ? error.message : String(error) }, { file: path })
      }
    },
  }
}
