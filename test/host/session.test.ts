import { createBirpc } from 'birpc'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { GraphDocument } from '../../engine/document/schema'
import { backendsOf } from '../../engine/host/browser/backends'
import { type Checkpoints, Session } from '../../engine/host/browser/session'
import type { GradientProgress } from '../../engine/insight/gradient-report'
import { channelOver } from '../../engine/protocol/channel'
import type { CheckpointInfo, EditorApi, EngineApi, InsightFrame, MetricsFrame } from '../../engine/protocol/messages'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { decodeCheckpoint } from '../../engine/train/checkpoint'
import { templates } from '../../templates/registry'

/** In memory; what the browser's database does is checked end to end. */
class MemoryCheckpoints implements Checkpoints {
  readonly files = new Map<string, Uint8Array>()

  async save(key: string, file: Uint8Array): Promise<void> {
    this.files.set(key, file)
  }
  async load(key: string): Promise<Uint8Array | undefined> {
    return this.files.get(key)
  }
  async info(key: string): Promise<CheckpointInfo | undefined> {
    const file = this.files.get(key)
    if (!file) return undefined
    const { step, epoch, savedAt, backend } = decodeCheckpoint(file, key)
    return { step, epoch, savedAt, backend }
  }
}

const checkpoints = new MemoryCheckpoints()
const frames: MetricsFrame[] = []
const insights: InsightFrame[] = []
const failures: string[] = []
const checked: GradientProgress[] = []
const written: string[] = []
const keys = new Set<string>()
let session: Session
let engine: ReturnType<typeof createBirpc<EngineApi, EditorApi>>
let ports: MessageChannel

beforeEach(() => {
  checkpoints.files.clear()
  frames.length = insights.length = failures.length = checked.length = written.length = 0
  keys.clear()
  ports = new MessageChannel()
  const backend = createReferenceBackend()
  session = new Session({
    port: ports.port1,
    backends: Promise.resolve(backendsOf([backend])),
    checkpoints,
    lock: Promise.resolve('the lock'),
  })
  engine = createBirpc<EngineApi, EditorApi>(
    {
      onMetrics: (frame, documentKey) => {
        frames.push(frame)
        keys.add(documentKey)
      },
      onInsight: (frame) => void insights.push(frame),
      onFailure: (diagnostics) => void failures.push(...diagnostics.map(({ code }) => code)),
      onDefect: (message) => void failures.push(message),
      onLog: ({ text }) => void failures.push(text.en),
      onCheckProgress: (progress) => void checked.push(progress),
      onText: (piece) => void written.push(piece),
    },
    channelOver(ports.port2),
  )
})

afterEach(async () => {
  await session.dispose()
  ports.port1.close()
  ports.port2.close()
})

const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 30_000
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

/** XOR on the plane, long enough to be interrupted. */
function xor(epochs = 200): GraphDocument {
  const template = templates.get('xor-mlp')
  if (!template) throw new Error('there is no XOR template')
  const document = template.create()
  return { ...document, training: { ...document.training, epochs } }
}

const last = (): MetricsFrame => frames.at(-1) as MetricsFrame

