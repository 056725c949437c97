/**
 * @file Files on this machine. In: paths. Out: bytes and file sources; everything that is written is written whole or not at all
 * (a temporary name beside it, flushed, renamed); devices and pipes are written into. What the file system refuses is a diagnosed error that names the file.
 */
import { access, constants, copyFile, link, mkdir, open, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { diagnosedError } from '../../core/diagnostics'
import type { FileSource } from '../../datasets/dataset'

const reason = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^\w+: /, '').replace(/, \w+( '.*')?$/, '') : String(error)

export const readError = (file: string, error: unknown) => diagnosedError('file.read', { file, detail: reason(error) }, { file })

export async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file)
  } catch (error) {
    throw readError(file, error)
  }
}

export const readText = async (file: string): Promise<string> => new TextDecoder().decode(await readBytes(file))

export const writeError = (file: string, error: unknown) => diagnosedError('file.write', { file, detail: reason(error) }, { file })

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** With all folders above it. Node's own recursive `mkdir` never returns where the file system will have no new names (/proc, say). */
async function makeFolder(folder: string): Promise<void> {
  const make = () =>
    mkdir(folder).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
  try {
    await make()
  } catch (error) {
    if (codeOf(error) !== 'ENOENT' || dirname(folder) === folder || (await exists(dirname(folder)))) throw error
    await makeFolder(dirname(folder))
    await make()
  }
}

interface Place {
  /** What a link leads to, so that the link stays. */
  readonly path: string
  /** A device or a pipe: it is written into, and nothing may take its place. */
  readonly isStream: boolean
}

async function placeOf(file: string): Promise<Place> {
  const found = await stat(file).catch(() => undefined)
  if (found?.isDirectory()) throw new Error('it is a folder')
  const isStream = found !== undefined && !found.isFile()
  return { path: found && !isStream ? await realpath(file) : file, isStream }
}

const temporaryOf = (path: string): string => `${path}.${process.pid}.tmp`

/** Says before the work, rather than after it, that a file cannot be written; makes its folder. */
export async function expectWritable(file: string): Promise<void> {
  try {
    const folder = dirname(resolve(file))
    await makeFolder(folder)
    if (!(await stat(folder)).isDirectory()) throw new Error(`${folder} is not a folder`)
    const { path, isStream } = await placeOf(file)
    if (isStream) return await access(path, constants.W_OK)
    // Permissions do not tell everything (read-only file systems, quotas): only making a file does.
    await (await open(temporaryOf(path), 'w')).close()
    await rm(temporaryOf(path), { force: true })
  } catch (error) {
    throw writeError(file, error)
  }
}

/** `to` becomes what `from` is now, without taking room on the disk where the file system can have one file under two names. */
export async function keepAs(from: string, to: string): Promise<void> {
  try {
    await rm(to, { force: true })
    await link(from, to).catch(() => copyFile(from, to))
  } catch (error) {
    throw writeError(to, error)
  }
}

export async function writeWhole(file: string, data: Uint8Array | string): Promise<void> {
  try {
    await makeFolder(dirname(resolve(file)))
    const { path, isStream } = await placeOf(file)
    if (isStream) await writeFile(path, data)
    else await replace(path, data)
  } catch (error) {
    throw writeError(file, error)
  }
}

async function replace(path: string, data: Uint8Array | string): Promise<void> {
  const temporary = temporaryOf(path)
  try {
    const handle = await open(temporary, 'w')
    try {
      await handle.writeFile(data)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw error
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

export async function findFiles(path: string): Promise<FileSource> {
  try {
    const found = await stat(path)
    return found.isDirectory() ? new NodeFiles(path, path) : new NodeFiles(path, dirname(path), basename(path))
  } catch (error) {
    throw readError(path, error)
  }
}

export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )
