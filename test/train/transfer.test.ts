/** @file Fine-tuning (C11): what is copied from another network's file, what begins afresh and why; frozen and fast layers; the command. */
import { readFile, writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { exportTypeScript } from '../../engine/export/typescript'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { inferShapes } from '../../engine/shapes/infer'
import { decodeSafetensors, encodeSafetensors } from '../../engine/train/safetensors'
import { Trainer } from '../../engine/train/trainer'
import { outputLayers, transferWeights } from '../../engine/train/transfer'
import { netloom, scratch } from '../cli/run'
import { moonsDocument, prepare } from './fixtures'

function network(options: { classes?: number; width?: number; freeze?: boolean } = {}) {
  const { classes = 3, width = 4, freeze = false } = options
  const g = graph('fine-tuning', {
    data: { kind: 'points2d', params: { samples: 40 } },
    training: { optimizer: 'sgd', lr: 0.1, batchSize: 8, epochs: 1, validationSplit: 0 },
  })
  const x = g.tanh(g.dense(g.input('features', [2]), { id: 'early', numHiddens: width, frozen: freeze }))
  const y = g.batchNorm(g.dense(x, { id: 'late', numHiddens: 5 }))
  g.classify(g.tanh(y), classes)
  return g.document()
}

const fileOf = (tensors: Readonly<Record<string, readonly [shape: readonly number[], value: number]>>) =>
  decodeSafetensors(
    encodeSafetensors(
      Object.entries(tensors).map(([name, [shape, value]]) => ({
        name,
        shape,
        data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value),
      })),
    ),
  )

describe('fine-tuning (C11)', () => {
  const source = {
    'early.kernel': [[2, 4], 1],
    'early.bias': [[4], 2],
    'late.kernel': [[4, 5], 3],
    'late.bias': [[5], 4],
    'bn1.scale': [[5], 5],
    'bn1.shift': [[5], 6],
    'bn1.runningMean': [[5], 7],
    'bn1.runningVariance': [[5], 8],
    'dense1.kernel': [[5, 9], 9],
    'dense1.bias': [[9], 10],
    'old.kernel': [[3], 0],
  } as const

  it('copies every weight but the output layer’s, running statistics too', () => {
    const { weights, skipped, unused } = transferWeights(fileOf(source), inferShapes(network()))
    expect(Object.fromEntries(Object.entries(weights).map(([name, data]) => [name, data[0]]))).toEqual(
      Object.fromEntries(
        Object.entries(source)
          .filter(([name]) => !/^(dense1|old)/.test(name))
          .map(([name, [, value]]) => [name, value]),
      ),
    )
    expect(skipped.map(({ name, reason }) => [name, reason.en])).toEqual([
      ['dense1.kernel', 'output layer: starts afresh'],
      ['dense1.bias', 'output layer: starts afresh'],
    ])
    expect(unused).toEqual(['old.kernel'])
  })

  it('says what does not fit, and copies the output layer where it is told to', () => {
    const other = inferShapes(network({ width: 6, classes: 9 }))
    const { weights, skipped } = transferWeights(fileOf({ ...source, 'bn1.shift': [[7], 0] }), other, { keepOutput: true })
    expect(Object.keys(weights)).toContain('dense1.kernel')
    expect(skipped.map(({ name, reason }) => `${name} ${reason.en}`)).toEqual([
      'early.kernel has the shape 2×4 there, 2×6 here',
      'early.bias has the shape 4 there, 6 here',
      'late.kernel has the shape 4×5 there, 6×5 here',
      'bn1.shift has the shape 7 there, 5 here',
    ])
    const { 'late.bias': _, ...without } = source
    expect(transferWeights(fileOf(without), inferShapes(network())).skipped[0]).toMatchObject({ name: 'late.bias' })
  })

  it('takes the best weights of a checkpoint, else their averages', () => {
    const file = fileOf({ ...source, 'best:early.bias': [[4], 20], 'late.bias:average': [[5], 40], 'early.bias:average': [[4], 21] })
    const { weights, unused } = transferWeights(file, inferShapes(network()))
    expect([weights['early.bias']?.[0], weights['late.bias']?.[0], weights['early.kernel']?.[0]]).toEqual([20, 40, 1])
    expect(unused).toEqual(['old.kernel'])
  })

  it('knows the output layers: all of several heads, what stands behind them, and shared ones by their owner', () => {
    const g = graph('heads', { data: 'points2d' })
    const trunk = g.relu(g.dense(g.input('features', [2]), { id: 'trunk', numHiddens: 4 }))
    g.softmaxCrossEntropy(g.batchNorm(g.dense(trunk, { id: 'first', numHiddens: 3 }), { id: 'norm' }), g.label('label', 3))
    const second = g.dense(g.relu(g.dense(trunk, { id: 'hidden', numHiddens: 4 })), { id: 'second', numHiddens: 1 })
    g.meanSquaredError(second, g.label('target', { type: 'number', shape: [1] }))
    expect(outputLayers(inferShapes(g.document()))).toEqual(['first', 'norm', 'second'])
  })

  it('frozen layers stay as they were copied, the fresh output layer learns', async () => {
    const document = network({ classes: 2, freeze: true })
    const { weights } = transferWeights(fileOf(source), inferShapes(document))
    const trainer = await Trainer.create({ data: await prepare(document), backend: createReferenceBackend(), weights })
    const before = await trainer.model.read()
    await trainer.run()
    const after = await trainer.model.read()
    await trainer.dispose()
    expect([...(after['early.kernel'] ?? [])]).toEqual(new Array(8).fill(1))
    expect(after['late.kernel']).not.toEqual(before['late.kernel'])
    expect(after['dense1.kernel']).not.toEqual(before['dense1.kernel'])
  })

  const at = scratch()
  it('from the command line: --from a file or a checkpoint, with a word on every weight', async () => {
    const [graphFile, weightsFile] = [at('moons.ts'), at('source.safetensors')]
    await writeFile(graphFile, exportTypeScript(moonsDocument({ epochs: 1 })))
    const common = ['--backend', 'reference', '--steps', '2']
    await netloom('train', graphFile, ...common, '--out', weightsFile, '--checkpoint', at('kept'))
    for (const from of [weightsFile, at('kept')]) {
      const ran = await netloom(
        'train',
        graphFile,
        ...common,
        '--lr',
        '1e-30',
        '--seed',
        '5',
        '--from',
        from,
        '--out',
        at('tuned.safetensors'),
      )
      expect(ran.code, ran.err).toBe(0)
      expect(ran.err).toContain('2 of 4 tensors copied')
      expect(ran.err).toContain('dense2.kernel: output layer: starts afresh')
      const [old, tuned] = await Promise.all(
        [weightsFile, at('tuned.safetensors')].map(async (path) => decodeSafetensors(await readFile(path))),
      )
      expect(tuned?.tensors.get('dense1.kernel')?.bytes).toEqual(old?.tensors.get('dense1.kernel')?.bytes)
      expect(tuned?.tensors.get('dense2.kernel')?.bytes).not.toEqual(old?.tensors.get('dense2.kernel')?.bytes)
    }
    const kept = await netloom('train', graphFile, ...common, '--from', weightsFile, '--keep-output')
    expect(kept.err).toContain('4 of 4 tensors copied')
    const other = await netloom('train', 'lenet', ...common, '--from', weightsFile)
    expect(other.code).toBe(1)
    expect(other.err).toContain('error[transfer.nothing]')
  })
})
