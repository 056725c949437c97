/** @file A Worker of the page that prepares batches. In: the files that were given for the data. Out: what the trainer needs to use it, if there can be one. */
import type { GivenFiles } from '../../protocol/messages'
import type { FeedHost, FeedThread } from '../../train/feed-messages'

const spawnFeeder = (): FeedThread => {
  const worker = new Worker(new URL('./feeder-worker.ts', import.meta.url), { type: 'module', name: 'netloom feeder' })
  return {
    post: (request, transfer) => worker.postMessage(request, [...transfer]),
    onReport: (handle) => worker.addEventListener('message', ({ data }) => handle(data)),
    onDeath: (handle) => worker.addEventListener('error', (event) => handle(event.message || 'it could not start')),
    terminate: () => worker.terminate(),
  }
}

/** Files go over as handles, not as bytes. Undefined on one processor. */
export const feedHostOf = (files: GivenFiles | undefined): FeedHost | undefined =>
  navigator.hardwareConcurrency > 1 ? { spawn: spawnFeeder, files } : undefined
