/** @file Another thread for batches, as tests want it: the thread's own program behind a real port, but on this thread, so that it can be killed. */
import { MessageChannel, type MessagePort } from 'node:worker_threads'
import type { Dataset } from '../../engine/datasets/dataset'
import type { FindFiles, PreparedData } from '../../engine/datasets/prepare'
import type { FeedHost, FeedReport, FeedRequest } from '../../engine/train/feed-messages'
import { serveFeed } from '../../engine/train/feed-server'

const ports: MessagePort[] = []

/** After each test. */
export function closePorts(): void {
  for (const port of ports.splice(0)) port.close()
}

export interface TestHost extends FeedHost {
  /** What killing the thread would be. */
  readonly die: (reason: string) => void
  /** It is killed, and nobody is told. */
  readonly vanish: () => void
  readonly spawned: () => number
}

export function testHost(findFiles: FindFiles = () => undefined): TestHost {
  const { port1, port2 } = new MessageChannel()
  ports.push(port1, port2)
  let spawned = 0
  let die: (reason: string) => void = () => undefined
  serveFeed(
    {
      post: (report, transfer) => port2.postMessage(report, [...transfer]),
      receive: (handle) => port2.on('message', (request: FeedRequest) => handle(request)),
    },
    () => findFiles,
  )
  return {
    spawn: () => {
      spawned++
      return {
        post: (request, transfer) => port1.postMessage(request, [...transfer]),
        onReport: (handle) => port1.on('message', (report: FeedReport) => handle(report)),
        onDeath: (handle) => {
          die = (reason) => {
            port2.close()
            handle(reason)
          }
        },
        terminate: () => port1.close(),
      }
    },
    die: (reason) => die(reason),
    vanish: () => port2.removeAllListeners('message'),
    spawned: () => spawned,
  }
}

/** Data that take a few milliseconds to read, as large images do; at first, which is when that is looked at. */
export function slowly(data: PreparedData): PreparedData {
  let reads = 0
  const read: Dataset['read'] = (...given) => {
    if (reads++ < 40) for (const end = performance.now() + 2; performance.now() < end; );
    return data.training.dataset.read(...given)
  }
  return { ...data, training: { ...data.training, dataset: { ...data.training.dataset, read } } }
}
