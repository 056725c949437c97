/**
 * @file How a folder of images is laid out. In: the files of a folder. Out: which image has which class, for the wanted part.
 * Either one folder a class, or `train/` and `test/` (or `val/`, `valid/`, `validation/`) of that kind.
 */
import type { FileSource } from '../dataset'

export type Part = 'all' | 'train' | 'test'

const IMAGE = /\.(png|jpe?g)$/i
const PARTS: Readonly<Record<'train' | 'test', readonly string[]>> = {
  train: ['train', 'training'],
  test: ['test', 'testing', 'val', 'valid', 'validation'],
}

export interface ImageFile {
  readonly path: string
  readonly className: string
}

/** Whether the folder comes in two parts. */
export async function partsOf(files: FileSource): Promise<readonly ('train' | 'test')[]> {
  const tops = new Set((await files.list()).map(({ path }) => (path.split('/')[0] as string).toLowerCase()))
  const found = (['train', 'test'] as const).filter((part) => PARTS[part].some((name) => tops.has(name)))
  return found.length === 2 ? found : []
}

/** In the order of their paths, so that indices mean the same everywhere. */
export async function imagesOf(files: FileSource, part: Part): Promise<readonly ImageFile[]> {
  const found: ImageFile[] = []
  for (const { path } of await files.list()) {
    const folders = path.split('/').filter((name) => !name.startsWith('.'))
    if (!IMAGE.test(path)) continue
    if (part !== 'all' && !PARTS[part].includes((folders.shift() ?? '').toLowerCase())) continue
    if (folders.length < 2) continue
    found.push({ path, className: folders[0] as string })
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}
