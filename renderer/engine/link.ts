/**
 * @file Where the engine is. In: a browser, or Electron's bridge. Out: a port to a running engine and a way to end it.
 * In a browser the engine is a Worker of this page; in Electron it lives in a hidden window and its port comes as a window message.
 */
import { enginePortMessage } from '../../electron/channels'
import type { PortLike } from '../../engine/protocol/channel'

export interface EngineLink {
  readonly port: PortLike
  /** The engine could not be loaded or ended with an uncaught error. */
  onError(listener: (reason: string) => void): void
  /** Ends the engine where it is ours to end. */
  close(): void
}

export function openWorker(): EngineLink {
  const worker = new Worker(new URL('../../engine/host/browser/worker.ts', import.meta.url), { type: 'module', name: 'netloom engine' })
  return {
    port: worker,
    onError: (listener) => worker.addEventListener('error', (event) => listener(event.message || 'the engine could not be loaded')),
    close: () => worker.terminate(),
  }
}

/** Main answers every request with a fresh channel to the engine window that is alive. */
export async function openDesktopEngine(bridge: NonNullable<Window['netloom']>): Promise<EngineLink> {
  const arrived = new Promise<MessagePort>((resolve) => {
    const listen = (event: MessageEvent): void => {
      const [port] = event.ports
      if (event.source !== window || event.data !== enginePortMessage || !port) return
      window.removeEventListener('message', listen)
      resolve(port)
    }
    window.addEventListener('message', listen)
  })
  bridge.requestEnginePort()
  const port = await arrived
  return {
    port,
    onError: (listener) => port.addEventListener('messageerror', () => listener('a message from the engine could not be read')),
    close: () => port.close(),
  }
}

export const openEngine = async (): Promise<EngineLink> => (window.netloom ? openDesktopEngine(window.netloom) : openWorker())
