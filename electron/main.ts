/**
 * @file The application's life. In: the operating system's events. Out: windows, a menu, files handed to the editor.
 */
import { join } from 'node:path'
import { app, type BrowserWindow, dialog, ipcMain } from 'electron'
import { channels } from './channels'
import { EXTENSION, handleFiles, readDocument } from './files'
import { chromiumSwitches } from './flags'
import { installMenu } from './menu'
import { registerScheme, serveApp } from './protocol'
import { createEditorWindow, EngineHost } from './windows'

for (const [name, value] of chromiumSwitches) app.commandLine.appendSwitch(name, value)
registerScheme()

const preload = join(import.meta.dirname, 'preload.cjs')
const isMac = process.platform === 'darwin'
let editor: BrowserWindow | undefined
let dirty = false
/** A document asked for before the editor could take it. */
let waiting: string | undefined
const engine = new EngineHost(preload, () => editor)

/** The document among command-line arguments, if there is one (file association on Windows and Linux). */
const documentIn = (argv: readonly string[]): string | undefined => argv.slice(1).find((word) => word.endsWith(EXTENSION))

async function openInEditor(path: string): Promise<void> {
  if (!editor || editor.webContents.isLoading()) {
    waiting = path
    return
  }
  const outcome = await readDocument(path)
  if (outcome.ok) editor.webContents.send(channels.fileOpened, outcome.value)
  else if ('error' in outcome) dialog.showErrorBox('Netloom', `${path}\n\n${outcome.error}`)
  editor.focus()
}

function showEditor(): void {
  const window = createEditorWindow(preload)
  editor = window
  window.webContents.on('did-finish-load', () => {
    const path = waiting
    waiting = undefined
    if (path !== undefined) void openInEditor(path)
  })
  window.on('close', (event) => {
    if (!dirty) return
    const answer = dialog.showMessageBoxSync(window, {
      type: 'question',
      buttons: ['Close', 'Cancel'],
      defaultId: 1,
      cancelId: 1,
      message: 'There are changes that are not saved to a file.',
      detail: 'They are kept and will be there when you open Netloom again.',
    })
    if (answer === 1) event.preventDefault()
  })
  window.on('closed', () => {
    editor = undefined
    dirty = false
  })
}

if (app.requestSingleInstanceLock()) {
  waiting = documentIn(process.argv)
  app.on('second-instance', (_event, argv) => {
    const path = documentIn(argv)
    if (!editor) showEditor()
    if (path !== undefined) void openInEditor(path)
    else editor?.focus()
  })
  app.on('open-file', (event, path) => {
    event.preventDefault()
    void openInEditor(path)
  })
  app.on('window-all-closed', () => {
    if (!isMac) app.quit()
  })
  app.on('activate', () => {
    if (!editor && app.isReady()) showEditor()
  })
  app.on('before-quit', () => engine.stop())
  handleFiles(ipcMain, () => editor)
  ipcMain.on(channels.requestEnginePort, () => engine.connect())
  ipcMain.on(channels.dirty, (_event, value: boolean) => {
    dirty = value
  })
  void app.whenReady().then(() => {
    serveApp(join(import.meta.dirname, '../renderer'))
    installMenu(() => editor, isMac)
    engine.start()
    showEditor()
  })
} else {
  app.quit()
}
