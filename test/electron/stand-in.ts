/**
 * @file A stand-in for the `electron` module where its binary is not: the few classes main uses, recording what was asked of them.
 * In: calls of the code under test. Out: lists to assert on. `realElectron.test.ts` runs the same app in the real thing where it is present.
 */
import { EventEmitter } from 'node:events'
import { vi } from 'vitest'

export class FakeWebContents extends EventEmitter {
  loading = true
  readonly sent: { channel: string; args: readonly unknown[] }[] = []
  readonly ports: { channel: string; port: unknown }[] = []
  openHandler: ((details: { url: string }) => { action: string }) | undefined
  isLoading = (): boolean => this.loading
  send(channel: string, ...args: unknown[]): void {
    this.sent.push({ channel, args })
  }
  postMessage(channel: string, _message: unknown, [port]: unknown[]): void {
    this.ports.push({ channel, port })
  }
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler
  }
  finishLoad(): void {
    this.loading = false
    this.emit('did-finish-load')
  }
}

export class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = []
  readonly webContents = new FakeWebContents()
  url = ''
  shown = false
  destroyed = false
  focused = 0
  constructor(readonly options: { show?: boolean; webPreferences: Record<string, unknown> }) {
    super()
    FakeWindow.all.push(this)
  }
  loadURL(url: string): Promise<void> {
    this.url = url
    return Promise.resolve()
  }
  show(): void {
    this.shown = true
  }
  focus(): void {
    this.focused++
  }
  destroy(): void {
    this.destroyed = true
  }
}

class FakeApp extends EventEmitter {
  readonly switches: [string, string | undefined][] = []
  quits = 0
  hasLock = true
  readonly commandLine = { appendSwitch: (name: string, value?: string) => void this.switches.push([name, value]) }
  requestSingleInstanceLock = (): boolean => this.hasLock
  whenReady = (): Promise<void> => Promise.resolve()
  isReady = (): boolean => true
  quit(): void {
    this.quits++
  }
}

export type ProtocolHandler = (request: Request) => Promise<Response>

export function createElectron() {
  FakeWindow.all = []
  const ipcHandlers = new Map<string, (event: unknown, ...args: unknown[]) => unknown>()
  const schemes: unknown[] = []
  const protocolHandlers = new Map<string, ProtocolHandler>()
  const app = new FakeApp()
  const ipcMain = Object.assign(new EventEmitter(), {
    handle: (channel: string, handler: (event: unknown, ...args: unknown[]) => unknown) => void ipcHandlers.set(channel, handler),
  })
  class MessageChannelMain {
    readonly port1 = { end: 1 }
    readonly port2 = { end: 2 }
  }
  return {
    app,
    ipcMain,
    ipcHandlers,
    schemes,
    protocolHandlers,
    BrowserWindow: FakeWindow,
    MessageChannelMain,
    Menu: { buildFromTemplate: vi.fn((template: unknown) => template), setApplicationMenu: vi.fn() },
    shell: { openExternal: vi.fn(() => Promise.resolve()) },
    dialog: {
      showOpenDialog: vi.fn(),
      showSaveDialog: vi.fn(),
      showErrorBox: vi.fn(),
      showMessageBoxSync: vi.fn(() => 1),
    },
    protocol: {
      registerSchemesAsPrivileged: (list: unknown[]) => void schemes.push(...list),
      handle: (scheme: string, handler: ProtocolHandler) => void protocolHandlers.set(scheme, handler),
    },
  }
}
