/** @file The order of the data, batches and means. */
import { describe, expect, it } from 'vitest'
import type { Binding } from '../../engine/datasets/bind'
import { bindFields } from '../../engine/datasets/bind'
import type { Dataset, Field } from '../../engine/datasets/dataset'
import { createReferenceBackend } from '../../engine/runtime/reference'
import { inferShapes } from '../../engine/shapes/infer'
import { BatchReader, epochOrder } from '../../engine/train/batches'
import { evaluateModel } from '../../engine/train/evaluate'
import { Curve, Mean } from '../../engine/train/metrics'
import { Model } from '../../engine/train/model'
import { moonsDocument, prepare } from './fixtures'

describe('the order of an epoch (B4)', () => {
  const indices = Uint32Array.from({ length: 50 }, (_, i) => 2 * i)
  it('has every sample once, a new order every epoch, the same for the same seed', () => {
    const order = (seed: number, epoch: number) => epochOrder(indices, seed, epoch, { shuffle: true })
    const first = order(1, 0)
    expect([...first].sort((a, b) => a - b)).toEqual([...indices])
    expect(first).toEqual(order(1, 0))
    expect(first).not.toEqual(order(1, 1))
    expect(first).not.toEqual(order(2, 0))
    expect(epochOrder(indices, 1, 0, { shuffle: false })).toEqual(indices)
  })
  it('drawn with replacement has some samples twice and others not, each equally often in the long run', () => {
    const drawn = (epoch: number) => epochOrder(indices, 1, epoch, { shuffle: true, replacement: true })
    expect(drawn(0)).toEqual(drawn(0))
    expect(drawn(0)).toHaveLength(indices.length)
    const different = new Set(drawn(0)).size
    expect(different).toBeLessThan(indices.length)
    const counts = new Map([...indices].map((index) => [index, 0]))
    for (let epoch = 0; epoch < 400; epoch++) for (const index of drawn(epoch)) counts.set(index, (counts.get(index) ?? 0) + 1)
    // 20 000 draws over 50 samples: 400 each, with a deviation of 20.
    for (const count of counts.values()) expect(Math.abs(count - 400)).toBeLessThan(100)
  })
})

describe('a batch', () => {
  const label: Field = { name: 'label', dtype: 'i32', shape: [], role: 'target', classes: 3, display: 'text' }
  const dataset: Dataset = {
    fields: [label],
    length: 6,
    read: (indices, out) => {
      indices.forEach((index, i) => {
        if (out.label) out.label[i] = index % 3
      })
    },
  }
  const reader = (conversion: Binding['conversion'], width: number) =>
    new BatchReader(
      { dataset, indices: Uint32Array.of(0, 1, 2, 3, 4, 5) },
      [{ node: 'y', field: label, conversion, type: { shape: width > 1 ? [width] : [], dtype: conversion === 'copy' ? 'i32' : 'f32' } }],
      4,
    )
  it('is converted as bound, and may be smaller than usual', () => {
    expect(reader('copy', 1).read(Uint32Array.of(5, 3), 0)).toEqual({ y: Int32Array.of(2, 0) })
    expect(reader('cast', 1).read(Uint32Array.of(5, 3), 0)).toEqual({ y: Float32Array.of(2, 0) })
    expect(reader('oneHot', 3).read(Uint32Array.of(5, 3), 0)).toEqual({ y: Float32Array.of(0, 0, 1, 1, 0, 0) })
  })
})

describe('evaluation', () => {
  it('weighs the batch that is left over by its size', async () => {
    const document = moonsDocument({ samples: 23, validationSplit: 0 })
    const { training, fields } = await prepare(document)
    const backend = createReferenceBackend()
    const model = await Model.forPass(document, backend, { training: false, gradients: 'none' }, 16)
    const { bindings } = bindFields(inferShapes(document), fields)
    const inParts = await evaluateModel(model, training, bindings, { batchSize: 5 })
    const atOnce = await evaluateModel(model, training, bindings, { batchSize: 64 })
    expect(inParts?.loss).toBeCloseTo(atOnce?.loss as number, 6)
    expect(inParts?.metrics.accuracy).toBeCloseTo(atOnce?.metrics.accuracy as number, 6)
    expect(await evaluateModel(model, training, bindings, { batchSize: 5, cancelled: () => true })).toBeUndefined()
    await model.dispose()
  })
})

describe('counting', () => {
  it('means are weighted', () => {
    const mean = new Mean()
    mean.add({ loss: 1, metrics: { accuracy: 1 } }, 3)
    mean.add({ loss: 5, metrics: { accuracy: 0 } }, 1)
    expect(mean.take()).toEqual({ loss: 2, metrics: { accuracy: 0.75 } })
    expect(mean.isEmpty).toBe(true)
  })

  it('the perplexity of several batches is the exponential of their mean loss', () => {
    const mean = new Mean()
    for (const [loss, samples] of [
      [1, 3],
      [3, 1],
    ] as const)
      mean.add({ loss, metrics: { perplexity: Math.exp(loss), 'text.perplexity': Math.exp(2 * loss) } }, samples)
    const { loss, metrics } = mean.take()
    expect(loss).toBe(1.5)
    expect(metrics.perplexity).toBeCloseTo(Math.exp(1.5), 12)
    expect(metrics['text.perplexity']).toBeCloseTo(Math.exp(3), 10)
  })

  it('curves stay bounded and keep their extent and their mean', () => {
    const curve = new Curve(100)
    for (let step = 1; step <= 10_000; step++) curve.add({ step, epoch: step / 10, loss: step, metrics: {} })
    expect(curve.points.length).toBeLessThanOrEqual(100)
    expect(curve.points.length).toBeGreaterThan(40)
    expect(curve.points[0]?.loss).toBeLessThan(300)
    expect(curve.points.at(-1)?.step).toBeGreaterThan(9_700)
    const { points } = curve
    for (let i = 1; i < points.length; i++) expect(points[i]?.loss as number).toBeGreaterThan(points[i - 1]?.loss as number)
  })
})
