/** @file From a document to its samples: splitting, standardising, and fitting network and data to each other. */
import { describe, expect, it } from 'vitest'
import { graph } from '../../engine/builder/graph'
import { adaptDocument, bindFields } from '../../engine/datasets/bind'
import type { Field } from '../../engine/datasets/dataset'
import { prepareData } from '../../engine/datasets/prepare'
import { splitIndices } from '../../engine/datasets/split'
import type { DataSettings, GraphDocument } from '../../engine/document/schema'
import { inferShapes } from '../../engine/shapes/infer'
import { templates } from '../../templates/registry'
import { memoryFiles, samplesOf } from './memory-files'

const template = (id: string, params = {}): GraphDocument => {
  const found = templates.get(id)
  if (!found) throw new Error(id)
  return found.create(params)
}
const features = (length: number): Field => ({ name: 'features', dtype: 'f32', shape: [length], role: 'input', display: 'table' })
const image = (...shape: number[]): Field => ({ name: 'image', dtype: 'f32', shape, role: 'input', display: 'image' })
const label = (classes: number): Field => ({ name: 'label', dtype: 'i32', shape: [], role: 'target', classes, display: 'text' })
const number: Field = { name: 'target', dtype: 'f32', shape: [1], role: 'target', display: 'table' }

describe('a split', () => {
  it('is seeded, exact and without overlap', () => {
    const { training, validation } = splitIndices(103, 0.2, 5)
    expect([training.length, validation.length]).toEqual([82, 21])
    expect(new Set([...training, ...validation]).size).toBe(103)
    expect(splitIndices(103, 0.2, 5)).toEqual({ training, validation })
    expect(splitIndices(103, 0.2, 6).validation).not.toEqual(validation)
    expect(splitIndices(5, 0, 1).validation.length).toBe(0)
    expect(splitIndices(1, 0.9, 1).training.length).toBe(1)
  })
})

describe('fitting', () => {
  it('gives input and label the data’s shape and classes', () => {
    const { document, diagnostics } = adaptDocument(template('lenet'), [image(3, 32, 32), label(10)])
    expect(diagnostics).toEqual([])
    expect(document.nodes.find(({ id }) => id === 'image')?.params.shape).toEqual([3, 32, 32])
    const seven = adaptDocument(template('lenet'), [image(1, 28, 28), label(7)]).document
    expect(seven.nodes.find(({ id }) => id === 'label')?.params.classes).toBe(7)
  })

  it('flattens images for a network that wants features', () => {
    const { document } = adaptDocument(template('mlp'), [image(1, 8, 8), label(10)])
    expect(document.nodes.find(({ id }) => id === 'features')?.params.shape).toEqual([64])
    const { bindings, diagnostics } = bindFields(inferShapes(document), [image(1, 8, 8), label(10)])
    expect(diagnostics).toEqual([])
    expect(bindings.map(({ node, field, conversion }) => [node, field.name, conversion])).toEqual([
      ['features', 'image', 'copy'],
      ['label', 'label', 'copy'],
    ])
  })

  it('says on the node what does not fit', () => {
    const rows = adaptDocument(template('lenet'), [features(64), label(10)])
    expect(rows.diagnostics).toMatchObject([{ code: 'data.misfit', nodeId: 'image', values: { got: '64', expected: '1×28×28' } }])
    const small = adaptDocument(template('lenet'), [image(1, 8, 8), label(10)])
    expect(small.diagnostics).toMatchObject([{ code: 'data.misfit', nodeId: 'image' }])
    expect(bindFields(inferShapes(template('mlp')), [features(784)]).diagnostics).toMatchObject([{ code: 'data.field', nodeId: 'label' }])
    expect(bindFields(inferShapes(template('mlp')), [features(784), number]).diagnostics).toMatchObject([
      { code: 'data.not-classes', nodeId: 'label' },
    ])
  })

  it('turns classes into numbers, or rows of 0 and 1, where the label is real', () => {
    const wanting = (width: number) => {
      const g = graph('regression')
      g.meanSquaredError(g.dense(g.input('x', [2]), { numHiddens: width }), g.label('y', { type: 'number', shape: [width] }))
      return g.document()
    }
    const bound = (width: number) =>
      bindFields(inferShapes(wanting(width)), [features(2), label(3)]).bindings.map(({ conversion }) => conversion)
    expect(bound(1)).toEqual(['copy', 'cast'])
    expect(bound(3)).toEqual(['copy', 'oneHot'])
  })
})

describe('preparing', () => {
  const table = memoryFiles('t.csv', { 't.csv': Array.from({ length: 40 }, (_, i) => `${i},${100 + 2 * (i % 5)},7,${i % 3}`).join('\n') })
  const withData = (data: Partial<DataSettings>): GraphDocument => {
    const document = template('mlp', { numFeatures: 3, numClasses: 3 })
    return { ...document, data: { source: { kind: 'csv', params: { path: 't.csv' } }, standardize: true, ...data } }
  }

  it('standardises with statistics of the training part and keeps them', async () => {
    const { document, training, validation } = await prepareData(withData({}), () => table)
    expect([training.indices.length, validation?.indices.length]).toEqual([36, 4])
    const { features: values = new Float32Array() } = await samplesOf(training.dataset, [...training.indices])
    for (const column of [0, 1]) {
      const cells = [...training.indices].map((_, i) => values[3 * i + column] as number)
      const mean = cells.reduce((a, b) => a + b, 0) / cells.length
      expect(mean).toBeCloseTo(0, 5)
      expect(cells.reduce((a, b) => a + (b - mean) ** 2, 0) / cells.length).toBeCloseTo(1, 5)
    }
    // A constant column becomes zero.
    expect(values[2]).toBe(0)
    expect(document.data.statistics?.mean).toHaveLength(3)
    const again = await prepareData(document, () => table)
    expect(again.document).toEqual(document)
  })

  it('leaves raw data as it is', async () => {
    const { training, document } = await prepareData(withData({ standardize: false }), () => table)
    expect(document.data.statistics).toBeUndefined()
    expect([...((await samplesOf(training.dataset, [4])).features ?? [])]).toEqual([4, 108, 7])
  })

  it('standardises images per channel', async () => {
    const rows = memoryFiles('i.csv', { 'i.csv': '1,1,1,1,5,5,5,5,0\n3,3,3,3,9,9,9,9,1\n' })
    const document: GraphDocument = {
      ...template('mlp', { numFeatures: 8, numClasses: 2 }),
      data: { source: { kind: 'csv', params: { path: 'i.csv', shape: [2, 2, 2] } }, standardize: true },
    }
    const whole = { ...document, training: { ...document.training, validationSplit: 0 } }
    const { document: prepared } = await prepareData(whole, () => rows)
    expect(prepared.data.statistics).toEqual({ mean: [2, 7], deviation: [1, 2] })
  })

  it('does not show endless training data again for validation', async () => {
    const document: GraphDocument = {
      ...template('mlp'),
      data: { source: { kind: 'digits', params: {} }, validation: { kind: 'digits', params: {} }, standardize: false },
    }
    const { training, validation } = await prepareData(document, () => undefined)
    if (!validation) throw new Error('no validation')
    expect((await samplesOf(validation.dataset, [0])).image).not.toEqual((await samplesOf(training.dataset, [0])).image)
  })

  it('diagnoses files that are not there', async () => {
    await expect(prepareData(withData({}), () => undefined)).rejects.toMatchObject({ diagnostics: [{ code: 'data.missing' }] })
  })
})
