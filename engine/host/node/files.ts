/**
 * @file Files on this machine. In: paths. Out: bytes and file sources; everything that is written is written whole or not at all
 * (a temporary name beside it, flushed, renamed). What the file system refuses is a diagnosed error that names the file.
 */
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { diagnosedError } from '../../core/diagnostics'
import type { FileSource } from '../../datasets/dataset'
import type { FindFiles } from '../../datasets/prepare'

const reason = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^\w+: /, '').replace(/, \w+ '.*'$/, '') : String(error)

export const readError = (file: string, error: unknown) => diagnosedError('file.read', { file, detail: reason(error) }, { file })

export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    throw readError(file, error)
  }
}

export const readText = async (file: string): Promise<string> => new TextDecoder().decode(await readBytes(file))

export async function writeWhole(file: string, data: Uint8Array | string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`
  try {
    await mkdir(dirname(resolve(file)), { recursive: true })
    const handle = await open(temporary, 'w')
    try {
      await handle.writeFile(data)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw diagnosedError('file.write', { file, detail: reason(error) }, { file })
  }
}

/** A file, or all files below a folder. */
class NodeFiles implements FileSource {
  private listed: Promise<readonly { readonly path: string; readonly size: number }[]> | undefined

  constructor(
    readonly name: string,
    private readonly folder: string,
    private readonly only?: string,
  ) {}

  list() {
    this.listed ??= this.walk()
    return this.listed
  }

  private async walk(): Promise<readonly { readonly path: string; readonly size: number }[]> {
    try {
      if (this.only !== undefined) return [{ path: this.only, size: (await stat(join(this.folder, this.only))).size }]
      const entries = await readdir(this.folder, { recursive: true, withFileTypes: true })
      const files = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name))
      return await Promise.all(
        files.map(async (file) => ({ path: relative(this.folder, file).split(sep).join('/'), size: (await stat(file)).size })),
      )
    } catch (error) {
      throw readError(this.name, error)
    }
  }

  async read(path: string, start?: number, end?: number): Promise<Uint8Array> {
    const file = join(this.folder, path)
    if (start === undefined || end === undefined) return readBytes(file)
    try {
      const handle = await open(file)
      try {
        const buffer = new Uint8Array(end - start)
        const { bytesRead } = await handle.read(buffer, 0, buffer.length, start)
        return buffer.subarray(0, bytesRead)
      } finally {
        await handle.close()
      }
    } catch (error) {
      throw readError(file, error)
    }
  }
}

export async function filesAt(path: string): Promise<FileSource> {
  try {
    const found = await stat(path)
    return found.isDirectory() ? new NodeFiles(path, path) : new NodeFiles(path, dirname(path), basename(path))
  } catch (error) {
    throw readError(path, error)
  }
}

export const findFiles: FindFiles = filesAt

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
