/** @file Compute threads in Node: worker_threads that run the worker source. */
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Spawn } from './thread'
import { nodeWorkerSource } from './worker-source'

export const spawnNode: Spawn = () => {
  const worker = new Worker(nodeWorkerSource, { eval: true, name: 'netloom compute' })
  // An idle pool does not keep the process alive.
  worker.unref()
  return {
    post: (command) => worker.postMessage(command),
    onReport: (handle) => worker.on('message', handle),
    onDeath(handle) {
      worker.on('error', (reason) => handle(String(reason)))
      worker.on('exit', (code) => handle(`the thread ended with code ${code}`))
    },
    async terminate() {
      await worker.terminate()
    },
  }
}

export const hardwareThreads = (): number => availableParallelism()
