/**
 * @file Files that a person chose or dropped, made ready for the engine. In: file inputs and drops. Out: named groups: a folder is one, every table is
 * one of its own, other files chosen together (MNIST's four, say) are one.
 */
import type { GivenFiles } from '../../../engine/protocol/messages'

interface Entry {
  readonly path: string
  readonly file: File
}

const isTable = ({ path }: Entry): boolean => /\.(csv|tsv|txt|data)$/i.test(path)
/** `optdigits.tes.csv`, `test.csv`, `val.csv`: what people call the second part. */
const isHeldOut = (name: string): boolean => /(^|[^a-z])(te|tes|test|val|valid|validation)([^a-z]|$)/i.test(name)

export interface Choice {
  readonly groups: readonly GivenFiles[]
  /** Which group is to be trained on, and which one, if any, validates. */
  readonly source: string
  readonly validation?: string
}

/** From an `<input type=file>`, with or without `webkitdirectory`. */
export const fromInput = (files: FileList): Choice | undefined =>
  choiceOf([...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })))

export function choiceOf(entries: readonly Entry[]): Choice | undefined {
  const [first] = entries
  if (!first) return undefined
  const root = first.path.split('/')[0] as string
  if (entries.every(({ path }) => path.startsWith(`${root}/`)))
    return single(
      root,
      entries.map(({ path, file }) => ({ path: path.slice(root.length + 1), file })),
    )
  const tables = entries.filter(isTable)
  const training = tables.find(({ path }) => !isHeldOut(path)) ?? tables[0]
  if (!training) return single(first.path, entries)
  const validation = tables.find((table) => table !== training && isHeldOut(table.path))
  return {
    groups: tables.map((table) => ({ name: table.path, files: [table] })),
    source: training.path,
    validation: validation?.path,
  }
}

const single = (name: string, files: readonly Entry[]): Choice => ({ groups: [{ name, files }], source: name })

/** From a drop: folders are walked. Must be called while the event is being handled, for the browser takes its items back afterwards. */
export async function fromDrop(items: DataTransferItemList): Promise<Choice | undefined> {
  const roots = [...items].flatMap((item) => item.webkitGetAsEntry() ?? [])
  const entries: Entry[] = []
  for (const root of roots) await walk(root, root.name, entries)
  return choiceOf(entries)
}

async function walk(entry: FileSystemEntry, path: string, out: Entry[]): Promise<void> {
  if (isFile(entry)) {
    out.push({ path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) })
    return
  }
  if (!isDirectory(entry)) return
  const reader = entry.createReader()
  // A reader hands out a hundred entries at a time.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
    if (batch.length === 0) return
    for (const child of batch) await walk(child, `${path}/${child.name}`, out)
  }
}

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile
const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory
