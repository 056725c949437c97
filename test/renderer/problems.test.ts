/** Problems inside blocks: counted once for all instances, mended in the block or, where its parameter is at fault, on the instances. */
import { produce } from 'immer'
import { graph } from 'netloom'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Block, GraphDocument } from '../../engine/document/schema'
import { applyFix, changeParam } from '../../renderer/store/actions'
import { openDocument, revealNode, undo, useDocument } from '../../renderer/store/document'
import { isUnfinished, problemsOf } from '../../renderer/store/problems'
import { shapedOf } from '../../renderer/store/shaped'
import { templates } from '../../templates/registry'
import { current, documentOf } from './helpers'

const problems = () => shapedOf(current()).problems
const blockOf = (name: string): Block => current().blocks[name] as Block

/** A template with one of its blocks changed. */
function openChanged(template: string, change: (document: GraphDocument) => void): void {
  openDocument(produce(documentOf(template), (draft) => change(draft as GraphDocument)))
}

describe('a wire missing inside Inception', () => {
  beforeEach(() =>
    openChanged('googlenet', ({ blocks }) => {
      const block = blocks.inception as Block
      block.edges = block.edges.filter((edge) => edge.to.node !== 'conv1')
    }),
  )

  test('is one problem, of nine instances', () => {
    expect(problems()).toHaveLength(1)
    expect(problems()[0]?.nodeId).toBe('inception3a/conv1')
    expect(problems()[0]?.instances).toHaveLength(9)
  })

  test('shows at the inner node of whichever instance is open, and on every instance', () => {
    for (const path of ['inception3a/conv1', 'inception5b/conv1', 'inception4c']) expect(problemsOf(problems(), path)).toHaveLength(1)
    expect(problemsOf(problems(), 'inception4c')[0]?.nodeId).toBe('inception4c/conv1')
    expect(problemsOf(problems(), 'conv1')).toEqual([])
    expect(problems().every(isUnfinished)).toBe(true)
  })
})

test('a fault of structure inside a block leads to an instance', () => {
  openChanged('googlenet', ({ blocks }) => {
    ;(blocks.inception as Block).nodes.push({ id: 'odd', kind: 'nonsense', params: {} })
  })
  expect(problems()).toHaveLength(1)
  expect(problems()[0]).toMatchObject({ code: 'graph.unknown-kind', nodeId: 'inception3a/odd' })
  expect(problems()[0]?.instances).toHaveLength(9)
  revealNode('inception3a/odd')
  expect(useDocument.getState()).toMatchObject({ path: ['inception3a'], nodes: ['odd'] })
})

describe('a fix inside a block', () => {
  test('of a shortcut that does not fit changes the block, once', () => {
    // Without its 1×1 convolution the shortcut misses stride and channels in three of eight instances.
    openChanged('resnet18', ({ blocks }) => {
      const block = blocks.residual as Block
      block.nodes = block.nodes.filter((node) => node.id !== 'shortcut')
      block.edges = block.edges.filter((edge) => edge.to.node !== 'shortcut')
      for (const edge of block.edges) if (edge.from.node === 'shortcut') edge.from = { node: 'x', port: 'y' }
    })
    const [problem, ...more] = problems()
    expect(more).toEqual([])
    expect(problem).toMatchObject({ code: 'shape.mismatch', nodeId: 'group2a/add1' })
    expect(problem?.instances.map(({ nodeId }) => nodeId)).toContain('group2a/add1')
    const outside = current().nodes
    if (problem) applyFix(problem)
    expect(current().nodes).toBe(outside)
    expect(blockOf('residual').nodes.filter(({ kind, params }) => kind === 'conv2d' && params.kernelSize === 1)).toHaveLength(1)
    // The block's own parameters, so that every instance gets what it needs.
    expect(blockOf('residual').nodes.find(({ params }) => params.kernelSize === 1)?.params).toEqual({
      numChannels: { $param: 'numChannels' },
      kernelSize: 1,
      stride: { $param: 'stride' },
    })
    expect(problems()).toEqual([])
    undo()
    expect(problems()).toHaveLength(1)
  })

  test('of a missing Flatten inserts one for all instances', () => {
    openDocument(headed(2, {}))
    const [problem, ...more] = problems()
    expect(more).toEqual([])
    expect(problem?.instances).toHaveLength(2)
    if (problem) applyFix(problem)
    expect(blockOf('head').nodes.filter(({ kind }) => kind === 'flatten')).toHaveLength(1)
    expect(problems()).toEqual([])
  })

  test("of a value that is the block's parameter is set on the instances", () => {
    openDocument(headed(1, { numHiddens: 3 }))
    const first = problems()[0]
    if (first) applyFix(first)
    const counts = problems()[0]
    expect(counts).toMatchObject({ code: 'shape.classes' })
    if (counts) applyFix(counts)
    expect(current().nodes.find(({ id }) => id === 'head1')?.params).toEqual({ numHiddens: 10 })
    expect(blockOf('head').nodes.find(({ id }) => id === 'dense')?.params).toEqual({ numHiddens: { $param: 'numHiddens' } })
    expect(problems()).toEqual([])
  })
})