describe('a run', () => {
  test('says hello with its backends and the lock that tells its life', async () => {
    const hello = await engine.hello()
    expect(hello).toMatchObject({ preferred: 'reference', lockName: 'the lock' })
    expect(hello.backends.map(({ id }) => id)).toEqual(['reference'])
  })

  test('streams rising steps and ends with a checkpoint and weights', async () => {
    const document = xor(3)
    expect(await engine.train({ document, documentKey: 'a' })).toEqual({ ok: true, value: null })
    await until(() => last()?.phase === 'finished')
    const steps = frames.flatMap(({ training }) => training.map(({ step }) => step))
    expect(steps.length).toBeGreaterThan(0)
    expect([...keys]).toEqual(['a'])
    expect(steps).toEqual([...steps].sort((a, b) => a - b))
    expect(last().step).toBe(last().totalSteps)
    expect((await engine.checkpointOf('a'))?.step).toBe(last().totalSteps)
    const weights = await engine.weights()
    expect(Object.keys(weights).length).toBeGreaterThan(0)
    expect(failures).toEqual([])
  })

  test('begins paused, takes single steps, resumes, pauses, stops', async () => {
    await engine.train({ document: xor(), documentKey: 'a', paused: true })
    await until(() => last()?.phase === 'paused')
    expect(last().step).toBe(0)
    await engine.step()
    await until(() => last().step === 1 && last().phase === 'paused')
    await engine.step()
    await until(() => last().step === 2 && last().phase === 'paused')
    await engine.resume()
    await until(() => last().phase === 'running' && last().step > 5)
    await engine.pause()
    await until(() => last().phase === 'paused')
    const { step } = last()
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(last().step).toBe(step)
    await engine.stop()
    expect(last().phase).toBe('stopped')
    expect((await engine.checkpointOf('a'))?.step).toBe(step)
  })

  test('goes on from its checkpoint with the curves up to there', async () => {
    const document = xor()
    await engine.train({ document, documentKey: 'a' })
    await until(() => last()?.step > 20)
    await engine.stop()
    const stopped = last().step
    frames.length = 0
    expect(await engine.train({ document, documentKey: 'a', resume: true, paused: true })).toMatchObject({ ok: true })
    await until(() => last()?.phase === 'paused')
    expect(last().step).toBe(stopped)
    expect(frames[0]?.training.length).toBeGreaterThan(0)
    expect(frames[0]?.training.at(-1)?.step).toBeLessThanOrEqual(stopped)
  })

  test('without a checkpoint says so', async () => {
    const outcome = await engine.train({ document: xor(), documentKey: 'nobody', resume: true })
    expect(outcome).toMatchObject({ ok: false, diagnostics: [{ code: 'checkpoint.missing' }] })
  })

  test('of a broken network comes back with its problems', async () => {
    const document = xor()
    const broken = { ...document, edges: document.edges.slice(1) }
    const outcome = await engine.train({ document: broken, documentKey: 'a' })
    expect(outcome.ok).toBe(false)
  })

  test('gives way to the next', async () => {
    await engine.train({ document: xor(), documentKey: 'a' })
    await until(() => last()?.step > 3)
    await engine.train({ document: xor(2), documentKey: 'b' })
    await until(() => last().phase === 'finished')
    expect(await engine.checkpointOf('a')).toBeDefined()
    expect(await engine.checkpointOf('b')).toBeDefined()
  })
})

describe('insight', () => {
  test('shows watched nodes, predictions for fixed samples and the plane', async () => {
    const document = xor()
    const node = document.nodes.find(({ kind }) => kind === 'dense')?.id ?? ''
    await engine.watch([node, 'nowhere'])
    await engine.train({ document, documentKey: 'a' })
    await until(() => insights.length >= 2)
    const [first, second] = insights
    expect(Object.keys(first?.activations ?? {})).toEqual([node])
    expect(first?.predictions.length).toBeGreaterThan(0)
    expect(first?.predictions.map(({ inputs }) => inputs)).toEqual(second?.predictions.map(({ inputs }) => inputs))
    const plane = second?.plane
    expect(plane?.value.length).toBe((plane?.size ?? 0) ** 2)
    expect(plane?.confidence.every((share) => share >= 0.5 && share <= 1)).toBe(true)
    expect(failures).toEqual([])
  })
})

