/** @file Preparing data (C1): standardisation, min–max and one-hot, each with what undoes it, for features and for numbers to predict. */
import { writeFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import type { DataSetting } from '../../engine/builder/settings'
import { largest } from '../../engine/core/largest'
import { bindFields } from '../../engine/datasets/bind'
import type { FileSource } from '../../engine/datasets/dataset'
import { type PreparedData, prepareData } from '../../engine/datasets/prepare'
import { restored } from '../../engine/datasets/standardize'
import { exportTypeScript } from '../../engine/export/typescript'
import { Insight } from '../../engine/host/browser/insight'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { inferShapes } from '../../engine/shapes/infer'
import { BatchReader } from '../../engine/train/batches'
import { Trainer } from '../../engine/train/trainer'
import { netloom, scratch } from '../cli/run'
import { memoryFiles } from './memory-files'

const ROWS = 60
const row = (i: number) => [3 + i, Math.sin(i), 7, 1000 + 20 * i]
const table = `a,b,c,price\n${Array.from({ length: ROWS }, (_, i) => row(i).join(',')).join('\n')}\n`

const files: FileSource = memoryFiles('houses.csv', { 'houses.csv': table })
const source = { kind: 'csv', params: { path: 'houses.csv' } }

function documentOf(data: Omit<Extract<DataSetting, { source: unknown }>, 'source'>) {
  const g = graph('prices', {
    data: { source, ...data },
    training: { optimizer: 'sgd', lr: 0.1, batchSize: 10, epochs: 40, validationSplit: 0.2 },
  })
  g.meanSquaredError(g.dense(g.input('features', [3]), { numHiddens: 1 }), g.label('target', { type: 'number', shape: [1] }))
  return g.document()
}

/** All training samples, as the network sees them. */
async function seen({ training, document, fields }: PreparedData) {
  const { bindings } = bindFields(inferShapes(document), fields)
  const reader = new BatchReader(training, bindings, training.indices.length)
  const { features, target } = await reader.read(training.indices, 0)
  const columns = [0, 1, 2].map((c) => [...training.indices].map((_, i) => features?.[3 * i + c] as number))
  return { columns, target: [...(target ?? [])] }
}

const prepare = (data: Parameters<typeof documentOf>[0]) => prepareData(documentOf(data), () => files)
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length

describe('preparing data (C1)', () => {
  it('standardises with the statistics of the training part, which undo it', async () => {
    const data = await prepare({ standardize: true })
    const { columns } = await seen(data)
    for (const column of columns.slice(0, 2)) {
      expect(mean(column)).toBeCloseTo(0, 5)
      expect(mean(column.map((x) => x * x))).toBeCloseTo(1, 4)
    }
    // What never changes carries nothing.
    expect(new Set(columns[2])).toEqual(new Set([0]))
    const { statistics } = data.document.data
    const first = data.training.indices[0] as number
    const back = restored(
      columns.map((column) => column[0] as number),
      statistics as NonNullable<typeof statistics>,
    )
    back.forEach((x, i) => {
      expect(x).toBeCloseTo(row(first)[i] as number, 4)
    })
  })

  it.each([
    [0, 1],
    [-1, 1],
    [2, 5],
  ])('min–max fills [%d, %d], and can be undone', async (low, high) => {
    const data = await prepare({ minMax: { low, high } })
    const { columns } = await seen(data)
    for (const [c, column] of columns.slice(0, 2).entries()) {
      expect(Math.min(...column)).toBeCloseTo(low, 5)
      expect(Math.max(...column)).toBeCloseTo(high, 5)
      const raw = [...data.training.indices].map((index) => row(index)[c] as number)
      const [least, most] = [Math.min(...raw), Math.max(...raw)]
      column.forEach((x, i) => {
        expect(x).toBeCloseTo(low + (((raw[i] as number) - least) * (high - low)) / (most - least), 4)
      })
    }
    const { statistics } = data.document.data
    const last = data.training.indices.at(-1) as number
    const back = restored(
      columns.map((column) => column.at(-1) as number),
      statistics as NonNullable<typeof statistics>,
    )
    back.forEach((x, i) => {
      expect(x).toBeCloseTo(row(last)[i] as number, 3)
    })
    // A document that knows its statistics scales other data by the same numbers.
    const again = await prepareData(data.document, () => files)
    expect(again.document.data.statistics).toEqual(statistics)
  })

  it('one-hot rows are undone by the place of the one', async () => {
    const g = graph('classes', { data: { kind: 'points2d', params: { samples: 20 } }, training: { batchSize: 10, validationSplit: 0 } })
    g.input('features', [2])
    g.label('label', { type: 'number', shape: [2] })
    const data = await prepareData(g.document(), () => undefined)
    const { bindings } = bindFields(inferShapes(data.document), data.fields)
    expect(bindings.find(({ node }) => node === 'label')?.conversion).toBe('oneHot')
    const { label } = await new BatchReader(data.training, bindings, 20).read(data.training.indices, 0)
    for (let i = 0; i < 20; i++) {
      const [zero, one] = [label?.[2 * i] as number, label?.[2 * i + 1] as number]
      expect(zero + one).toBe(1)
      expect(largest([zero, one])).toBe(i % 2)
    }
  })

  it('a scaled target is learned, and predictions are shown in its own units', async () => {
    const data = await prepare({ standardize: true, scaleTarget: true })
    const { target } = await seen(data)
    expect(mean(target)).toBeCloseTo(0, 5)
    expect(mean(target.map((x) => x * x))).toBeCloseTo(1, 4)
    const trainer = await Trainer.create({ data, backend: createReferenceBackend() })
    await trainer.run()
    const { predictions } = await new Insight(trainer.model, trainer.bindings, data).frame()
    for (const { output, target: truth } of predictions) {
      const [price] = truth as number[]
      expect(price).toBeGreaterThanOrEqual(1000)
      expect(Math.abs((output[0] as number) - (price as number))).toBeLessThan(60)
    }
    await trainer.dispose()
  })

  const at = scratch()
  it('the command line predicts in the units of the data, with what the weights’ file remembers', async () => {
    const [csv, graphFile, weights] = [at('houses.csv'), at('prices.ts'), at('prices.safetensors')]
    await writeFile(csv, table)
    await writeFile(
      graphFile,
      exportTypeScript({
        ...documentOf({ standardize: true, scaleTarget: true }),
        data: { ...documentOf({ standardize: true, scaleTarget: true }).data, source: { kind: 'csv', params: { path: csv } } },
      }),
    )
    const backend = ['--backend', 'reference']
    const ran = await netloom('train', graphFile, ...backend, '--out', weights)
    expect(ran.code, ran.err).toBe(0)
    await netloom('train', graphFile, ...backend, '--checkpoint', at('kept'))
    for (const from of [weights, at('kept')]) {
      const predicted = await netloom('predict', graphFile, ...backend, '--weights', from)
      const lines = predicted.out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(lines).toHaveLength(ROWS)
      for (const { index, prediction } of lines) expect(Math.abs(prediction[0] - (1000 + 20 * index))).toBeLessThan(60)
    }
  })

  it('a range that is none is told', async () => {
    await expect(prepare({ minMax: { low: 1, high: 1 } })).rejects.toMatchObject({ diagnostics: [{ code: 'data.min-max' }] })
  })
})
