/**
 * @file A peer as the bench sees it, wherever it runs. In: requests. Out: answers, and which processes are its own. A peer runs only while it is asked
 * something: in between all its threads are held, so that none of them spins while another peer is timed.
 */
import type { About, StepsAnswer, StepsRequest } from '../protocol'

export interface Peer {
  about(): Promise<About>
  steps(request: StepsRequest): Promise<StepsAnswer>
  /** Anything else that only our own process answers. */
  measure(what: string): Promise<unknown>
  pids(): readonly number[]
  end(): Promise<void>
}

/** A peer that says nothing for so long has failed. */
const patienceMilliseconds = 240_000

/** Lets the processes run while `work` does, and holds them afterwards. */
export async function whileRunning<T>(pids: () => readonly number[], work: () => Promise<T>): Promise<T> {
  signal(pids(), 'SIGCONT')
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${patienceMilliseconds / 1000} s`)), patienceMilliseconds)
  })
  try {
    return await Promise.race([work(), late])
  } finally {
    clearTimeout(timer)
    signal(pids(), 'SIGSTOP')
  }
}

/** Whoever of them is still there gets it. */
export function signal(pids: readonly number[], name: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
  // Windows cannot hold processes.
  if (process.platform === 'win32' && name !== 'SIGKILL') return
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error
    }
  }
}
