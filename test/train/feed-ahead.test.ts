/** @file Batches that another thread prepares: the same bits as read here, in any order asked for, and errors instead of waiting for ever. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Diagnostic, diagnosedError } from '../../engine/core/diagnostics'
import { bindFields } from '../../engine/datasets/bind'
import { type FindFiles, type PreparedData, prepareData } from '../../engine/datasets/prepare'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { inferShapes } from '../../engine/shapes/infer'
import type { Inputs } from '../../engine/train/batches'
import { FeedAhead } from '../../engine/train/feed-ahead'
import type { FeedHost, FeedJob, FeedReport, FeedRequest, FeedThread } from '../../engine/train/feed-messages'
import { serveFeed } from '../../engine/train/feed-server'
import { Feeder } from '../../engine/train/feeder'
import { Trainer } from '../../engine/train/trainer'
import { templates } from '../../templates/registry'
import { closePorts, slowly, testHost } from './feed-host'
import { moonsDocument, prepare } from './fixtures'

afterEach(() => {
  closePorts()
  vi.restoreAllMocks()
})

const settings = { batchSize: 16, seed: 3, shuffle: true }

async function job(data: PreparedData): Promise<{ readonly job: Omit<FeedJob, 'files'>; readonly here: Feeder }> {
  const { bindings } = bindFields(inferShapes(data.document), data.fields)
  return {
    job: { recipe: data.recipe, indices: data.training.indices, bindings, settings },
    here: new Feeder(data.training, bindings, settings),
  }
}

/** What is handed out is good until the next is asked for. */
const kept = (inputs: Inputs): Inputs => Object.fromEntries(Object.entries(inputs).map(([node, data]) => [node, data.slice()]))

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

/** Until the other thread has opened the data, and all that is on its way has arrived. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 30; turns++) await turn()
}

/** At work from the second step on, as after a first step that was read here. */
async function opened(ahead: FeedAhead): Promise<void> {
  await settled()
  expect(ahead.take(1)).toBeUndefined()
}

describe('batches from another thread', () => {
  const digits = () => prepareData(templates.get('lenet')?.create({ batchSize: 16 }) ?? moonsDocument(), () => undefined)

  it.each([true, false])('are the same bits as those read here, over the end of an epoch (shared memory: %s)', async (isShared) => {
    const data = await prepare(moonsDocument({ samples: 70, validationSplit: 0.1 }))
    const { job: work, here } = await job(data)
    const ahead = new FeedAhead(testHost(), work, isShared)
    await opened(ahead)
    expect(here.stepsPerEpoch).toBe(3)
    for (let step = 2; step <= 12; step++) {
      const there = await ahead.take(step)
      expect(there, `step ${step}`).toBeDefined()
      expect(kept(there as Inputs)).toEqual(kept(await here.inputsOf(step)))
    }
    ahead.dispose()
  })

  it('are the same for images drawn afresh in every epoch, and standardised', async () => {
    const document = (await digits()).document
    const data = await prepareData(
      { ...document, data: { ...document.data, source: { kind: 'digits', params: { samples: 100 } }, standardize: true } },
      () => undefined,
    )
    expect(data.recipe.statistics?.mean).toHaveLength(1)
    const { job: work, here } = await job(data)
    const ahead = new FeedAhead(testHost(), work)
    await opened(ahead)
    for (let step = 2; step <= 9; step++) expect(kept((await ahead.take(step)) as Inputs)).toEqual(kept(await here.inputsOf(step)))
    ahead.dispose()
  })

  it('follow a jump, forth or back', async () => {
    const data = await prepare(moonsDocument())
    const { job: work, here } = await job(data)
    const ahead = new FeedAhead(testHost(), work)
    await opened(ahead)
    for (const first of [2, 30, 4, 4, 17]) {
      // The first after a jump is for the caller to read.
      if (first !== 2) {
        await settled()
        expect(ahead.take(first - 1)).toBeUndefined()
        await settled()
      }
      for (let step = first; step < first + 6; step++)
        expect(kept((await ahead.take(step)) as Inputs)).toEqual(kept(await here.inputsOf(step)))
    }
    ahead.dispose()
  })
})

