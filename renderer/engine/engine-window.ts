/**
 * @file The page of the desktop app's hidden engine window. In: ports to the editor, one after another (the editor asks for a new one when it is
 * reloaded or its engine died). Out: a fresh engine behind each; the one before ends. The engine itself is a Worker, for it must be able to wait
 * for its threads, which a page may not.
 */
import { enginePortMessage } from '../../electron/channels'

let worker: Worker | undefined

window.addEventListener('message', (event) => {
  const [port] = event.ports
  if (event.source !== window || event.data !== enginePortMessage || !port) return
  worker?.terminate()
  worker = new Worker(new URL('../../engine/host/browser/port-worker.ts', import.meta.url), { type: 'module', name: 'netloom engine' })
  worker.postMessage(null, [port])
})
