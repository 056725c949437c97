/** @file Where the editor starts: settings on the page, unsaved work back, the engine started, the frame drawn. */
import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import './theme/tokens.css'
import './theme/base.css'
import './theme/command-list.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { toast } from 'sonner'
import { App } from './App'
import { engine } from './engine/client'
import { translate } from './i18n/i18n'
import { shellWords } from './i18n/shell-words'
import { isDirty, useDocument } from './store/document'
import { recover, startAutosave } from './store/persistence'
import { applySettings } from './store/settings'
import { showUi } from './store/ui'

async function start(): Promise<void> {
  applySettings()
  const draftFailed = (error: unknown): void => {
    console.warn(error)
    toast.warning(translate(shellWords, 'draftFailed'), { id: 'draft-failed' })
  }
  const found = await recover().catch((error: unknown) => {
    draftFailed(error)
    return false
  })
  startAutosave(draftFailed)
  showUi({ gallery: !found })
  engine.start()
  const root = document.getElementById('root')
  if (!root) throw new Error('the page has no #root')
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
  if (found && isDirty(useDocument.getState())) toast(translate(shellWords, 'recovered'))
}

void start()
