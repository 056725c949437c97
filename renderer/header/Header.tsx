/** @file The line on top: brand, the document's name, undo and redo, what the engine runs on, and the run's buttons. */

import { Ellipsis, LayoutGrid, Redo2, Undo2 } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { keysOf } from '../commands/keys'
import { commands, runCommand } from '../commands/registry'
import { RunControls, RunStatus } from '../engine/RunControls'
import { useText, useWords } from '../i18n/i18n'
import { shellWords } from '../i18n/shell-words'
import { useDocument } from '../store/document'
import { showUi } from '../store/ui'
import { AppMenu } from './AppMenu'
import { BrandMark } from './BrandMark'
import './header.css'
import { TitleTab } from './TitleTab'

export function Header() {
  const say = useWords(shellWords)
  const text = useText()
  const past = useDocument((state) => state.history.past.at(-1))
  const future = useDocument((state) => state.history.future[0])
  const undoLabel = past ? say('undoStep', { title: text(past.title) }) : say('undo')
  const redoLabel = future ? say('redoStep', { title: text(future.title) }) : say('redo')
  return (
    <header className="header">
      <h1 className="brand">
        <BrandMark />
        Netloom
      </h1>
      <TitleTab />
      <button type="button" className="btn plain" onClick={() => showUi({ gallery: true })}>
        <LayoutGrid size={14} aria-hidden="true" />
        {say('gallery')}
      </button>
      <span className="grow" />
      <RunStatus />
      <button
        type="button"
        className="btn icon"
        aria-label={undoLabel}
        title={`${undoLabel} (${keysOf(commands.get('edit.undo'))})`}
        disabled={!past}
        onClick={() => runCommand('edit.undo')}
      >
        <Undo2 size={15} />
      </button>
      <button
        type="button"
        className="btn icon"
        aria-label={redoLabel}
        title={`${redoLabel} (${keysOf(commands.get('edit.redo'))})`}
        disabled={!future}
        onClick={() => runCommand('edit.redo')}
      >
        <Redo2 size={15} />
      </button>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger className="btn icon" aria-label={say('menu')}>
          <Ellipsis size={15} />
        </DropdownMenu.Trigger>
        <AppMenu />
      </DropdownMenu.Root>
      <RunControls />
    </header>
  )
}
