/**
 * @file What kind of data set some files are. In: a file source. Out: the data sets to train and validate with, settings included;
 * a `DiagnosedError` where nothing fits.
 */
import { diagnosedError } from '../core/diagnostics'
import type { ChoiceOf } from '../document/schema'
import type { FileSource } from './dataset'
import { idxPair } from './idx/pair'
import { imagesOf, partsOf } from './images/folder'
import { isTable } from './text/file'

export interface Recognised {
  readonly source: ChoiceOf
  /** Present when the files hold a second part. */
  readonly validation?: ChoiceOf
}

export async function recognise(files: FileSource): Promise<Recognised> {
  const path = files.name
  if (await idxPair(files, 'train')) {
    const source = { kind: 'idx', params: { path, part: 'train' } }
    return (await idxPair(files, 'test')) ? { source, validation: { kind: 'idx', params: { path, part: 'test' } } } : { source }
  }
  if ((await partsOf(files)).length === 2 && (await imagesOf(files, 'train')).length > 0)
    return {
      source: { kind: 'imageFolder', params: { path, part: 'train' } },
      validation: { kind: 'imageFolder', params: { path, part: 'test' } },
    }
  if ((await imagesOf(files, 'all')).length > 0) return { source: { kind: 'imageFolder', params: { path } } }
  const entries = await files.list()
  const tables = entries.filter((entry) => /\.(csv|tsv)$/i.test(entry.path))
  if (tables.length > 0) return { source: { kind: 'csv', params: { path } } }
  const [only] = entries
  if (only && entries.length === 1 && /\.(txt|text|md|data)$/i.test(only.path)) {
    const kind = (await isTable(files, only.path, only.size)) ? 'csv' : 'textFile'
    return { source: { kind, params: { path } } }
  }
  throw diagnosedError('data.unrecognised', { got: path }, { file: path })
}
