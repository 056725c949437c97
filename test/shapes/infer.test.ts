/** @file Shapes over the whole graph: every wire typed, every problem reported, nothing blamed twice. */
import { describe, expect, test } from 'vitest'
import { messageOf } from '../../engine/core/diagnostic-message'
import { InternalError } from '../../engine/core/diagnostics'
import type { GraphDocument } from '../../engine/document/schema'
import { defineLayer } from '../../engine/layers/kit/define'
import { layers } from '../../engine/layers/kit/registry'
import { countsOf } from '../../engine/shapes/counts'
import { inferShapes } from '../../engine/shapes/infer'
import { templates } from '../../templates/registry'
import { documentOf, node, smallClassifier } from '../fixtures/documents'

const withParams = (document: GraphDocument, id: string, params: GraphDocument['nodes'][number]['params']): GraphDocument => ({
  ...document,
  nodes: document.nodes.map((each) => (each.id === id ? { ...each, params } : each)),
})

describe('inferShapes', () => {
  test('types every wire and counts every node', () => {
    const shaped = inferShapes(smallClassifier())
    expect(shaped.diagnostics).toEqual([])
    expect(shaped.batchSize).toBe(4)
    expect(Object.fromEntries(shaped.nodes.map(({ path, outputs }) => [path, Object.values(outputs)[0]?.shape]))).toEqual({
      image: [4, 1, 8, 8],
      conv1: [4, 6, 6, 6],
      relu1: [4, 6, 6, 6],
      flatten1: [4, 216],
      dense1: [4, 10],
      label: [4],
      loss1: [],
    })
    const conv = shaped.nodes[1]
    expect(conv).toMatchObject({ parameterCount: 60, activationBytes: 4 * 4 * 6 * 36, flops: 4 * 6 * 36 * (2 * 9 + 1) })
    expect(Object.keys(conv?.weights ?? {})).toEqual(['kernel', 'bias'])
    expect(conv?.params).toMatchObject({ stride: 1, useBias: true })
    expect(countsOf(shaped).parameterCount).toBe(60 + 2170)
  })

  test('the batch size can be another', () => {
    expect(inferShapes(smallClassifier(), { batchSize: 9 }).nodes[0]?.outputs.y?.shape).toEqual([9, 1, 8, 8])
  })

  test('every problem at once; what follows a problem is silent', () => {
    const broken = documentOf(
      [
        node('image', 'input', { shape: [1, 8, 8] }),
        node('conv1', 'conv2d', { numChannels: 0, kernal: 3 }),
        node('relu1', 'relu'),
        node('conv2', 'conv2d', { kernelSize: 11 }),
        node('dense1', 'dense'),
        node('loss1', 'softmaxCrossEntropy'),
      ],
      ['image.y > conv1.x', 'conv1.y > relu1.x', 'image.y > conv2.x', 'image.y > dense1.x', 'dense1.y > loss1.logits'],
    )
    const shaped = inferShapes(broken)
    expect(shaped.diagnostics).toMatchObject([
      { code: 'param.invalid', nodeId: 'conv1', param: 'numChannels' },
      { code: 'param.invalid', nodeId: 'conv1', param: 'kernal' },
      { code: 'shape.window', nodeId: 'conv2' },
      { code: 'shape.rank', nodeId: 'dense1', port: 'x' },
      { code: 'graph.missing-input', nodeId: 'loss1', port: 'label' },
    ])
    expect(shaped.nodes.map(({ path }) => path)).toEqual(['image'])
    for (const diagnostic of shaped.diagnostics)
      for (const language of ['en', 'zh'] as const) expect(messageOf(diagnostic, language)).not.toMatch(/\{|object|undefined/)
  })

  test('a circle leaves the rest alone', () => {
    const document = documentOf(
      [node('a', 'relu'), node('b', 'relu'), node('image', 'input'), node('r', 'relu')],
      ['a.y > b.x', 'b.y > a.x', 'image.y > r.x'],
    )
    const shaped = inferShapes(document)
    expect(shaped.diagnostics.map(({ code }) => code)).toEqual(['graph.cycle'])
    expect(shaped.nodes.map(({ path }) => path)).toEqual(['image', 'r'])
  })

  test('an image before a dense layer: insert Flatten', () => {
    const document = documentOf([node('image', 'input'), node('dense1', 'dense')], ['image.y > dense1.x'])
    expect(inferShapes(document).diagnostics[0]?.fix?.edits).toEqual([
      { type: 'insertOnWire', from: { node: 'image', port: 'y' }, to: { node: 'dense1', port: 'x' }, kind: 'flatten', params: {} },
    ])
  })

  test('another number of classes: change the layer that gives the scores', () => {
    const document = withParams(smallClassifier(), 'label', { classes: 3 })
    const [problem] = inferShapes(document).diagnostics
    expect(problem).toMatchObject({ code: 'shape.classes', nodeId: 'loss1' })
    expect(problem?.fix?.edits).toEqual([{ type: 'setParam', node: 'dense1', param: 'numHiddens', value: 3 }])
    expect(inferShapes(withParams(document, 'dense1', { numHiddens: 3 })).diagnostics).toEqual([])
  })

  test('scores that no layer can change: change the label', () => {
    const document = documentOf(
      [node('features', 'input', { shape: [5] }), node('label', 'label', { classes: 3 }), node('loss1', 'softmaxCrossEntropy')],
      ['features.y > loss1.logits', 'label.y > loss1.label'],
    )
    expect(inferShapes(document).diagnostics[0]?.fix?.edits).toEqual([{ type: 'setParam', node: 'label', param: 'classes', value: 5 }])
  })

  test('a shortcut of another size: a 1×1 convolution on its wire', () => {
    const document = documentOf(
      [
        node('image', 'input', { shape: [3, 8, 8] }),
        node('conv1', 'conv2d', { numChannels: 16, stride: 2, padding: 1 }),
        node('add1', 'add'),
      ],
      ['image.y > conv1.x', 'conv1.y > add1.x', 'image.y > add1.x'],
    )
    const [problem] = inferShapes(document).diagnostics
    expect(problem).toMatchObject({ code: 'shape.mismatch', nodeId: 'add1' })
    const edit = problem?.fix?.edits[0]
    if (edit?.type !== 'insertOnWire') throw new Error('no layer is offered')
    expect(edit).toMatchObject({ from: { node: 'image', port: 'y' }, to: { node: 'add1', port: 'x' }, kind: 'conv2d' })
    const mended = documentOf(
      [...document.nodes, node('fix', edit.kind, edit.params as GraphDocument['nodes'][number]['params'])],
      ['image.y > conv1.x', 'conv1.y > add1.x', 'image.y > fix.x', 'fix.y > add1.x'],
    )
    expect(inferShapes(mended).diagnostics).toEqual([])
  })

  test('a tensor beyond all bounds names its node', () => {
    const wide = documentOf([node('x', 'input', { shape: [1_000_000] }), node('d', 'dense', { numHiddens: 1_000_000 })], ['x.y > d.x'])
    expect(inferShapes(wide).diagnostics).toMatchObject([{ code: 'shape.size', nodeId: 'd', values: { got: '1000000×1000000' } }])
    const tall = documentOf([node('x', 'input', { shape: [1_000_000, 1_000_000, 1_000_000] })], [])
    expect(inferShapes(tall).diagnostics).toMatchObject([{ code: 'shape.size', nodeId: 'x' }])
  })

  test('ports of block instances and bypassed nodes have types', () => {
    const shaped = inferShapes(templates.get('resnet18')?.create({ imageSize: 32, batchSize: 2 }) as GraphDocument)
    expect(shaped.types.get('group2a')?.y?.shape).toEqual([2, 128, 4, 4])
    expect(shaped.types.get('group1a/shortcut')?.y?.shape).toEqual([2, 64, 8, 8])
    expect(shaped.types.get('group1b/x')?.y?.shape).toEqual([2, 64, 8, 8])
    expect(shaped.nodes.some(({ path }) => path === 'group1a/shortcut')).toBe(false)
    expect(shaped.nodes.find(({ path }) => path === 'group2a/shortcut')?.parameterCount).toBe(64 * 128 + 128)
  })

  test('a shape rule that breaks is a defect and names its node', () => {
    const broken = (shape: () => { y: { shape: number[]; dtype: 'f32' } }) =>
      defineLayer({
        kind: 'broken',
        category: 'activation',
        idStem: 'broken',
        title: { en: '', zh: '' },
        summary: { en: '', zh: '' },
        formula: '',
        reference: '',
        inputs: {},
        outputs: { y: { about: { en: '', zh: '' } } },
        params: {},
        shape,
        lower: () => {
          throw new Error('not lowered here')
        },
        pytorch: () => ({ call: () => '' }),
        cases: [],
      })
    const document = documentOf([node('culprit', 'broken')], [])
    const infer = (shape: () => { y: { shape: number[]; dtype: 'f32' } }) =>
      inferShapes(document, { layers: new Map([...layers, ['broken', broken(shape)]]) })
    const throwing = () => {
      throw new Error('oh')
    }
    expect(() => infer(throwing)).toThrow(InternalError)
    expect(() => infer(throwing)).toThrow(/culprit/)
    expect(() => infer(() => ({ y: { shape: [1.5], dtype: 'f32' } }))).toThrow(/culprit/)
  })

  test('is quick enough for every keystroke', () => {
    const document = templates.get('googlenet')?.create() as GraphDocument
    const times = Array.from({ length: 15 }, () => {
      const start = performance.now()
      inferShapes(document)
      return performance.now() - start
    })
    expect(Math.min(...times)).toBeLessThan(20)
  })
})
