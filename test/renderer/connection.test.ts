import { createBirpc } from 'birpc'
import { expect, test, vi } from 'vitest'
import { channelOver } from '../../engine/protocol/channel'
import type { EditorApi, EngineApi, GivenFiles } from '../../engine/protocol/messages'
import { EngineConnection, type EngineEvents, type Locks } from '../../renderer/engine/connection'
import type { EngineLink } from '../../renderer/engine/link'

/** Engines that can be killed; the locks they hold are free once they are. */
class Engines {
  readonly living: { kill(): void; readonly given: GivenFiles[]; readonly watched: (readonly string[])[] }[] = []
  readonly errors: ((reason: string) => void)[] = []
  private readonly waiting = new Map<string, () => void>()

  readonly locks: Locks = {
    request: async (name, callback) => {
      this.waiting.set(name, callback)
    },
  }

  readonly open = async (): Promise<EngineLink> => {
    const { port1, port2 } = new MessageChannel()
    const lockName = `lock ${this.living.length}`
    const given: GivenFiles[] = []
    const watched: (readonly string[])[] = []
    const engine: Partial<EngineApi> = {
      hello: async () => ({ backends: [], preferred: 'reference', unavailable: [], lockName }),
      giveFiles: (files) => void given.push(files),
      watch: (nodes) => void watched.push(nodes),
      weights: () => new Promise(() => undefined),
    }
    createBirpc<EditorApi, Partial<EngineApi>>(engine, channelOver(port1))
    this.living.push({ kill: () => this.waiting.get(lockName)?.(), given, watched })
    return {
      port: port2,
      onError: (listener) => void this.errors.push(listener),
      close: () => {
        port1.close()
        port2.close()
      },
    }
  }
}

function connect(engines: Engines, open = engines.open) {
  const events = {
    onStarting: vi.fn(),
    onReady: vi.fn(),
    onDeath: vi.fn(),
    onMetrics: vi.fn(),
    onInsight: vi.fn(),
    onFailure: vi.fn(),
    onLog: vi.fn(),
    onCheckProgress: vi.fn(),
    onText: vi.fn(),
    onDefect: vi.fn(),
  } satisfies EngineEvents
  let now = 0
  const connection = new EngineConnection(open, events, engines.locks, () => now)
  return { connection, events, later: (milliseconds: number) => (now += milliseconds) }
}

test('a dead engine is told at once and replaced, and the new one is told what the old one knew', async () => {
  const engines = new Engines()
  const { connection, events } = connect(engines)
  const files: GivenFiles = { name: 'a.csv', files: [] }
  await connection.giveFiles(files)
  connection.watch(['conv1'])
  expect(connection.hasFiles('a.csv')).toBe(true)
  const unanswered = (await connection.calls()).weights()
  engines.living[0]?.kill()
  await expect(unanswered).rejects.toThrow()
  expect(events.onDeath).toHaveBeenCalledExactlyOnceWith('the engine stopped', true)
  await vi.waitFor(() => expect(events.onReady).toHaveBeenCalledTimes(2))
  expect(engines.living[1]?.given).toEqual([files])
  expect(engines.living[1]?.watched).toEqual([['conv1']])
  for (const { given } of engines.living) expect(given).toHaveLength(1)
})

test('one death is told once, though error and lock both tell it', async () => {
  const engines = new Engines()
  const { connection, events } = connect(engines)
  await connection.start()
  engines.errors[0]?.('it broke')
  engines.living[0]?.kill()
  expect(events.onDeath).toHaveBeenCalledExactlyOnceWith('it broke', true)
})

test('an engine that keeps dying is left alone until it is asked for', async () => {
  const engines = new Engines()
  const { connection, events } = connect(engines)
  for (let death = 0; death < 5; death++) {
    await vi.waitFor(() => expect(events.onReady).toHaveBeenCalledTimes(death))
    await connection.start()
    engines.living.at(-1)?.kill()
  }
  expect(events.onDeath).toHaveBeenLastCalledWith('the engine stopped', false)
  expect(engines.living).toHaveLength(5)
  await connection.restart()
  expect(engines.living).toHaveLength(6)
  expect(events.onReady).toHaveBeenCalledTimes(6)
})

test('deaths far apart are no series', async () => {
  const engines = new Engines()
  const { connection, events, later } = connect(engines)
  for (let death = 0; death < 8; death++) {
    await connection.start()
    await vi.waitFor(() => expect(events.onReady).toHaveBeenCalledTimes(death + 1))
    later(61_000)
    engines.living.at(-1)?.kill()
  }
  expect(events.onDeath.mock.calls.every(([, again]) => again === true)).toBe(true)
})

test('an engine that cannot be opened is a death with its reason', async () => {
  const engines = new Engines()
  const { connection, events } = connect(engines, async () => {
    throw new Error('no engine here')
  })
  await connection.start()
  await vi.waitFor(() => expect(events.onDeath).toHaveBeenCalledTimes(5))
  expect(events.onDeath).toHaveBeenLastCalledWith('no engine here', false)
  await expect(connection.calls()).rejects.toThrow()
})
