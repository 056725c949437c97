/**
 * @file The editor's hold on the engine. In: a way to reach one. Out: its calls, its messages, and word at once when it dies: the engine
 * holds a Web Lock for as long as it lives, and the editor waits in line for it. A dead engine is replaced, and told again what it must know.
 */
import { type BirpcReturn, createBirpc } from 'birpc'
import { channelOver } from '../../engine/protocol/channel'
import type { EditorApi, EngineApi, GivenFiles, Hello } from '../../engine/protocol/messages'
import type { EngineLink } from './link'

export type EngineCalls = BirpcReturn<EngineApi, EditorApi>

export interface EngineEvents extends EditorApi {
  onStarting(): void
  onReady(hello: Hello): void
  /** `again`: another engine is being started. */
  onDeath(reason: string, again: boolean): void
}

/** The part of `navigator.locks` that is used. */
export interface Locks {
  request(name: string, callback: () => void): Promise<unknown>
}

/** Deaths within this many milliseconds of one another count as one series … */
const SERIES_MS = 60_000
/** … after which the editor stops starting engines and waits to be asked. */
const MAX_DEATHS = 5

interface Life {
  readonly link: EngineLink
  readonly calls: EngineCalls
}

export class EngineConnection {
  private life: Life | undefined
  private starting: Promise<void> | undefined
  private deaths: number[] = []
  private readonly given = new Map<string, GivenFiles>()
  private watched: readonly string[] = []

  constructor(
    private readonly open: () => Promise<EngineLink>,
    private readonly events: EngineEvents,
    private readonly locks: Locks,
    private readonly now: () => number = Date.now,
  ) {}

  /** Starts an engine, unless one is alive; resolves when it has said hello. */
  start(): Promise<void> {
    this.starting ??= this.begin()
    return this.starting
  }

  /** The living engine's calls; waits for it while it starts. */
  async calls(): Promise<EngineCalls> {
    await this.start()
    if (!this.life) throw new Error('the engine is not running')
    return this.life.calls
  }

  /** Given again to every later engine: files live in the page, not in the engine. */
  async giveFiles(files: GivenFiles): Promise<void> {
    const calls = await this.calls()
    this.given.set(files.name, files)
    await calls.giveFiles(files)
  }

  hasFiles(name: string): boolean {
    return this.given.has(name)
  }

  /** Which nodes' activations are wanted. */
  watch(nodes: readonly string[]): void {
    this.watched = nodes
    void this.life?.calls.watch.asEvent(nodes)
  }

  /** Starts anew after a series of deaths. */
  restart(): Promise<void> {
    this.deaths = []
    return this.start()
  }

  private async begin(): Promise<void> {
    let life: Life | undefined
    try {
      this.events.onStarting()
      life = this.adopt(await this.open())
      await this.introduce(life)
    } catch (error) {
      // Either opening failed, or the life died meanwhile and that has been told.
      if (this.life === life) this.died(life, error instanceof Error ? error.message : String(error))
    }
  }

  private adopt(link: EngineLink): Life {
    const calls = createBirpc<EngineApi, EditorApi>(
      {
        onMetrics: (frame, key) => this.events.onMetrics(frame, key),
        onInsight: (frame, key) => this.events.onInsight(frame, key),
        onFailure: (diagnostics, key) => this.events.onFailure(diagnostics, key),
        onLog: (line) => this.events.onLog(line),
        onCheckProgress: (progress) => this.events.onCheckProgress(progress),
        onText: (piece) => this.events.onText(piece),
        onDefect: (message) => this.events.onDefect(message),
      },
      channelOver(link.port),
    )
    const life: Life = { link, calls }
    this.life = life
    link.onError((reason) => this.died(life, reason))
    return life
  }

  private async introduce(life: Life): Promise<void> {
    const { calls } = life
    const hello = await calls.hello()
    // The lock is free again only when the engine's agent is gone, however it went.
    void this.locks.request(hello.lockName, () => this.died(life, 'the engine stopped'))
    for (const files of this.given.values()) await calls.giveFiles(files)
    if (this.watched.length > 0) await calls.watch(this.watched)
    if (this.life === life) this.events.onReady(hello)
  }

  private died(life: Life | undefined, reason: string): void {
    if (life !== undefined && this.life !== life) return
    this.life?.calls.$close()
    this.life?.link.close()
    this.life = undefined
    this.starting = undefined
    const now = this.now()
    this.deaths = [...this.deaths.filter((time) => now - time < SERIES_MS), now]
    const again = this.deaths.length < MAX_DEATHS
    this.events.onDeath(reason, again)
    if (again) void this.start()
  }
}
