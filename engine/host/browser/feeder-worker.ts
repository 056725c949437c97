/** @file The entry of the Worker that prepares batches in a page. In: messages of the engine's Worker. Out: filled buffers. */
import type { GivenFiles } from '../../protocol/messages'
import type { FeedRequest } from '../../train/feed-messages'
import { serveFeed } from '../../train/feed-server'
import { blobFiles } from './blob-files'

serveFeed(
  {
    post: (report, transfer) => self.postMessage(report, { transfer: [...transfer] }),
    receive: (handle) => self.addEventListener('message', ({ data }: MessageEvent<FeedRequest>) => handle(data)),
  },
  (files) => (path) => {
    const given = files as GivenFiles | undefined
    return given?.name === path ? blobFiles(given) : undefined
  },
)
