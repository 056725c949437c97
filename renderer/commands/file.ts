/** @file Commands on whole documents, and those that open the app's own windows. */
import { toast } from 'sonner'
import { translate } from '../i18n/i18n'
import { shellWords } from '../i18n/shell-words'
import { blankDocument } from '../store/blank'
import { openDocument } from '../store/document'
import { openFile, saveFile } from '../store/files'
import { showUi } from '../store/ui'
import type { Command } from './command'

async function save(as: boolean): Promise<void> {
  const name = await saveFile({ as })
  if (name !== undefined) toast(translate(shellWords, 'saved', { name }))
}

export const fileCommands: readonly Command[] = [
  {
    id: 'file.new',
    title: { en: 'New graph', zh: '新建网络图' },
    group: 'file',
    keys: ['$mod+KeyN'],
    run: () => {
      openDocument(blankDocument(translate(shellWords, 'untitled')))
      showUi({ gallery: false })
    },
  },
  { id: 'file.gallery', title: { en: 'Templates…', zh: '模板…' }, group: 'file', run: () => showUi({ gallery: true }) },
  { id: 'file.open', title: { en: 'Open…', zh: '打开…' }, group: 'file', keys: ['$mod+KeyO'], whileTyping: true, run: openFile },
  { id: 'file.save', title: { en: 'Save', zh: '保存' }, group: 'file', keys: ['$mod+KeyS'], whileTyping: true, run: () => save(false) },
  {
    id: 'file.saveAs',
    title: { en: 'Save as…', zh: '另存为…' },
    group: 'file',
    keys: ['$mod+Shift+KeyS'],
    whileTyping: true,
    run: () => save(true),
  },
  {
    id: 'app.commands',
    title: { en: 'All commands…', zh: '全部命令…' },
    group: 'app',
    keys: ['$mod+KeyK', '$mod+Shift+KeyP'],
    whileTyping: true,
    run: () => showUi({ commandPalette: true }),
  },
  {
    id: 'app.search',
    title: { en: 'Search layers', zh: '搜索层' },
    group: 'app',
    keys: ['/'],
    run: () => document.getElementById('palette-search')?.focus(),
  },
  {
    id: 'app.settings',
    title: { en: 'Settings…', zh: '设置…' },
    group: 'app',
    keys: ['$mod+Comma'],
    whileTyping: true,
    run: () => showUi({ settings: true }),
  },
  {
    id: 'app.shortcuts',
    title: { en: 'Keyboard shortcuts', zh: '键盘快捷键' },
    group: 'app',
    keys: ['Shift+?'],
    run: () => showUi({ shortcuts: true }),
  },
]
