/** @file Every template: sound, complete in both languages, and of the size its paper gives. */

import { train } from 'netloom'
import { describe, expect, test } from 'vitest'
import { DiagnosedError } from '../../engine/core/diagnostics'
import { parseDocument } from '../../engine/document/parse'
import type { GraphDocument } from '../../engine/document/schema'
import { countsOf } from '../../engine/shapes/counts'
import { inferShapes } from '../../engine/shapes/infer'
import { blocks, templates } from '../../templates/registry'

const create = (id: string, values: Record<string, number> = {}): GraphDocument => templates.get(id)?.create(values) as GraphDocument

test('the gallery', () => {
  expect([...templates.keys()].toSorted()).toEqual([
    'deep-rnn-lm',
    'googlenet',
    'gru-lm',
    'lenet',
    'lstm-lm',
    'mlp',
    'multi-task',
    'ngram',
    'perceptron',
    'resnet18',
    'rnn-lm',
    'semi-supervised',
    'sigmoid-231',
    'softmax-regression',
    'xor-linear',
    'xor-mlp',
  ])
  expect([...blocks.keys()].toSorted()).toEqual(['inception', 'residual'])
})

describe.each([...templates.values()])('$id', (template) => {
  test('gives a sound document whose shapes all fit', () => {
    const document = template.create()
    expect(parseDocument(document)).toMatchObject({ ok: true })
    expect(inferShapes(document).diagnostics).toEqual([])
  })

  test('speaks both languages', () => {
    for (const text of [template.title, template.summary, template.source, ...(template.expected ? [template.expected] : [])])
      expect(Object.values(text).every((words) => words.length > 0)).toBe(true)
    for (const { label, help } of Object.values(template.params)) expect([label.en, label.zh, help?.en, help?.zh].every(Boolean)).toBe(true)
  })

  test('takes batchSize, and refuses nonsense', () => {
    expect(template.create({ batchSize: 7 }).training.batchSize).toBe(7)
    expect(() => template.create({ batchSize: 0 })).toThrow(DiagnosedError)
    expect(() => template.create({ batchsize: 7 })).toThrow(DiagnosedError)
  })

  test('its solutions name its own weights', () => {
    const weights = new Map(
      inferShapes(template.create()).nodes.flatMap((node) =>
        Object.entries(node.weights).map(([name, spec]) => [`${node.path}.${name}`, spec.shape]),
      ),
    )
    for (const solution of Object.values(template.solutions ?? {})) {
      expect(Object.keys(solution)).toEqual([...weights.keys()])
      for (const [name, values] of Object.entries(solution)) expect(values.length).toBe(weights.get(name)?.reduce((a, b) => a * b, 1))
    }
  })
})

test.each([
  ['softmax-regression', 7850],
  ['mlp', 784 * 256 + 256 + 2570],
  ['xor-mlp', 9],
  ['xor-linear', 3],
  ['perceptron', 3],
  ['sigmoid-231', 13],
  ['lenet', 44_426],
  ['resnet18', 11_178_378],
  ['googlenet', 5_977_530],
  // 54 characters, 256 hidden units.
  ['rnn-lm', 256 * (54 + 256 + 1) + 257 * 54],
  ['gru-lm', 3 * 256 * (54 + 256 + 1) + 257 * 54],
  ['lstm-lm', 4 * 256 * (54 + 256 + 1) + 257 * 54],
  ['deep-rnn-lm', 256 * (54 + 256 + 1) + 256 * (2 * 256 + 1) + 257 * 54],
  ['ngram', 0],
])('%s has %i parameters', (id, count) => {
  expect(countsOf(inferShapes(create(id))).parameterCount).toBe(count)
})

test('recurring parameters change what they name', () => {
  const resnet = inferShapes(create('resnet18', { imageSize: 32, inChannels: 3, numClasses: 5, batchSize: 2 }))
  expect(resnet.nodes[0]?.outputs.y?.shape).toEqual([2, 3, 32, 32])
  expect(resnet.nodes.find(({ path }) => path === 'dense1')?.outputs.y?.shape).toEqual([2, 5])
  expect(resnet.nodes.find(({ path }) => path === 'label')?.outputs.y?.classes).toBe(5)
  expect(inferShapes(create('mlp', { numHiddens: 9, numFeatures: 4 })).nodes[1]?.weights.kernel?.shape).toEqual([4, 9])
})

test('ResNet-18 stands in forward order, shortcuts after the main path', () => {
  const paths = inferShapes(create('resnet18')).nodes.map(({ path }) => path)
  expect(paths.filter((path) => path.startsWith('group2a/'))).toEqual(
    ['conv1', 'bn1', 'relu1', 'conv2', 'bn2', 'shortcut', 'add1', 'relu2'].map((id) => `group2a/${id}`),
  )
})

test('GoogLeNet is nine instances of one block', () => {
  const document = create('googlenet')
  expect(Object.keys(document.blocks)).toEqual(['inception'])
  expect(document.nodes.filter(({ block }) => block === 'inception')).toHaveLength(9)
  expect(inferShapes(create('googlenet', { imageSize: 224, batchSize: 2 })).types.get('inception5b')?.y?.shape).toEqual([2, 1024, 7, 7])
})

test('the exact solution of XOR gives no loss, and training finds one like it', async () => {
  const template = templates.get('xor-mlp')
  const document = create('xor-mlp')
  const exact = await train(document, { weights: template?.solutions?.exact, maxSteps: 1 })
  expect(exact.last?.loss).toBe(0)
  const learnt = await train(document)
  expect(learnt.last?.loss).toBeLessThan(1e-3)
})