describe('a thread that fails', () => {
  it('ends, and whoever waits reads for himself', async () => {
    const host = testHost()
    const { job: work } = await job(await prepare(moonsDocument()))
    const ahead = new FeedAhead(host, work)
    await opened(ahead)
    const wait = ahead.take(2)
    host.die('code 9')
    expect(await wait).toBeUndefined()
    expect(ahead.ending).toEqual({ reason: 'code 9' })
    expect(ahead.take(3)).toBeUndefined()
  })

  it('ends without a word: nobody waits longer than it takes to ask', async () => {
    const host = testHost()
    const { job: work } = await job(await prepare(moonsDocument()))
    const ahead = new FeedAhead(host, work, true, 20)
    await opened(ahead)
    host.vanish()
    expect(await ahead.take(2)).toBeUndefined()
    expect(ahead.ending?.reason).toMatchObject({ en: 'no answer for 0.04 s' })
  })

  it('is slow but there: it is waited for, though not for ever', async () => {
    const { job: work } = await job(await prepare(moonsDocument()))
    let batches = 0
    let pings = 0
    const spawn = (): FeedThread => {
      let hear: (report: FeedReport) => void = () => undefined
      return {
        post: (request) => {
          if (request.type === 'open') hear({ type: 'opened' })
          if (request.type === 'ping') {
            pings++
            hear({ type: 'pong' })
          }
          // The first batch comes after the second question, the others never.
          if (request.type === 'fill' && batches++ === 0)
            setTimeout(() => hear({ type: 'filled', step: request.step, slot: request.slot }), 50)
        },
        onReport: (handle) => {
          hear = handle
        },
        onDeath: () => undefined,
        terminate: () => undefined,
      }
    }
    const ahead = new FeedAhead({ spawn }, work, true, 10)
    expect(ahead.take(1)).toBeUndefined()
    expect(await ahead.take(2)).toBeDefined()
    expect(pings).toBeGreaterThan(0)
    expect(await ahead.take(3)).toBeUndefined()
    expect(ahead.ending?.reason).toMatchObject({ en: expect.stringContaining('no batch for') })
  })

  it('ends a wait when it is disposed of', async () => {
    const { job: work } = await job(await prepare(moonsDocument()))
    const ahead = new FeedAhead(testHost(), work)
    await opened(ahead)
    const wait = ahead.take(2)
    ahead.dispose()
    await expect(wait).rejects.toThrow('disposed')
  })

  it('never came to work: whoever asks reads for himself, and meets the same trouble there', async () => {
    const { job: work } = await job(await prepare(moonsDocument()))
    const files: FindFiles = () => {
      throw diagnosedError('file.read', { file: 'a.csv', detail: 'gone' }, { file: 'a.csv' })
    }
    const ahead = new FeedAhead(testHost(files), {
      ...work,
      recipe: { ...work.recipe, source: { kind: 'csv', params: { path: 'a.csv' } } },
    })
    await settled()
    expect(ahead.take(1)).toBeUndefined()
    ahead.dispose()
  })

  it('passes on what goes wrong while reading', async () => {
    const reports: FeedReport[] = []
    let ask: (request: FeedRequest) => void = () => undefined
    serveFeed({ post: (report) => reports.push(report), receive: (handle) => (ask = handle) }, () => () => undefined)
    ask({ type: 'fill', step: 1, slot: 0, buffers: {} })
    const { job: work } = await job(await prepare(moonsDocument()))
    ask({ type: 'open', job: { ...work, recipe: { ...work.recipe, source: { kind: 'nothing', params: {} } } } })
    await settled()
    expect(reports).toMatchObject([
      { type: 'failed', reason: expect.stringContaining('nothing has been opened') },
      { type: 'failed', diagnostics: [{ code: 'data.unknown' }] },
    ])
  })
})

describe('a run', () => {
  it('whose data are slow to read gives them away, and learns the same weights', async () => {
    const document = moonsDocument({ epochs: 12, validationSplit: 0 })
    const host = testHost()
    const weights = async (feedHost?: FeedHost) => {
      const trainer = await Trainer.create({ data: slowly(await prepare(document)), backend: createReferenceBackend(), feedHost })
      expect(await trainer.run()).toBe('finished')
      const read = await trainer.model.read()
      await trainer.dispose()
      return read
    }
    const alone = await weights()
    expect(await weights(host)).toEqual(alone)
    expect(host.spawned()).toBe(1)
  })

  it('goes on when the other thread dies, says so, and learns the same weights', async () => {
    const document = moonsDocument({ epochs: 12, validationSplit: 0 })
    const warnings: Diagnostic[] = []
    const host = testHost()
    const dying: FeedHost = {
      spawn: () => {
        const thread = host.spawn()
        let fills = 0
        return {
          ...thread,
          post: (request, transfer) => {
            thread.post(request, transfer)
            if (request.type === 'fill' && ++fills === 6) host.die('out of memory')
          },
        }
      },
    }
    const trained = async (feedHost?: FeedHost) => {
      const trainer = await Trainer.create({
        data: slowly(await prepare(document)),
        backend: createReferenceBackend(),
        feedHost,
        onWarning: (warning) => warnings.push(warning),
      })
      expect(await trainer.run()).toBe('finished')
      const read = await trainer.model.read()
      await trainer.dispose()
      return read
    }
    const alone = await trained()
    expect(warnings).toEqual([])
    expect(await trained(dying)).toEqual(alone)
    expect(warnings).toMatchObject([{ code: 'train.feeder', values: { detail: 'out of memory' } }])
    expect(host.spawned()).toBe(1)
  })

  it('whose data are at hand reads them itself', async () => {
    // On a clock that stands still, reading takes no time.
    vi.spyOn(performance, 'now').mockReturnValue(performance.now())
    const host = testHost()
    const trainer = await Trainer.create({
      data: await prepare(moonsDocument({ epochs: 12 })),
      backend: createReferenceBackend(),
      feedHost: host,
    })
    await trainer.run()
    expect(host.spawned()).toBe(0)
    await trainer.dispose()
  })
})
