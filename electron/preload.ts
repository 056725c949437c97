/**
 * @file The sandboxed bridge: all that the page may ask of the desktop. In: IPC. Out: `window.netloom`, and the engine's port as a
 * window message (ports cannot cross the context bridge). The editor and the engine window share this script.
 */
import { contextBridge, ipcRenderer } from 'electron'
import { channels, type DesktopBridge, enginePortMessage, type OpenedFile } from './channels'

const bridge: DesktopBridge = {
  platform: process.platform,
  requestEnginePort: () => ipcRenderer.send(channels.requestEnginePort),
  openFile: () => ipcRenderer.invoke(channels.openFile),
  saveFile: (text, path, suggestedName) => ipcRenderer.invoke(channels.saveFile, text, path, suggestedName),
  onCommand: (listener) => {
    ipcRenderer.on(channels.command, (_event, id: string) => listener(id))
  },
  onOpenFile: (listener) => {
    ipcRenderer.on(channels.fileOpened, (_event, file: OpenedFile) => listener(file))
  },
  onEngineRestart: (listener) => {
    ipcRenderer.on(channels.engineRestarted, () => listener())
  },
  setDirty: (dirty) => ipcRenderer.send(channels.dirty, dirty),
}

contextBridge.exposeInMainWorld('netloom', bridge)
ipcRenderer.on(channels.enginePort, (event) => window.postMessage(enginePortMessage, window.location.origin, [...event.ports]))
