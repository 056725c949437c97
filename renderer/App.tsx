/** @file The editor's frame: header, palette, canvas, inspector, dock, and what floats above them. */
import { useEffect } from 'react'
import { Group, Panel, Separator } from 'react-resizable-panels'
import { Toaster } from 'sonner'
import './app.css'
import { Canvas } from './canvas/Canvas'
import { listenToClipboard } from './commands/clipboard'
import { listenToKeys } from './commands/keys'
import { runCommand } from './commands/registry'
import { FieldHelp } from './controls/FieldHelp'
import { CommandPalette } from './dialogs/CommandPalette'
import { FileProblems } from './dialogs/FileProblems'
import { FindNode } from './dialogs/FindNode'
import { SettingsDialog } from './dialogs/SettingsDialog'
import { Shortcuts } from './dialogs/Shortcuts'
import { StartFrom } from './dialogs/StartFrom'
import { useFileDrop } from './file-drop'
import { Gallery } from './gallery/Gallery'
import { Header } from './header/Header'
import { useWords } from './i18n/i18n'
import { shellWords } from './i18n/shell-words'
import { Inspector } from './inspector/Inspector'
import { LessonView } from './lesson/LessonView'
import { useLesson } from './lesson/lesson-store'
import { Palette } from './palette/Palette'
import { Dock } from './panels/dock/Dock'
import { isDirty, useDocument } from './store/document'
import { receiveDesktopFile } from './store/files'
import { themeInForce, useSettings } from './store/settings'

export function App() {
  const theme = useSettings((state) => state.theme)
  const isLesson = useLesson((state) => state.isOpen)
  useEffect(listenToKeys, [])
  useEffect(listenToClipboard, [])
  useEffect(followDesktop, [])
  useFileDrop()
  return (
    <div className="app">
      <Header />
      <main className="app-body">{isLesson ? <LessonView /> : <Editor />}</main>
      <Gallery />
      <CommandPalette />
      <FindNode />
      <Shortcuts />
      <SettingsDialog />
      <FileProblems />
      <StartFrom />
      <FieldHelp />
      <Toaster theme={themeInForce(theme)} position="bottom-center" offset={228} toastOptions={{ unstyled: true, className: 'toast' }} />
    </div>
  )
}

/** Palette, canvas, inspector and dock. */
function Editor() {
  const say = useWords(shellWords)
  return (
    <Group orientation="vertical">
      <Panel minSize={200} id="work">
        <Group orientation="horizontal">
          <Panel defaultSize={208} minSize={160} maxSize={360} groupResizeBehavior="preserve-pixel-size" id="palette">
            <section className="app-panel" aria-label={say('palette')}>
              <Palette />
            </section>
          </Panel>
          <Separator className="splitter is-vertical" aria-label={say('resize')} />
          <Panel minSize={320} id="canvas">
            <Canvas />
          </Panel>
          <Separator className="splitter is-vertical" aria-label={say('resize')} />
          <Panel defaultSize={264} minSize={220} maxSize={480} groupResizeBehavior="preserve-pixel-size" id="inspector">
            <section className="app-panel" aria-label={say('inspector')}>
              <Inspector />
            </section>
          </Panel>
        </Group>
      </Panel>
      <Separator className="splitter is-horizontal" aria-label={say('resize')} />
      <Panel defaultSize={212} minSize={120} maxSize="70%" groupResizeBehavior="preserve-pixel-size" id="dock">
        <section className="app-panel" aria-label={say('dock')}>
          <Dock />
        </section>
      </Panel>
    </Group>
  )
}

/** In Electron: menu items run commands, opened files arrive, and main knows whether to ask before closing. */
function followDesktop(): (() => void) | undefined {
  const { netloom } = window
  if (!netloom) return undefined
  netloom.onCommand(runCommand)
  netloom.onOpenFile(receiveDesktopFile)
  netloom.setDirty(isDirty(useDocument.getState()))
  return useDocument.subscribe((state, before) => {
    if (isDirty(state) !== isDirty(before)) netloom.setDirty(isDirty(state))
  })
}
