/** @file Blocks opened, references resolved, bypassed nodes gone, what is unfinished named. */
import { describe, expect, test } from 'vitest'
import { flatten } from '../../engine/document/flatten'
import type { Block } from '../../engine/document/schema'
import { documentOf, node, wire } from '../fixtures/documents'

const step: Block = {
  title: 'step',
  params: { width: 8, skip: false, mode: 'he' },
  nodes: [
    node('x', 'blockInput'),
    node('dense1', 'dense', { numHiddens: { $param: 'width' }, initializer: { $param: 'mode' } }),
    node('relu1', 'relu', {}, { bypass: { $param: 'skip' } }),
    node('y', 'blockOutput'),
  ],
  edges: ['x.y > dense1.x', 'dense1.y > relu1.x', 'relu1.y > y.x'].map(wire),
  layout: {},
}

const sourcesOf = (flat: ReturnType<typeof flatten>) =>
  Object.fromEntries(
    flat.nodes.map(({ path, inputs }) => [
      path,
      Object.values(inputs)
        .flat()
        .map(({ source }) => source && `${source.node}.${source.port}`),
    ]),
  )

describe('flatten', () => {
  test('an optional input may stay without a wire', () => {
    const nodes = [node('a', 'input', { shape: [2] }), node('m', 'input', { shape: [] }), node('loss1', 'meanSquaredError')]
    const wires = ['a.y > loss1.prediction', 'a.y > loss1.target']
    const without = flatten(documentOf(nodes, wires))
    expect(without.diagnostics).toEqual([])
    expect(without.nodes.at(-1)?.inputs).toMatchObject({ mask: [], weight: [] })
    const masked = flatten(documentOf(nodes, [...wires, 'm.y > loss1.mask']))
    expect(masked.nodes.at(-1)?.inputs.mask).toEqual([{ wire: { node: 'm', port: 'y' }, source: { node: 'm', port: 'y' } }])
  })

  test('opens instances with their own values', () => {
    const document = documentOf(
      [
        node('in', 'input', { shape: [4] }),
        node('a', 'block', {}, { block: 'step' }),
        node('b', 'block', { width: 3, skip: true, mode: 'lecun' }, { block: 'step', frozen: true }),
        node('out', 'tanh'),
      ],
      ['in.y > a.x', 'a.y > b.x', 'b.y > out.x'],
      { blocks: { step } },
    )
    const flat = flatten(document)
    expect(flat.diagnostics).toEqual([])
    expect(flat.nodes.map(({ path, given, frozen }) => ({ path, given, frozen }))).toEqual([
      { path: 'in', given: { shape: [4] }, frozen: false },
      { path: 'a/dense1', given: { numHiddens: 8, initializer: 'he' }, frozen: false },
      { path: 'a/relu1', given: {}, frozen: false },
      { path: 'b/dense1', given: { numHiddens: 3, initializer: 'lecun' }, frozen: true },
      { path: 'out', given: {}, frozen: false },
    ])
    expect(sourcesOf(flat)).toEqual({
      in: [],
      'a/dense1': ['in.y'],
      'a/relu1': ['a/dense1.y'],
      'b/dense1': ['a/relu1.y'],
      out: ['b/dense1.y'],
    })
    expect(flat.carried.get('b')).toEqual({ y: { node: 'b/dense1', port: 'y' } })
    expect(flat.carried.get('b/relu1')).toEqual({ y: { node: 'b/dense1', port: 'y' } })
    expect(flat.carried.get('b/x')).toEqual({ y: { node: 'a/relu1', port: 'y' } })
  })

  test('blocks in blocks hand their own parameters on', () => {
    const twice: Block = {
      title: 'twice',
      params: { size: 5 },
      nodes: [
        node('x', 'blockInput'),
        node('s1', 'block', { width: { $param: 'size' } }, { block: 'step' }),
        node('s2', 'block', {}, { block: 'step' }),
        node('y', 'blockOutput'),
      ],
      edges: ['x.y > s1.x', 's1.y > s2.x', 's2.y > y.x'].map(wire),
      layout: {},
    }
    const document = documentOf([node('in', 'input'), node('t', 'block', { size: 7 }, { block: 'twice' })], ['in.y > t.x'], {
      blocks: { twice, step },
    })
    const flat = flatten(document)
    expect(flat.nodes.map(({ path, given }) => [path, given.numHiddens])).toEqual([
      ['in', undefined],
      ['t/s1/dense1', 7],
      ['t/s1/relu1', undefined],
      ['t/s2/dense1', 8],
      ['t/s2/relu1', undefined],
    ])
  })

  test('a bypassed instance and a bypassed join hand their first input through', () => {
    const document = documentOf(
      [
        node('in', 'input'),
        node('a', 'block', {}, { block: 'step', bypass: true }),
        node('b', 'tanh'),
        node('sum', 'add', {}, { bypass: true }),
        node('out', 'relu'),
      ],
      ['in.y > a.x', 'a.y > b.x', 'b.y > sum.x', 'in.y > sum.x', 'sum.y > out.x'],
      { blocks: { step } },
    )
    const flat = flatten(document)
    expect(flat.diagnostics).toEqual([])
    expect(sourcesOf(flat)).toEqual({ in: [], b: ['in.y'], out: ['b.y'] })
  })

  test('inputs without wires', () => {
    const document = documentOf(
      [
        node('in', 'input'),
        node('loss', 'softmaxCrossEntropy'),
        node('sum', 'add'),
        node('pair', 'concat'),
        node('a', 'block', {}, { block: 'step' }),
        node('b', 'relu', {}, { bypass: true }),
      ],
      ['in.y > loss.logits', 'in.y > sum.x'],
      { blocks: { step } },
    )
    expect(flatten(document).diagnostics).toMatchObject([
      { code: 'graph.missing-input', nodeId: 'loss', port: 'label' },
      { code: 'graph.few-inputs', nodeId: 'sum', port: 'x' },
      { code: 'graph.missing-input', nodeId: 'pair', port: 'x' },
      { code: 'graph.missing-input', nodeId: 'a', port: 'x' },
      { code: 'graph.missing-input', nodeId: 'b', port: 'x' },
    ])
  })

  test('references and values that do not hold', () => {
    const document = documentOf(
      [
        node('in', 'input', {}, { bypass: true }),
        node('d', 'dense', { numHiddens: { $param: 'width' } }),
        node('a', 'block', { width: 'wide', height: 3 }, { block: 'step' }),
      ],
      ['in.y > d.x', 'd.y > a.x'],
      {
        blocks: {
          step: {
            ...step,
            nodes: [...step.nodes, node('r', 'relu', {}, { bypass: { $param: 'width' } })],
            edges: [...step.edges, wire('x.y > r.x')],
          },
        },
      },
    )
    expect(flatten(document).diagnostics).toMatchObject([
      { code: 'graph.bypass-source', nodeId: 'in' },
      { code: 'param.unresolved', nodeId: 'd', param: 'numHiddens', values: { got: 'width' } },
      { code: 'param.invalid', nodeId: 'a', param: 'width' },
      { code: 'param.invalid', nodeId: 'a', param: 'height' },
      { code: 'param.invalid', nodeId: 'a/r', param: 'bypass' },
    ])
  })

  test('a broken structure is left out, not followed', () => {
    const loop: Block = { ...step, nodes: [...step.nodes, node('again', 'block', {}, { block: 'loop' })] }
    const document = documentOf(
      [node('a', 'nonsense'), node('b', 'block', {}, { block: 'loop' }), node('c', 'relu'), node('c', 'tanh')],
      ['a.y > c.x'],
      {
        blocks: { loop },
      },
    )
    expect(flatten(document).nodes.map(({ path, layer }) => `${path}:${layer.kind}`)).toEqual(['b/dense1:dense', 'b/relu1:relu', 'c:relu'])
  })
})