describe('data', () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${i % 7},${(i * 3) % 5},${i % 2 ? 'cat' : 'dog'}`)
  const csv = new Blob([`length,weight,animal\n${rows.join('\n')}\n`])

  test('given files are recognised and previewed', async () => {
    await engine.giveFiles({ name: 'pets.csv', files: [{ path: 'pets.csv', file: csv }] })
    const recognised = await engine.recognise('pets.csv')
    expect(recognised).toMatchObject({ ok: true, value: { source: { kind: 'csv', params: { path: 'pets.csv' } } } })
    if (!recognised.ok) return
    const preview = await engine.previewData(recognised.value.source, { seed: 0, count: 5 })
    expect(preview).toMatchObject({ ok: true, value: { length: 40 } })
    if (!preview.ok) return
    expect(preview.value.fields.find(({ role }) => role === 'target')?.classNames?.toSorted()).toEqual(['cat', 'dog'])
    expect(preview.value.samples).toHaveLength(5)
    // One of each stretch of eight rows, in their order.
    for (const [stretch, { features }] of preview.value.samples.entries()) {
      const rowsOfStretch = rows.slice(8 * stretch, 8 * stretch + 8).map((row) => row.split(',').slice(0, 2).map(Number))
      expect(rowsOfStretch).toContainEqual([...(features ?? [])])
    }
  })

  test('the preview shows every class of a set that goes round them', async () => {
    const source = { kind: 'points2d', params: { pattern: 'xor', noise: 0 } }
    const preview = await engine.previewData(source, { seed: 0, count: 200 })
    if (!preview.ok) throw new Error('refused')
    const target = preview.value.fields.find(({ role }) => role === 'target')?.name ?? ''
    expect(new Set(preview.value.samples.map((sample) => sample[target]?.[0]))).toEqual(new Set([0, 1]))
  })

  test('files that nobody gave are a diagnostic', async () => {
    const outcome = await engine.previewData({ kind: 'csv', params: { path: 'gone.csv' } }, { seed: 0, count: 5 })
    expect(outcome).toMatchObject({ ok: false, diagnostics: [{ code: 'data.missing' }] })
  })
})

describe('information in data (J1)', () => {
  const source = { kind: 'csv', params: { path: 'coins.csv' } }
  const asked = { seed: 0, validationSplit: 0, x: { bins: 'auto' }, y: { bins: 'auto' } } as const
  const give = (name: string, text: string) => engine.giveFiles({ name, files: [{ path: name, file: new Blob([text]) }] })

  test('of given files, also when another takes the place of one', async () => {
    await give('coins.csv', 'first,second\nhead,head\ntail,tail\n'.concat('head,head\ntail,tail\n'))
    const copies = await engine.information({ source, ...asked })
    if (!copies.ok) throw new Error('refused')
    expect(copies.value).toMatchObject({
      rows: 4,
      x: { column: 'first', entropy: 1 },
      y: { column: 'second' },
      joint: { mutual: 1, counts: [2, 0, 0, 2] },
    })
    // Infinities survive the journey.
    expect(copies.value.joint?.pointwise).toEqual([1, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 1])
    await give('coins.csv', 'first,second\nhead,head\nhead,tail\ntail,head\ntail,tail\n')
    expect(await engine.information({ source, ...asked })).toMatchObject({
      ok: true,
      value: { joint: { mutual: 0, counts: [1, 1, 1, 1] } },
    })
  })

  test('with a validation file beside it, whose categories may be others', async () => {
    await give('coins.csv', 'coin,side\na,head\na,tail\nb,head\nb,tail\n')
    await give('more.csv', 'coin,side\na,head\nc,head\n')
    const validation = { kind: 'csv', params: { path: 'more.csv' } }
    const report = await engine.information({ source, validation, ...asked })
    expect(report).toMatchObject({
      ok: true,
      value: {
        heldOut: 2,
        x: { shift: { categories: ['a', 'b', 'c'], validation: [1, 0, 1], forward: Number.POSITIVE_INFINITY } },
        y: { shift: { training: [2, 2], validation: [2, 0], backward: 1 } },
      },
    })
  })

  test('says what is wrong with files and columns, and reads again what was mended', async () => {
    expect(await engine.information({ source, ...asked })).toMatchObject({ ok: false, diagnostics: [{ code: 'data.missing' }] })
    await give('coins.csv', 'coin,side\na,head\na\n')
    expect(await engine.information({ source, ...asked })).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'data.columns', values: { line: 3 } }],
    })
    await give('coins.csv', 'coin,side\na,head\na,tail\n')
    const wrong = await engine.information({ source, ...asked, x: { column: 'edge', bins: 'auto' } })
    expect(wrong).toMatchObject({ ok: false, diagnostics: [{ code: 'information.column' }] })
    expect(await engine.information({ source, ...asked })).toMatchObject({ ok: true, value: { rows: 2 } })
  })
})

describe('the compiler laid open', () => {
  test('forecasts nothing on an executor that cannot tell', async () => {
    expect(await engine.forecast({ document: xor() })).toEqual({ ok: true, value: undefined })
  })

  test('lists the program of the training step, line by line with its node', async () => {
    const outcome = await engine.listing({ document: xor(), stage: 'program' })
    expect(outcome.ok && outcome.value.some(({ text, origin }) => text.includes('matmul') && origin !== undefined)).toBe(true)
  })

  test('says why a broken document cannot be listed', async () => {
    const document = xor()
    const outcome = await engine.listing({ document: { ...document, edges: document.edges.slice(1) }, stage: 'kernels' })
    expect(!outcome.ok && outcome.diagnostics.length).toBeGreaterThan(0)
  })

  test('measures nothing on an executor that cannot, and nothing while a run is under way', async () => {
    const idle = await engine.profile({ document: xor() })
    expect(idle).toMatchObject({ ok: true, value: { kernels: [] } })
    await engine.train({ document: xor(), documentKey: 'a' })
    await until(() => last()?.phase === 'running')
    const busy = await engine.profile({ document: xor() })
    expect(!busy.ok && busy.diagnostics.map(({ code }) => code)).toEqual(['train.busy'])
    await engine.stop()
    expect(await engine.profile({ document: xor() })).toMatchObject({ ok: true })
  })
})

describe('a gradient check', () => {
  test('measures fresh weights or those of the run, and tells how far it is', async () => {
    const fresh = await engine.checkGradients({ document: xor(), weights: 'fresh', samples: 1 })
    expect(fresh.ok && fresh.value?.tensors.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['dense1.kernel', 'agrees'],
      ['dense1.bias', 'agrees'],
      ['dense2.kernel', 'agrees'],
      ['dense2.bias', 'agrees'],
    ])
    expect(checked[0]).toEqual({ done: 0, total: 4, tensor: 'dense1.kernel' })
    await engine.train({ document: xor(1), documentKey: 'a' })
    await until(() => last()?.phase === 'finished')
    const trained = await engine.checkGradients({ document: xor(), weights: 'run' })
    expect(trained.ok && trained.value?.loss).not.toBe(fresh.ok && fresh.value?.loss)
  })

  test('ends when asked to, and does not disturb a run', async () => {
    const lenet = templates.get('lenet')?.create()
    if (!lenet) throw new Error('there is no LeNet')
    const outcome = engine.checkGradients({ document: lenet, weights: 'fresh', samples: 512 })
    await until(() => checked.length > 0)
    await engine.endGradientCheck()
    expect(await outcome).toEqual({ ok: true, value: undefined })

    await engine.train({ document: xor(100_000), documentKey: 'a' })
    const refused = await engine.checkGradients({ document: xor(), weights: 'fresh' })
    expect(refused.ok || refused.diagnostics.map(({ code }) => code)).toEqual(['train.busy'])
    await engine.stop()
  })
})

describe('a language model', () => {
  const tiny = (): GraphDocument => {
    const template = templates.get('rnn-lm')
    if (!template) throw new Error('there is no rnn-lm')
    const document = template.create({ numHiddens: 4, numSteps: 5, batchSize: 8 })
    return { ...document, training: { ...document.training, epochs: 1 } }
  }

  test('writes with the network of the run, piece by piece, the same text for the same seed', async () => {
    const wish = { prefix: 'Mara ', length: 20, temperature: 1, seed: 3 }
    const before = await engine.generate(wish)
    expect(before.ok || before.diagnostics.map(({ code }) => code)).toEqual(['generate.no-network'])
    await engine.train({ document: tiny(), documentKey: 'a' })
    await until(() => last()?.phase === 'finished')
    const text = await engine.generate(wish)
    expect(text.ok && [...text.value]).toHaveLength(20)
    expect(written).toHaveLength(20)
    expect({ ok: true, value: written.join('') }).toEqual(text)
    expect(await engine.generate(wish)).toEqual(text)
    expect(await engine.generate({ ...wish, seed: 4 })).not.toEqual(text)
    expect(insights.every(({ predictions }) => predictions.length === 0)).toBe(true)
  })

  test('stops where it is when asked to', async () => {
    await engine.train({ document: tiny(), documentKey: 'a' })
    await until(() => last()?.phase === 'finished')
    const text = engine.generate({ prefix: '', length: 100_000, temperature: 1, seed: 0 })
    await until(() => written.length > 10)
    await engine.endGenerating()
    const outcome = await text
    expect(outcome.ok && outcome.value.length).toBeLessThan(100_000)
  })

  test('is needed to write', async () => {
    await engine.train({ document: xor(1), documentKey: 'a' })
    await until(() => last()?.phase === 'finished')
    const outcome = await engine.generate({ prefix: '', length: 3, temperature: 1, seed: 0 })
    expect(outcome.ok || outcome.diagnostics.map(({ code }) => code)).toEqual(['generate.no-text'])
  })
})
