/**
 * @file The two windows. The editor is what a person sees; the engine is a hidden page in a process of its own, so that a crash there
 * leaves the editor alive. Main only introduces them: a MessageChannel whose ends go to one window each.
 * In: paths of the preload script. Out: windows, and a fresh engine whenever its process is gone.
 */
import { BrowserWindow, MessageChannelMain, shell } from 'electron'
import { channels } from './channels'
import { ORIGIN } from './protocol'

/** Engine deaths within this many milliseconds of one another count as one series … */
const SERIES_MS = 60_000
/** … and after this many in a series main stops restarting, so that a crash at start-up is not a loop. */
const MAX_RESTARTS = 5

const secured = (preload: string) => ({ preload, sandbox: true, contextIsolation: true, nodeIntegration: false, webSecurity: true })

export function createEditorWindow(preload: string): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 960,
    minHeight: 600,
    show: false,
    backgroundColor: '#0e1116',
    webPreferences: secured(preload),
  })
  window.once('ready-to-show', () => window.show())
  keepToTheApp(window)
  void window.loadURL(`${ORIGIN}/index.html`)
  return window
}

/** Links open in the person's browser; nothing navigates the app away from itself. */
function keepToTheApp(window: BrowserWindow): void {
  window.webContents.setWindowOpenHandler(({ url }) => {
    if (url.startsWith('https://')) void shell.openExternal(url)
    return { action: 'deny' }
  })
  window.webContents.on('will-navigate', (event, url) => {
    if (!url.startsWith(`${ORIGIN}/`)) event.preventDefault()
  })
}

/** Owns the engine window across its deaths. */
export class EngineHost {
  private window: BrowserWindow | undefined
  private deaths: number[] = []

  constructor(
    private readonly preload: string,
    private readonly editor: () => BrowserWindow | undefined,
    private readonly now: () => number = Date.now,
  ) {}

  start(): void {
    const window = new BrowserWindow({ show: false, webPreferences: { ...secured(this.preload), backgroundThrottling: false } })
    this.window = window
    window.webContents.on('render-process-gone', () => this.restart(window))
    void window.loadURL(`${ORIGIN}/engine.html`)
  }

  /** Gives the editor and the engine one end each of a new channel. */
  connect(): void {
    const editor = this.editor()
    const engine = this.window
    if (!editor || !engine) return
    const hand = () => {
      const { port1, port2 } = new MessageChannelMain()
      engine.webContents.postMessage(channels.enginePort, null, [port1])
      editor.webContents.postMessage(channels.enginePort, null, [port2])
    }
    if (engine.webContents.isLoading()) engine.webContents.once('did-finish-load', hand)
    else hand()
  }

  stop(): void {
    const window = this.window
    this.window = undefined
    window?.destroy()
  }

  private restart(dead: BrowserWindow): void {
    if (this.window !== dead) return
    this.stop()
    const now = this.now()
    this.deaths = [...this.deaths.filter((time) => now - time < SERIES_MS), now]
    if (this.deaths.length > MAX_RESTARTS) return
    this.start()
    this.editor()?.webContents.send(channels.engineRestarted)
  }
}
