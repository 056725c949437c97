/** Blocks made of nodes and nodes made of blocks: the network computes what it did before, and one step back undoes it. */
import { produce } from 'immer'
import { describe, expect, test } from 'vitest'
import type { Graph, GraphDocument } from '../../engine/document/schema'
import { checkStructure } from '../../engine/document/structure'
import { inferShapes } from '../../engine/shapes/infer'
import { runCommand } from '../../renderer/commands/registry'
import { select, transact, undo, useDocument } from '../../renderer/store/document'
import { nodeBetween, pack, packable, unpack } from '../../renderer/store/pack'
import { current, documentOf, open } from './helpers'

/** What is computed, whatever the nodes are called: kinds, parameters, and shapes in the order in which they arrive. */
function work(document: GraphDocument): string[] {
  const shaped = inferShapes(document)
  expect(shaped.diagnostics).toEqual([])
  return shaped.nodes
    .map(({ layer, params, inputs, outputs, frozen }) => {
      const arriving = Object.values(inputs).map((sources) => sources.map(({ type }) => type.shape))
      return JSON.stringify([layer.kind, params, arriving, Object.values(outputs).map(({ shape }) => shape), frozen])
    })
    .sort()
}

const edited = (document: GraphDocument, change: (draft: GraphDocument) => void): GraphDocument =>
  produce(document, (draft) => change(draft as GraphDocument))

describe('a block of nodes', () => {
  test.each([
    ['a chain', 'lenet', ['conv1', 'sigmoid1', 'pool1']],
    ['its ends, loss and all', 'mlp', undefined],
    ['blocks', 'googlenet', ['inception4a', 'inception4b', 'inception4c']],
  ])('%s computes the same', (_, template, ids) => {
    const before = documentOf(template)
    const chosen = packable(before, ids ?? before.nodes.map(({ id }) => id))
    let instance = ''
    const packed = edited(before, (draft) => {
      instance = pack(draft, draft, undefined, chosen, 'Mine')
    })
    expect(checkStructure(packed)).toEqual([])
    expect(packed.nodes).toHaveLength(before.nodes.length - chosen.length + 1)
    expect(work(packed)).toEqual(work(before))
    const unpacked = edited(packed, (draft) => void unpack(draft, draft, instance))
    expect(work(unpacked)).toEqual(work(before))
    expect(unpacked.nodes).toHaveLength(before.nodes.length)
  })

  test('inside a block takes the parameters it refers to along', () => {
    const before = documentOf('googlenet')
    const packed = edited(before, (draft) => {
      const block = draft.blocks.inception as Graph
      pack(draft, block, 'inception', ['conv2', 'relu2', 'conv3', 'relu3'], 'Path')
    })
    expect(packed.blocks.block1?.params).toEqual({ n21: 96, n22: 128 })
    expect(work(packed)).toEqual(work(before))
  })

  test('leaves inputs and labels outside', () => {
    const document = documentOf('lenet')
    expect(packable(document, ['image', 'label', 'conv1'])).toEqual(['conv1'])
  })

  test('that would feed itself names what lies between', () => {
    const document = documentOf('lenet')
    expect(nodeBetween(document, ['conv1', 'pool1'])).toBe('sigmoid1')
    expect(nodeBetween(document, ['conv1', 'sigmoid1', 'pool1'])).toBeUndefined()
  })
})

describe('a block unpacked', () => {
  test.each(['resnet18', 'googlenet'])('every block of %s computes the same', (template) => {
    const before = documentOf(template)
    const unpacked = edited(before, (draft) => {
      for (const { id } of before.nodes.filter(({ kind }) => kind === 'block')) unpack(draft, draft, id)
    })
    expect(unpacked.nodes.some(({ kind }) => kind === 'block')).toBe(false)
    expect(work(unpacked)).toEqual(work(before))
  })

  test('keeps its weights frozen', () => {
    const before = edited(documentOf('resnet18'), (draft) => {
      for (const node of draft.nodes) if (node.id === 'group2a') node.frozen = true
    })
    const unpacked = edited(before, (draft) => void unpack(draft, draft, 'group2a'))
    const trained = (document: GraphDocument) =>
      inferShapes(document).nodes.reduce((sum, one) => sum + (one.frozen ? 0 : one.parameterCount), 0)
    expect(trained(unpacked)).toBe(trained(before))
  })
})

test('by command, and undone in one step each', () => {
  const before = open('lenet')
  select(['conv1', 'sigmoid1', 'pool1'])
  runCommand('graph.pack')
  const packed = current()
  expect(useDocument.getState().nodes).toEqual(['block1'])
  runCommand('graph.unpack')
  expect(work(current())).toEqual(work(before))
  undo()
  expect(current()).toEqual(packed)
  undo()
  expect(current()).toEqual(before)
  expect(useDocument.getState().nodes).toEqual(['conv1', 'sigmoid1', 'pool1'])
})

test('where nodes have places, what lies to the right makes room', () => {
  open('lenet')
  select(['conv1', 'sigmoid1', 'pool1'])
  transact({ en: 'Place', zh: '放置' }, (_, graph) => {
    for (const [index, node] of graph.nodes.entries()) graph.layout[node.id] = { x: index * 220, y: 0 }
  })
  runCommand('graph.pack')
  runCommand('graph.unpack')
  const places = Object.values(current().layout)
  expect(places).toHaveLength(current().nodes.length)
  for (const [index, a] of places.entries())
    for (const b of places.slice(index + 1)) expect(Math.abs(a.x - b.x) >= 138 || Math.abs(a.y - b.y) >= 48).toBe(true)
})