/** Images, straight into dense layers that live in a block together with their losses. */
function headed(instances: number, params: Record<string, number>): GraphDocument {
  const ids = Array.from({ length: instances }, (_, index) => `head${index + 1}`)
  return {
    ...documentOf('mlp'),
    nodes: [
      { id: 'image', kind: 'input', params: { shape: [1, 8, 8] } },
      { id: 'label', kind: 'label', params: { classes: 10 } },
      ...ids.map((id) => ({ id, kind: 'block', block: 'head', params })),
    ],
    edges: ids.flatMap((node) => [
      { from: { node: 'image', port: 'y' }, to: { node, port: 'x' } },
      { from: { node: 'label', port: 'y' }, to: { node, port: 'classes' } },
    ]),
    layout: {},
    blocks: {
      head: {
        title: 'Head',
        params: { numHiddens: 10 },
        layout: {},
        nodes: [
          { id: 'x', kind: 'blockInput', params: {} },
          { id: 'classes', kind: 'blockInput', params: {} },
          { id: 'dense', kind: 'dense', params: { numHiddens: { $param: 'numHiddens' } } },
          { id: 'loss', kind: 'softmaxCrossEntropy', params: {} },
        ],
        edges: [
          { from: { node: 'x', port: 'y' }, to: { node: 'dense', port: 'x' } },
          { from: { node: 'dense', port: 'y' }, to: { node: 'loss', port: 'logits' } },
          { from: { node: 'classes', port: 'y' }, to: { node: 'loss', port: 'label' } },
        ],
      },
    },
  }
}

describe('B5: layers that training would not change', () => {
  const stairs = () => {
    const g = graph('stairs', { data: { kind: 'points2d', params: {} }, training: { optimizer: 'sgd', lr: 0.1, batchSize: 20, epochs: 1 } })
    g.classify(g.quantize(g.dense(g.input('features', [2]), { id: 'hidden', numHiddens: 4 }), { id: 'stairs' }), 2)
    return g.document()
  }

  test('are listed as warnings while the graph is drawn, and gone when the gradient is let through', () => {
    openDocument(stairs())
    expect(problems()).toMatchObject([{ code: 'train.unreached', severity: 'warning', nodeId: 'hidden', values: { node: 'stairs' } }])
    expect(problemsOf(problems(), 'hidden')).toHaveLength(1)
    changeParam('stairs', 'gradient', 'straightThrough', 'zero')
    expect(problems()).toEqual([])
    undo()
    expect(problems()).toHaveLength(1)
  })

  test('are not listed for a rule that needs no slope, nor beside what is wrong with the graph', () => {
    const document = stairs()
    openDocument({ ...document, training: { ...document.training, optimizer: { kind: 'perceptron', params: {} } } })
    expect(problems()).toEqual([])
    openDocument({ ...document, edges: document.edges.slice(0, -1) })
    expect(problems().map(({ code }) => code)).toEqual(['graph.missing-input'])
  })

  test.each([...templates.keys()])('no template has any problem: %s', (id) => {
    openDocument(documentOf(id))
    expect(problems()).toEqual([])
  })
})
