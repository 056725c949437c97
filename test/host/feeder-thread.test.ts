/** @file The thread of Node that prepares batches, as it is built: it fills what it is sent, and its death is noticed. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { bindFields } from '../../engine/datasets/bind'
import { spawnFeeder } from '../../engine/host/node/feeder-thread'
import { packageRoot } from '../../engine/host/node/package-root'
import { inferShapes } from '../../engine/shapes/infer'
import { FeedAhead } from '../../engine/train/feed-ahead'
import type { FeedThread } from '../../engine/train/feed-messages'
import { Feeder } from '../../engine/train/feeder'
import { moonsDocument, prepare } from '../train/fixtures'

const isBuilt = existsSync(join(packageRoot(), 'dist/node/feeder.js'))
const settings = { batchSize: 16, seed: 0, shuffle: true }

describe.skipIf(!isBuilt)('a feeder thread (npm run build makes it)', () => {
  let thread: FeedThread | undefined
  let ahead: FeedAhead | undefined
  afterEach(() => ahead?.dispose())

  /** At work, with the next step that it will hand out. */
  async function start() {
    const data = await prepare(moonsDocument())
    const { bindings } = bindFields(inferShapes(data.document), data.fields)
    const spawn = () => {
      thread = spawnFeeder()
      return thread
    }
    ahead = new FeedAhead({ spawn }, { recipe: data.recipe, indices: data.training.indices, bindings, settings })
    let step = 1
    let first = ahead.take(step)
    while (first === undefined) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      first = ahead.take(++step)
    }
    return { ahead, step, first, here: new Feeder(data.training, bindings, settings) }
  }

  it('prepares the same batches', async () => {
    const { ahead, step, first, here } = await start()
    expect(await first).toEqual(await here.inputsOf(step))
    for (let next = step + 1; next < step + 20; next++) expect(await ahead.take(next)).toEqual(await here.inputsOf(next))
  })

  it('is missed when it is killed', async () => {
    const { ahead, step, first } = await start()
    await first
    thread?.terminate()
    for (let next = step + 1; ahead.ending === undefined; next++) {
      await ahead.take(next)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    expect(ahead.ending.reason).toBe('code 1')
    expect(ahead.take(step + 1)).toBeUndefined()
  })
})
