/**
 * @file Which IDX files belong together. In: the files of a folder. Out: images and labels of the wanted part.
 * MNIST's names (`train-images-idx3-ubyte`, `t10k-labels-idx1-ubyte`, with or without .gz) and others built like them.
 */
import type { FileSource } from '../dataset'

interface Entry {
  readonly path: string
  readonly size: number
}

export interface IdxPair {
  readonly images: Entry
  readonly labels: Entry
}

const isTest = (path: string): boolean => /(^|[/\-_.])(t10k|test|val)/i.test(path)

export async function idxPair(files: FileSource, part: 'train' | 'test'): Promise<IdxPair | undefined> {
  const entries = (await files.list()).filter(({ path }) => /idx|ubyte/i.test(path) && isTest(path) === (part === 'test'))
  const images = entries.find(({ path }) => /images|idx3/i.test(path))
  const labels = entries.find(({ path }) => /labels|idx1/i.test(path))
  return images && labels ? { images, labels } : undefined
}
