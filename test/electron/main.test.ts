import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { channels } from '../../electron/channels'
import { createElectron, FakeWindow } from './stand-in'

let electron: ReturnType<typeof createElectron>
let folder: string

beforeEach(async () => {
  vi.resetModules()
  electron = createElectron()
  vi.doMock('electron', () => electron)
  folder = await mkdtemp(join(tmpdir(), 'netloom-electron-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Starts main and returns its two windows, the hidden engine first. */
async function start(): Promise<{ engine: FakeWindow; editor: FakeWindow }> {
  await import('../../electron/main')
  await vi.waitFor(() => expect(FakeWindow.all).toHaveLength(2))
  const [engine, editor] = FakeWindow.all
  if (!engine || !editor) throw new Error('main made no windows')
  return { engine, editor }
}

describe('start-up', () => {
  test('widens WebAssembly, registers app:// as a secure standard scheme, opens a sandboxed editor and a hidden engine', async () => {
    const { engine, editor } = await start()
    expect(electron.app.switches.find(([name]) => name === 'js-flags')?.[1]).toContain('--wasm-revectorize')
    expect(electron.schemes).toEqual([
      expect.objectContaining({ scheme: 'app', privileges: expect.objectContaining({ standard: true, secure: true }) }),
    ])
    expect(engine.options).toMatchObject({ show: false, webPreferences: { sandbox: true, backgroundThrottling: false } })
    expect(editor.options.webPreferences).toMatchObject({ sandbox: true, contextIsolation: true, nodeIntegration: false })
    expect([engine.url, editor.url]).toEqual(['app://netloom/engine.html', 'app://netloom/index.html'])
    expect(electron.Menu.setApplicationMenu).toHaveBeenCalledOnce()
  })

  test('a second instance hands its document to the first and ends', async () => {
    electron.app.hasLock = false
    await import('../../electron/main')
    expect(electron.app.quits).toBe(1)
    expect(FakeWindow.all).toHaveLength(0)
  })

  test('links leave for the browser, navigation away from the app is refused', async () => {
    const { editor } = await start()
    expect(editor.webContents.openHandler?.({ url: 'https://example.org/' })).toEqual({ action: 'deny' })
    expect(electron.shell.openExternal).toHaveBeenCalledWith('https://example.org/')
    expect(editor.webContents.openHandler?.({ url: 'file:///etc/passwd' })).toEqual({ action: 'deny' })
    expect(electron.shell.openExternal).toHaveBeenCalledOnce()
    const preventDefault = vi.fn()
    editor.webContents.emit('will-navigate', { preventDefault }, 'https://example.org/')
    expect(preventDefault).toHaveBeenCalledOnce()
  })
})

describe('the engine', () => {
  test('gets one end of a channel, the editor the other, once its page has loaded', async () => {
    const { engine, editor } = await start()
    electron.ipcMain.emit(channels.requestEnginePort)
    expect(engine.webContents.ports).toHaveLength(0)
    engine.webContents.finishLoad()
    expect(engine.webContents.ports).toEqual([{ channel: channels.enginePort, port: { end: 1 } }])
    expect(editor.webContents.ports).toEqual([{ channel: channels.enginePort, port: { end: 2 } }])
  })

  test('is started again when its process dies, and the editor is told', async () => {
    const { engine, editor } = await start()
    engine.webContents.emit('render-process-gone')
    expect(engine.destroyed).toBe(true)
    expect(FakeWindow.all).toHaveLength(3)
    expect(editor.webContents.sent).toContainEqual({ channel: channels.engineRestarted, args: [] })
  })

  test('is not restarted for ever', async () => {
    const { engine } = await start()
    let current: FakeWindow | undefined = engine
    for (let deaths = 0; current && deaths < 20; deaths++) {
      current.webContents.emit('render-process-gone')
      current = FakeWindow.all.slice(2)[deaths]
    }
    expect(FakeWindow.all).toHaveLength(2 + 5)
  })
})

describe('documents', () => {
  test('one named on the command line of a second instance reaches the editor', async () => {
    const { editor } = await start()
    editor.webContents.finishLoad()
    const path = join(folder, 'a.netloom.json')
    await writeFile(path, '{"a":1}')
    electron.app.emit('second-instance', {}, ['electron', path])
    await vi.waitFor(() => expect(editor.webContents.sent).toEqual([{ channel: channels.fileOpened, args: [{ path, text: '{"a":1}' }] }]))
  })

  test('one that cannot be read is named in a message', async () => {
    const { editor } = await start()
    editor.webContents.finishLoad()
    electron.app.emit('second-instance', {}, ['electron', join(folder, 'missing.netloom.json')])
    await vi.waitFor(() =>
      expect(electron.dialog.showErrorBox).toHaveBeenCalledWith('Netloom', expect.stringContaining('missing.netloom.json')),
    )
  })

  test('save asks for a name once, then writes there; a failed write leaves the old file and no debris', async () => {
    await start()
    const save = electron.ipcHandlers.get(channels.saveFile)
    const path = join(folder, 'net')
    electron.dialog.showSaveDialog.mockResolvedValue({ canceled: false, filePath: path })
    expect(await save?.({}, 'one', undefined, 'LeNet')).toEqual({ ok: true, value: { path: `${path}.netloom.json` } })
    expect(await save?.({}, 'two', `${path}.netloom.json`, 'LeNet')).toEqual({ ok: true, value: { path: `${path}.netloom.json` } })
    expect(await readFile(`${path}.netloom.json`, 'utf8')).toBe('two')
    const outcome = await save?.({}, 'three', join(folder, 'no-such-folder', 'x.json'), 'LeNet')
    expect(outcome).toEqual({ ok: false, error: expect.stringContaining('no-such-folder') })
    expect(await readdir(folder)).toEqual(['net.netloom.json'])
  })

  test('a cancelled dialog is neither an error nor a file', async () => {
    await start()
    electron.dialog.showOpenDialog.mockResolvedValue({ canceled: true, filePaths: [] })
    expect(await electron.ipcHandlers.get(channels.openFile)?.({})).toEqual({ ok: false, cancelled: true })
  })

  test('closing with unsaved changes asks first', async () => {
    const { editor } = await start()
    const preventDefault = vi.fn()
    editor.emit('close', { preventDefault })
    expect(electron.dialog.showMessageBoxSync).not.toHaveBeenCalled()
    electron.ipcMain.emit(channels.dirty, {}, true)
    editor.emit('close', { preventDefault })
    expect(preventDefault).toHaveBeenCalledOnce()
  })
})

describe('app://', () => {
  test('serves the page cross-origin isolated, and nothing outside its folder', async () => {
    const { serveApp } = await import('../../electron/protocol')
    await writeFile(join(folder, 'index.html'), '<title>Netloom</title>')
    serveApp(folder)
    const handle = electron.protocolHandlers.get('app')
    const page = await handle?.(new Request('app://netloom/index.html'))
    expect(page?.status).toBe(200)
    expect(page?.headers.get('Cross-Origin-Opener-Policy')).toBe('same-origin')
    expect(page?.headers.get('Cross-Origin-Embedder-Policy')).toBe('require-corp')
    expect(page?.headers.get('Content-Security-Policy')).toContain("default-src 'self'")
    for (const url of [
      'app://netloom/%2e%2e%2f%2e%2e%2fetc/passwd',
      'app://netloom/missing.js',
      'app://elsewhere/index.html',
      'app://netloom/%E0%A4%A',
    ])
      expect((await handle?.(new Request(url)))?.status).toBe(404)
  })
})
