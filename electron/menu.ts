/**
 * @file The application menu. In: the editor window. Out: a menu whose items run the editor's own commands by id, so that a shortcut,
 * the command palette and the menu can never disagree about what a command does. Keys are shown, not registered: the page handles them.
 */
import { type BrowserWindow, Menu, type MenuItemConstructorOptions } from 'electron'
import { channels } from './channels'

type Item = readonly [command: string, label: string, accelerator?: string] | null

const file: readonly Item[] = [
  ['file.new', 'New', 'CmdOrCtrl+N'],
  ['file.gallery', 'Templates…'],
  ['file.open', 'Open…', 'CmdOrCtrl+O'],
  null,
  ['file.save', 'Save', 'CmdOrCtrl+S'],
  ['file.saveAs', 'Save As…', 'CmdOrCtrl+Shift+S'],
]
const edit: readonly Item[] = [
  ['edit.undo', 'Undo', 'CmdOrCtrl+Z'],
  ['edit.redo', 'Redo', 'CmdOrCtrl+Shift+Z'],
  null,
  ['edit.cut', 'Cut', 'CmdOrCtrl+X'],
  ['edit.copy', 'Copy', 'CmdOrCtrl+C'],
  ['edit.paste', 'Paste', 'CmdOrCtrl+V'],
  ['edit.duplicate', 'Duplicate', 'CmdOrCtrl+D'],
  ['edit.selectAll', 'Select All', 'CmdOrCtrl+A'],
]
const train: readonly Item[] = [
  ['train.start', 'Train', 'CmdOrCtrl+Enter'],
  ['train.stop', 'Stop', 'CmdOrCtrl+Alt+Enter'],
  null,
  ['train.from', 'Start From a Checkpoint…'],
  ['train.lesson', 'Step Through the Network'],
  ['train.checkGradients', 'Check Gradients'],
]

export function menuTemplate(run: (command: string) => void, isMac: boolean): MenuItemConstructorOptions[] {
  const items = (list: readonly Item[]): MenuItemConstructorOptions[] =>
    list.map((item) =>
      item === null
        ? { type: 'separator' }
        : { label: item[1], accelerator: item[2], registerAccelerator: false, click: () => run(item[0]) },
    )
  return [
    ...(isMac ? [{ role: 'appMenu' as const }] : []),
    { label: 'File', submenu: [...items(file), { type: 'separator' }, { role: isMac ? 'close' : 'quit' }] },
    { label: 'Edit', submenu: items(edit) },
    { label: 'Train', submenu: items(train) },
    {
      label: 'View',
      submenu: [
        { label: 'Fit the graph', click: () => run('view.fit') },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' },
      ],
    },
    { role: 'windowMenu' },
  ]
}

export function installMenu(windowOf: () => BrowserWindow | undefined, isMac: boolean): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate((id) => windowOf()?.webContents.send(channels.command, id), isMac)))
}
