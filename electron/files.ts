/**
 * @file Documents on disk: the two dialogs, and writes that leave either the old file or the new one, never half of one.
 * In: calls of the page over IPC. Out: `FileOutcome`s with a sentence when something failed.
 */
import { open, readFile, rename, rm } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { BrowserWindow, IpcMain } from 'electron'
import { dialog } from 'electron'
import { channels, type FileOutcome, type OpenedFile } from './channels'

export const EXTENSION = '.netloom.json'
/** A document is text a person made; anything larger is not one. */
const MAX_BYTES = 64 * 2 ** 20

const filters = [{ name: 'Netloom', extensions: ['netloom.json', 'json'] }]

const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error))

export async function readDocument(path: string): Promise<FileOutcome<OpenedFile>> {
  try {
    const bytes = await readFile(path)
    if (bytes.byteLength > MAX_BYTES) return { ok: false, error: `${basename(path)} is larger than ${MAX_BYTES} bytes` }
    return { ok: true, value: { path, text: bytes.toString('utf8') } }
  } catch (error) {
    return { ok: false, error: sentence(error) }
  }
}

/** Writes beside the target, flushes, renames over it. */
export async function writeAtomically(path: string, text: string): Promise<FileOutcome<{ readonly path: string }>> {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    const file = await open(temporary, 'w')
    try {
      await file.writeFile(text, 'utf8')
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
    return { ok: true, value: { path } }
  } catch (error) {
    await rm(temporary, { force: true })
    return { ok: false, error: sentence(error) }
  }
}

export const withExtension = (path: string): string => (extname(path) === '' ? `${path}${EXTENSION}` : path)

export function handleFiles(ipc: IpcMain, windowOf: () => BrowserWindow | undefined): void {
  ipc.handle(channels.openFile, async (): Promise<FileOutcome<OpenedFile>> => {
    const parent = windowOf()
    const options = { filters, properties: ['openFile' as const] }
    const chosen = await (parent ? dialog.showOpenDialog(parent, options) : dialog.showOpenDialog(options))
    const path = chosen.filePaths[0]
    return chosen.canceled || path === undefined ? { ok: false, cancelled: true } : readDocument(path)
  })
  ipc.handle(
    channels.saveFile,
    async (_event, text: string, known: string | undefined, suggestedName: string): Promise<FileOutcome<{ readonly path: string }>> => {
      if (known !== undefined) return writeAtomically(known, text)
      const parent = windowOf()
      const options = { filters, defaultPath: `${suggestedName}${EXTENSION}` }
      const chosen = await (parent ? dialog.showSaveDialog(parent, options) : dialog.showSaveDialog(options))
      return chosen.canceled || !chosen.filePath ? { ok: false, cancelled: true } : writeAtomically(withExtension(chosen.filePath), text)
    },
  )
}
