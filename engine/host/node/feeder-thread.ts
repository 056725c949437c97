/** @file A thread of Node that prepares batches. In: the built entry beside the command line. Out: what the trainer needs to use it, if there can be one. */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { FeedHost, FeedThread } from '../../train/feed-messages'
import { packageRoot } from './package-root'

const entry = join(packageRoot(), 'dist/node/feeder.js')

export const spawnFeeder = (script = entry): FeedThread => {
  const worker = new Worker(script, { name: 'netloom feeder' })
  return {
    post: (request, transfer) => worker.postMessage(request, [...transfer]),
    onReport: (handle) => worker.on('message', handle),
    onDeath(handle) {
      worker.on('error', (reason) => handle(String(reason)))
      worker.on('exit', (code) => handle(`code ${code}`))
    },
    terminate: () => void worker.terminate(),
  }
}

/** Paths mean the same in every thread. Undefined on one processor, and where only the sources are. */
export const feedHost: FeedHost | undefined = availableParallelism() > 1 && existsSync(entry) ? { spawn: () => spawnFeeder() } : undefined
