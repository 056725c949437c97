/** @file `train` and `evaluate` from end to end on small data: metrics, weights, checkpoints, resuming, overriding. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { Random } from '../../engine/core/random'
import { encodeSafetensors } from '../../engine/train/safetensors'
import { templates } from '../../templates/registry'
import { netloom, scratch } from './run'

const at = scratch()
/** Three blobs on very different scales, so that standardising matters. */
function blobs(name: string, seed: number, count: number): string {
  const random = Random.seeded(seed)
  const rows = Array.from({ length: count }, (_, i) => {
    const angle = ((i % 3) * 2 * Math.PI) / 3
    return [1000 + 100 * (Math.cos(angle) + 0.2 * random.normal()), 0.001 * (Math.sin(angle) + 0.2 * random.normal()), i % 3].join(',')
  })
  writeFileSync(at(name), `width,height,kind\n${rows.join('\n')}\n`)
  return at(name)
}
const [training, held] = [blobs('train.csv', 1, 150), blobs('test.csv', 2, 60)]
const data = ['--data', training, '--validation', held]
const small = ['--set', 'numHiddens=16', '--set', 'batchSize=10']
const lines = (name: string) =>
  readFileSync(at(name), 'utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Record<string, number>)

describe('train', () => {
  it('refuses what does not fit into memory, with the batch that would', async () => {
    const ran = await netloom('train', 'lenet', '--backend', 'wasm', '--set', 'imageSize=512', '--set', 'batchSize=300', '--steps', '1')
    expect(ran).toMatchObject({ code: 1, out: '' })
    expect(ran.err).toMatch(
      /error\[train\.memory\].* batches of 300 needs \d+ MiB of memory; 4096 MiB can be had\. Batches of up to \d+ fit\./,
    )
  })

  it('refuses halves where the executor has none, and types that do not exist', async () => {
    const ran = await netloom('train', 'mlp', ...data, '--backend', 'wasm', '--precision', 'f16', '--steps', '1')
    expect(ran).toMatchObject({ code: 1, out: '' })
    expect(ran.err).toMatch(/error\[backend\.halves\].* Set the precision to f32, or choose a graphics adapter that has f16\./)
    expect(await netloom('train', 'mlp', ...data, '--precision', 'f8')).toMatchObject({ code: 2 })
  })

  it('writes how long the gradient of each layer is, every so many steps (B5)', async () => {
    const asked = ['--backend', 'reference', '--steps', '5', '--gradient-norms', '2', '--metrics', at('norms.jsonl')]
    const ran = await netloom('train', 'mlp', ...data, ...small, ...asked)
    expect(ran.code, ran.err).toBe(0)
    const norms = lines('norms.jsonl').map((line) => Object.entries(line).filter(([name]) => name.startsWith('gradientNorm')))
    expect(norms.map((found) => found.map(([name]) => name))).toEqual(
      [1, 2, 3, 4, 5].map((step) => (step % 2 === 1 ? ['gradientNorm:dense1', 'gradientNorm:dense2'] : [])),
    )
    for (const [, norm] of norms.flat()) expect(norm).toBeGreaterThan(0)
    expect((await netloom('train', 'mlp', ...data, '--gradient-norms', '0')).code).toBe(2)
  })

  it('learns from a table, reports every step, and the weights evaluate to the same', async () => {
    const ran = await netloom(
      'train',
      'mlp',
      ...data,
      ...small,
      '--lr',
      '0.01',
      '--epochs',
      '6',
      '--metrics',
      at('m.jsonl'),
      '--out',
      at('w'),
      '--json',
    )
    expect(ran).toMatchObject({ code: 0 })
    const summary = JSON.parse(ran.out)
    expect(summary).toMatchObject({ steps: 90, epoch: 6 })
    expect(summary.validationAccuracy).toBeGreaterThan(0.95)
    const metrics = lines('m.jsonl')
    expect(metrics.map(({ step }) => step)).toEqual(Array.from({ length: 90 }, (_, i) => i + 1))
    expect(metrics.filter((line) => 'validationAccuracy' in line).map(({ step }) => step)).toEqual([15, 30, 45, 60, 75, 90])
    expect(Object.keys(metrics[14] ?? {})).toEqual([
      'epoch',
      'step',
      'loss',
      'accuracy',
      'validationLoss',
      'validationAccuracy',
      'samplesPerSecond',
      'lr',
    ])
    expect(ran.err).toContain('epoch 6: loss')
    // The statistics of the training part travel with the weights.
    const evaluated = JSON.parse((await netloom('evaluate', 'mlp', '--data', held, ...small, '--weights', at('w'), '--json')).out)
    expect(evaluated).toMatchObject({ samples: 60, accuracy: summary.validationAccuracy })
    expect(evaluated.loss).toBeCloseTo(summary.validationLoss, 6)
    const predicted = await netloom('predict', 'mlp', '--data', held, ...small, '--weights', at('w'))
    expect(predicted.out.trim().split('\n')).toHaveLength(60)
    expect(JSON.parse(predicted.out.split('\n')[0] ?? '')).toMatchObject({ index: 0, class: '0' })
  })

  it('goes on from a checkpoint bit for bit', async () => {
    const common = [...data, ...small, '--optimizer', 'adam']
    await netloom('train', 'mlp', ...common, '--steps', '20', '--out', at('straight'))
    await netloom('train', 'mlp', ...common, '--steps', '9', '--checkpoint', at('cp'))
    expect(readdirSync(at('cp'))).toEqual(['checkpoint.safetensors'])
    const resumed = await netloom('train', 'mlp', '--resume', at('cp'), '--steps', '20', '--out', at('resumed'))
    expect(resumed).toMatchObject({ code: 0 })
    expect(readFileSync(at('resumed'))).toEqual(readFileSync(at('straight')))
    const [whole, kept] = await Promise.all(
      ['resumed', 'cp'].map((weights) => netloom('evaluate', 'mlp', '--data', held, ...small, '--weights', at(weights), '--json')),
    )
    expect(kept?.out).toBe(whole?.out)
    // A count that has been reached means so many more.
    await netloom('train', 'mlp', ...common, '--steps', '10', '--checkpoint', at('half'))
    await netloom('train', 'mlp', '--resume', at('half'), '--steps', '10', '--out', at('more'))
    expect(readFileSync(at('more'))).toEqual(readFileSync(at('straight')))
    expect(existsSync(at('cp/previous.safetensors'))).toBe(true)
  })

  it('refuses a damaged checkpoint, and that of another network', async () => {
    await netloom('train', 'mlp', ...data, ...small, '--steps', '2', '--checkpoint', at('good'))
    mkdirSync(at('broken'))
    copyFileSync(at('good/checkpoint.safetensors'), at('broken/checkpoint.safetensors'))
    truncateSync(at('broken/checkpoint.safetensors'), 900)
    expect(await netloom('train', 'mlp', '--resume', at('broken'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('error[checkpoint.corrupt]'),
    })
    expect(await netloom('train', 'lenet', '--resume', at('good'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('error[checkpoint.other-graph]'),
    })
  })

  it('starts from given weights and stops at a diverging loss', async () => {
    await netloom(
      'init',
      'mlp',
      '--out',
      at('start'),
      '--set',
      'numFeatures=2',
      '--set',
      'numClasses=3',
      '--set',
      'numHiddens=16',
      '--seed',
      '9',
    )
    const from = (...more: string[]) => netloom('train', 'mlp', ...data, ...small, '--steps', '1', '--metrics', at('first.jsonl'), ...more)
    await from('--weights', at('start'))
    const given = lines('first.jsonl')[0]?.loss
    await from()
    expect(lines('first.jsonl')[0]?.loss).not.toBe(given)
    const wild = await netloom('train', 'mlp', ...data, ...small, '--optimizer', 'sgd', '--lr', '3e38')
    expect([wild.code, wild.err]).toEqual([1, expect.stringMatching(/error\[train\.not-finite\] node \w+: At step \d+/)])
    // The loss of the one step is that of the weights before it.
    writeFileSync(at('another.safetensors'), 'weights of another day')
    const thrown = await netloom('train', 'mlp', ...data, ...small, '--steps', '1', '--lr', '1e300', '--out', at('another.safetensors'))
    expect([thrown.code, thrown.err]).toEqual([1, expect.stringMatching(/error\[train\.weights-not-finite\] node dense1: .* step 1 /)])
    expect(readFileSync(at('another.safetensors'), 'utf8')).toBe('weights of another day')
  })

  it('rows become images with --shape', async () => {
    const random = Random.seeded(5)
    const rows = Array.from({ length: 40 }, (_, i) =>
      [...Array.from({ length: 16 }, (_, k) => (k % 4 === i % 2 ? 9 : 0) + random.uniform()), i % 2].join(','),
    )
    writeFileSync(at('images.csv'), rows.join('\n'))
    const ran = await netloom(
      'train',
      'lenet',
      '--data',
      at('images.csv'),
      '--shape',
      '1x4x4',
      '--set',
      'imageSize=16',
      '--set',
      'batchSize=8',
      '--steps',
      '1',
    )
    expect(ran).toMatchObject({ code: 0 })
    const flat = await netloom('train', 'lenet', '--data', at('images.csv'), '--steps', '1')
    expect([flat.code, flat.err]).toEqual([1, expect.stringContaining('error[data.misfit] node image')])
  })

  it('names file and line of broken data', async () => {
    writeFileSync(at('ragged.csv'), '1,2,0\n1,2\n')
    const { code, err } = await netloom('train', 'mlp', '--data', at('ragged.csv'))
    expect([code, err]).toEqual([1, expect.stringMatching(/error\[data\.columns\]: ragged\.csv, line 2/)])
  })

  it('xor learns on its own data, and its exact solution is exact', async () => {
    expect(JSON.parse((await netloom('train', 'xor-mlp', '--steps', '3', '--json')).out)).toMatchObject({ steps: 3 })
    const exact = templates.get('xor-mlp')?.solutions?.exact ?? {}
    const shapes: Record<string, number[]> = { 'dense1.kernel': [2, 2], 'dense1.bias': [2], 'dense2.kernel': [2, 1], 'dense2.bias': [1] }
    writeFileSync(
      at('exact'),
      encodeSafetensors(Object.entries(exact).map(([name, values]) => ({ name, shape: shapes[name] ?? [], data: values }))),
    )
    const { loss } = JSON.parse((await netloom('evaluate', 'xor-mlp', '--weights', at('exact'), '--json')).out)
    expect(loss).toBeLessThan(1e-12)
  })

  it('Ctrl-C saves a checkpoint, from which it goes on', async () => {
    const running = netloom(
      'train',
      'mlp',
      ...data,
      ...small,
      '--epochs',
      '100000',
      '--checkpoint',
      at('interrupted'),
      '--metrics',
      at('cut.jsonl'),
    )
    while (!existsSync(at('cut.jsonl')) || lines('cut.jsonl').length < 3) await new Promise((resolve) => setTimeout(resolve, 5))
    process.emit('SIGINT')
    const { code, err } = await running
    expect([code, err]).toEqual([130, expect.stringMatching(/stopped at step \d+; go on with --resume/)])
    const done = lines('cut.jsonl').at(-1)?.step as number
    const more = await netloom('train', 'mlp', '--resume', at('interrupted'), '--steps', String(done + 2), '--metrics', at('rest.jsonl'))
    expect(more.code).toBe(0)
    expect(lines('rest.jsonl').map(({ step }) => step)).toEqual([done + 1, done + 2])
  })
})
