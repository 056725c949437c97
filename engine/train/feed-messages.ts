/**
 * @file What is said between the thread that trains and the one that prepares its batches. In: nothing. Out: types. A few batches are under way at a
 * time, each in a slot of its own. Where memory may be shared both threads have all slots from the start; elsewhere a slot's buffers go to
 * and fro with the messages, and who has sent them no longer has them. Nothing is copied either way.
 */
import type { Diagnostic } from '../core/diagnostics'
import type { Binding } from '../datasets/bind'
import type { Recipe } from '../datasets/prepare'
import type { Sampling } from './batches'

export interface FeedSettings extends Sampling {
  readonly batchSize: number
  readonly seed: number
}

/** One buffer for every data node, by the node's path. */
export type BatchBuffers = Readonly<Record<string, ArrayBufferLike>>

export interface FeedJob {
  readonly recipe: Recipe
  /** Whatever the host's thread needs to reach the files that the recipe names. */
  readonly files?: unknown
  readonly indices: Uint32Array
  readonly bindings: readonly Binding[]
  readonly settings: FeedSettings
  /** The slots, where memory may be shared. */
  readonly shared?: readonly BatchBuffers[]
}

export type FeedRequest =
  | { readonly type: 'open'; readonly job: FeedJob }
  | { readonly type: 'fill'; readonly step: number; readonly slot: number; readonly buffers?: BatchBuffers }
  /** Is anybody there? Answered at once, also while a batch is waited for. */
  | { readonly type: 'ping' }

export type FeedReport =
  | { readonly type: 'opened' }
  | { readonly type: 'pong' }
  | { readonly type: 'filled'; readonly step: number; readonly slot: number; readonly buffers?: BatchBuffers }
  /** Something that a person can mend comes as diagnostics, a defect as words alone. */
  | { readonly type: 'failed'; readonly reason: string; readonly diagnostics?: readonly Diagnostic[] }

/** The other thread, as the one that trains sees it; hosts make it. */
export interface FeedThread {
  post(request: FeedRequest, transfer: readonly ArrayBuffer[]): void
  onReport(handle: (report: FeedReport) => void): void
  /** It is gone, or threw where nobody caught it. */
  onDeath(handle: (reason: string) => void): void
  terminate(): void
}

/** What must be handed over with a message: all of a slot's buffers, or none. */
export const transferOf = (buffers: BatchBuffers | undefined): readonly ArrayBuffer[] =>
  Object.values(buffers ?? {}).filter((buffer) => buffer instanceof ArrayBuffer)

/** How a host lets batches be prepared elsewhere. */
export interface FeedHost {
  readonly spawn: () => FeedThread
  readonly files?: unknown
}
