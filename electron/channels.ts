/**
 * @file Everything that crosses between main, preload and page, by name and type.
 * In: nothing. Out: the contract that `main`, `preload` and the renderer compile against.
 */

/** A document as it lies on disk. */
export interface OpenedFile {
  /** Absolute path, shown in the title and used by the next save. */
  readonly path: string
  readonly text: string
}

export type FileOutcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string }
  | { readonly ok: false; readonly cancelled: true }

/** What the page finds as `window.netloom` in Electron, and does not find in a browser. */
export interface DesktopBridge {
  readonly platform: string
  /** Asks for a new port to the engine; it arrives as a window message (see `enginePortMessage`). */
  requestEnginePort(): void
  openFile(): Promise<FileOutcome<OpenedFile>>
  /** Writes to `path`, or asks for one. */
  saveFile(text: string, path: string | undefined, suggestedName: string): Promise<FileOutcome<{ readonly path: string }>>
  /** A menu item was chosen: the id of an editor command. */
  onCommand(listener: (id: string) => void): void
  /** A document was opened from the desktop. */
  onOpenFile(listener: (file: OpenedFile) => void): void
  /** The engine's process died and a new one was started. */
  onEngineRestart(listener: () => void): void
  /** Tells main that there are unsaved changes (asked about before the window closes). */
  setDirty(dirty: boolean): void
}

export const channels = {
  requestEnginePort: 'netloom:request-engine-port',
  enginePort: 'netloom:engine-port',
  engineRestarted: 'netloom:engine-restarted',
  openFile: 'netloom:open-file',
  saveFile: 'netloom:save-file',
  fileOpened: 'netloom:file-opened',
  command: 'netloom:command',
  dirty: 'netloom:dirty',
} as const

/** `event.data` of the window message that carries the engine's port in `event.ports[0]`. */
export const enginePortMessage = 'netloom:engine-port'

declare global {
  interface Window {
    readonly netloom?: DesktopBridge
  }
}
