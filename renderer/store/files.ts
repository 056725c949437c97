/**
 * @file Documents as files. In: a person's wish to open or save. Out: the document opened, or the reasons why not; the file written. Electron's
 * own dialogues where there are any, the File System Access API where the browser has it, an upload field and a download elsewhere.
 */
import type { FileOutcome, OpenedFile } from '../../electron/channels'
import { parseDocument, serializeDocument } from '../../engine/document/parse'
import { markSaved, openDocument, useDocument } from './document'
import { showUi } from './ui'

const EXTENSION = '.netloom.json'

/** The File System Access API, which TypeScript's DOM library does not know yet. */
interface PickerWindow {
  showOpenFilePicker?(options: object): Promise<FileSystemFileHandle[]>
  showSaveFilePicker?(options: object): Promise<FileSystemFileHandle>
}
const pickers = (): PickerWindow => globalThis as PickerWindow
const fileTypes = [{ description: 'Netloom', accept: { 'application/json': [EXTENSION, '.json'] } }]

/** Where the next save goes without asking, by document. */
let target: { readonly key: string; readonly handle?: FileSystemFileHandle; readonly path?: string } | undefined

const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

/** Opens the text of a file, or shows what is wrong with it. */
export function openText(text: string, name: string): boolean {
  const parsed = parseDocument(text)
  if (!parsed.ok) {
    showUi({ fileProblems: { name, problems: parsed.diagnostics } })
    return false
  }
  openDocument(parsed.value, { fileName: name })
  showUi({ gallery: false })
  return true
}

function openedOnDesktop(outcome: FileOutcome<OpenedFile>): void {
  if (!outcome.ok) {
    if ('error' in outcome) throw new Error(outcome.error)
    return
  }
  receiveDesktopFile(outcome.value)
}

/** A file chosen in Electron, or opened from the desktop. */
export function receiveDesktopFile({ path, text }: OpenedFile): void {
  if (openText(text, path.split(/[\\/]/).at(-1) ?? path)) target = { key: useDocument.getState().key, path }
}

export async function openFile(): Promise<void> {
  if (window.netloom) return openedOnDesktop(await window.netloom.openFile())
  const picker = pickers().showOpenFilePicker
  if (!picker) {
    const file = await chosenByField()
    if (file) openText(await file.text(), file.name)
    return
  }
  try {
    const [handle] = await picker.call(globalThis, { types: fileTypes })
    if (!handle) return
    const file = await handle.getFile()
    if (openText(await file.text(), file.name)) target = { key: useDocument.getState().key, handle }
  } catch (error) {
    if (!isAbort(error)) throw error
  }
}

function chosenByField(): Promise<File | undefined> {
  return new Promise((resolve) => {
    const field = document.createElement('input')
    field.type = 'file'
    field.accept = `${EXTENSION},.json,application/json`
    field.onchange = () => resolve(field.files?.[0])
    field.oncancel = () => resolve(undefined)
    field.click()
  })
}

const suggestedName = (): string => {
  const { fileName, document } = useDocument.getState()
  return fileName ?? `${document.name.replace(/[^\p{L}\p{N} _-]/gu, '').trim() || 'network'}${EXTENSION}`
}

/** Writes the document; returns the name it was written under, or nothing when the person changed their mind. */
export async function saveFile(options: { readonly as: boolean }): Promise<string | undefined> {
  const { key, document } = useDocument.getState()
  const text = serializeDocument(document)
  const known = !options.as && target?.key === key ? target : undefined
  if (window.netloom) {
    const outcome = await window.netloom.saveFile(text, known?.path, suggestedName())
    if (!outcome.ok) {
      if ('error' in outcome) throw new Error(outcome.error)
      return undefined
    }
    target = { key, path: outcome.value.path }
    return saved(outcome.value.path.split(/[\\/]/).at(-1) ?? outcome.value.path)
  }
  const picker = pickers().showSaveFilePicker
  if (!picker) {
    download(text, suggestedName())
    return saved(suggestedName())
  }
  try {
    const handle = known?.handle ?? (await picker.call(globalThis, { suggestedName: suggestedName(), types: fileTypes }))
    const stream = await handle.createWritable()
    await stream.write(text)
    await stream.close()
    target = { key, handle }
    return saved(handle.name)
  } catch (error) {
    if (isAbort(error)) return undefined
    throw error
  }
}

function saved(name: string): string {
  markSaved(name)
  return name
}

/** Hands a text to the browser's downloads. */
function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
