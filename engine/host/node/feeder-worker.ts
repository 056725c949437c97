/** @file The entry of the thread that prepares batches in Node. In: messages of its parent. Out: filled buffers. */
import { parentPort } from 'node:worker_threads'
import { InternalError } from '../../core/diagnostics'
import type { FeedRequest } from '../../train/feed-messages'
import { serveFeed } from '../../train/feed-server'
import { findFiles } from './files'

const port = parentPort
if (!port) throw new InternalError('feeder', 'this is no thread')

serveFeed(
  {
    post: (report, transfer) => port.postMessage(report, [...transfer]),
    receive: (handle) => port.on('message', (request: FeedRequest) => handle(request)),
  },
  () => findFiles,
)
