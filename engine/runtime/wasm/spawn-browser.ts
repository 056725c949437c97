/** @file Compute threads in a browser: Workers from a blob, nested in the engine's own Worker. */
import type { Spawn } from './thread'
import { browserWorkerSource } from './worker-source'

export const spawnBrowser: Spawn = () => {
  const url = URL.createObjectURL(new Blob([browserWorkerSource], { type: 'text/javascript' }))
  const worker = new Worker(url, { name: 'netloom compute' })
  return {
    post: (command) => worker.postMessage(command),
    onReport(handle) {
      worker.addEventListener('message', (event) => {
        // The script has been read once the first message comes.
        URL.revokeObjectURL(url)
        handle(event.data)
      })
    },
    onDeath(handle) {
      worker.addEventListener('error', (event) => handle(event.message || 'the thread could not start'))
    },
    async terminate() {
      worker.terminate()
    },
  }
}
