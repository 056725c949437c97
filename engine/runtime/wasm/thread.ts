/**
 * @file A compute thread as the pool sees it; spawn-node.ts and spawn-browser.ts make them.
 */

/** What a thread is told. */
export type ThreadCommand =
  | {
      readonly type: 'start'
      readonly memory: WebAssembly.Memory
      readonly control: number
      readonly thread: number
      readonly threads: number
    }
  | { readonly type: 'load'; readonly id: number; readonly module: WebAssembly.Module }
  | { readonly type: 'unload'; readonly id: number }
  /** Wait for commands in shared memory that come after sequence number `seen`. */
  | { readonly type: 'work'; readonly seen: number }

/** What a thread answers. */
export type ThreadReport = { readonly type: 'ready' | 'loaded' | 'parked' } | { readonly type: 'failed'; readonly reason: string }

export interface Thread {
  post(command: ThreadCommand): void
  onReport(handle: (report: ThreadReport) => void): void
  /** The thread is gone, or threw where nobody caught it. */
  onDeath(handle: (reason: string) => void): void
  terminate(): Promise<void>
}

/** Starts a thread that runs worker-source.ts. */
export type Spawn = () => Thread
