/** @file A peer in a process of its own: one line of JSON each way. In: a command. Out: a Peer. */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { familyOf } from '../load'
import type { About, StepsAnswer, StepsRequest } from '../protocol'
import { type Peer, whileRunning } from './peer'

/** Of what a peer complains about, so much is kept for its error. */
const keptCharacters = 400

export class ProcessPeer implements Peer {
  private readonly child: ChildProcessWithoutNullStreams
  private readonly lines: AsyncIterator<string>
  private complaints = ''

  constructor(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(command, [...args], { stdio: 'pipe', env: { ...process.env, ...environment } })
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]()
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.complaints = (this.complaints + text).slice(-keptCharacters)
    })
    // Writing to a peer that has ended fails; its end is told by the answer that does not come.
    this.child.stdin.on('error', () => undefined)
    this.child.on('error', (error) => {
      this.complaints = error.message
    })
  }

  about(): Promise<About> {
    return this.ask({ about: true }) as Promise<About>
  }

  steps(request: StepsRequest): Promise<StepsAnswer> {
    return this.ask(request) as Promise<StepsAnswer>
  }

  measure(what: string): Promise<unknown> {
    return this.ask({ measure: what })
  }

  pids(): readonly number[] {
    return this.child.pid === undefined || this.child.exitCode !== null ? [] : familyOf(this.child.pid)
  }

  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined) return
    const ended = once(this.child, 'exit')
    this.child.kill('SIGKILL')
    await ended
  }

  private ask(request: object): Promise<unknown> {
    return whileRunning(
      () => this.pids(),
      async () => {
        this.child.stdin.write(`${JSON.stringify(request)}\n`)
        const { value, done } = await this.lines.next()
        return done ? { error: `it ended: ${this.complaints.trim().split('\n').at(-1) ?? ''}` } : JSON.parse(value)
      },
    )
  }
}
