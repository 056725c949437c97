/**
 * @file How the two ends speak: birpc over anything that looks like a MessagePort (a Worker, a page's port, a Worker's own scope).
 * In: a port. Out: the options that both ends give to birpc.
 */
import type { ChannelOptions } from 'birpc'

export interface PortLike {
  postMessage(message: unknown): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
  removeEventListener(type: 'message', listener: (event: MessageEvent) => void): void
  /** Ports that queue until they are started. */
  start?(): void
}

/** No call times out: compiling a large network takes as long as it takes, and a dead engine is told by its lock. */
export function channelOver(port: PortLike): ChannelOptions & { readonly timeout: number } {
  const listeners = new Map<(data: unknown) => void, (event: MessageEvent) => void>()
  return {
    timeout: -1,
    post: (message: unknown) => port.postMessage(message),
    on: (receive: (data: unknown) => void) => {
      const listener = (event: MessageEvent): void => receive(event.data)
      listeners.set(receive, listener)
      port.addEventListener('message', listener)
      port.start?.()
    },
    off: (receive: (data: unknown) => void) => {
      const listener = listeners.get(receive)
      if (listener) port.removeEventListener('message', listener)
      listeners.delete(receive)
    },
  }
}
