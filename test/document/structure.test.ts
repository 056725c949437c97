/** @file Every structural fault, on the node that has it. */
import { describe, expect, test } from 'vitest'
import { limits } from '../../engine/core/limits'
import type { Block } from '../../engine/document/schema'
import { checkStructure } from '../../engine/document/structure'
import { templates } from '../../templates/registry'
import { documentOf, node, smallClassifier, wire } from '../fixtures/documents'

const blockOf = (nodes: Block['nodes'], wires: string[] = [], params: Block['params'] = {}): Block => ({
  title: 'b',
  params,
  nodes,
  edges: wires.map(wire),
  layout: {},
})

describe('checkStructure', () => {
  test('a sound document has no faults', () => {
    expect(checkStructure(smallClassifier())).toEqual([])
    for (const template of templates.values()) expect(checkStructure(template.create())).toEqual([])
  })

  test('unknown kinds, also those that every object has', () => {
    const document = documentOf(
      [node('a', 'conv3d'), node('b', 'constructor'), node('c', 'block', {}, { block: 'toString' }), node('d', 'block')],
      [],
    )
    expect(checkStructure(document)).toMatchObject([
      { code: 'graph.unknown-kind', nodeId: 'a', values: { got: 'conv3d' } },
      { code: 'graph.unknown-kind', nodeId: 'b' },
      { code: 'graph.unknown-block', nodeId: 'c', values: { got: 'toString' } },
      { code: 'graph.unknown-block', nodeId: 'd', values: { got: '' } },
    ])
  })

  test('an id given twice', () => {
    expect(checkStructure(documentOf([node('a', 'relu'), node('a', 'tanh')], []))).toMatchObject([
      { code: 'graph.duplicate-id', nodeId: 'a', values: { got: 'a' } },
    ])
  })

  test('wires that end nowhere: node or port', () => {
    const wires = ['a.y > ghost.x', 'ghost.y > a.x', 'a.z > b.x', 'a.y > b.constructor']
    expect(checkStructure(documentOf([node('a', 'relu'), node('b', 'relu')], wires))).toMatchObject([
      { code: 'graph.dangling-edge', nodeId: 'a', values: { got: 'ghost.x' } },
      { code: 'graph.dangling-edge', nodeId: 'a', values: { got: 'ghost.y' } },
      { code: 'graph.dangling-edge', nodeId: 'a', values: { got: 'a.z' } },
      { code: 'graph.dangling-edge', nodeId: 'b', values: { got: 'b.constructor' } },
    ])
  })

  test('two wires into a single input; a variadic one takes them', () => {
    const nodes = [node('a', 'relu'), node('b', 'relu'), node('c', 'relu'), node('d', 'add')]
    expect(checkStructure(documentOf(nodes, ['a.y > c.x', 'b.y > c.x', 'a.y > d.x', 'b.y > d.x', 'a.y > d.x']))).toMatchObject([
      { code: 'graph.port-taken', nodeId: 'c', port: 'x' },
    ])
  })

  test('circles with their path; what only hangs on one is not blamed', () => {
    const nodes = ['a', 'b', 'c', 'd', 'e'].map((id) => node(id, 'relu'))
    const document = documentOf(
      [...nodes, node('f', 'add')],
      ['c.y > a.x', 'a.y > b.x', 'b.y > c.x', 'c.y > d.x', 'e.y > f.x', 'f.y > f.x'],
    )
    expect(checkStructure(document)).toMatchObject([
      { code: 'graph.cycle', nodeId: 'a', values: { path: 'a → b → c → a' } },
      { code: 'graph.cycle', nodeId: 'f', values: { path: 'f → f' } },
    ])
  })

  test('faults inside blocks carry the block', () => {
    const b = blockOf([node('p', 'relu'), node('q', 'relu'), node('q', 'relu')], ['p.y > q.x', 'q.y > p.x'])
    expect(checkStructure(documentOf([], [], { blocks: { b } }))).toMatchObject([
      { code: 'graph.duplicate-id', nodeId: 'b/q' },
      { code: 'graph.cycle', nodeId: 'b/p', values: { path: 'b/p → b/q → b/p' } },
    ])
  })

  test('block ports have no meaning outside a block', () => {
    expect(checkStructure(documentOf([node('x', 'blockInput')], []))).toMatchObject([
      { code: 'graph.misplaced', nodeId: 'x', values: { got: 'blockInput' } },
    ])
  })

  test('blocks that contain themselves', () => {
    const use = (block: string) => node(`${block}1`, 'block', {}, { block })
    const blocks = {
      a: blockOf([use('b')]),
      b: blockOf([use('c')]),
      c: blockOf([use('a')]),
      d: blockOf([use('d')]),
      e: blockOf([use('a')]),
    }
    expect(checkStructure(documentOf([use('a')], [], { blocks }))).toMatchObject([
      { code: 'graph.block-recursion', nodeId: 'a', values: { path: 'a → b → c → a' } },
      { code: 'graph.block-recursion', nodeId: 'd', values: { path: 'd → d' } },
    ])
  })

  test('names that a parameter cannot have', () => {
    const blocks = { b: blockOf([], [], { id: 1, 'a b': 2, fine: 3 }) }
    const nodes = [node('r', 'relu', { title: 'x' }), node('loss1', 'meanSquaredError', { mask: 1 })]
    expect(checkStructure(documentOf(nodes, [], { blocks }))).toMatchObject([
      { code: 'param.name', nodeId: 'r', param: 'title' },
      { code: 'param.name', nodeId: 'loss1', param: 'mask' },
      { code: 'param.name', nodeId: 'b', param: 'id' },
      { code: 'param.name', nodeId: 'b', param: 'a b' },
    ])
  })

  test('absurd sizes', () => {
    const many = Array.from({ length: limits.nodes + 1 }, (_, i) => node(`n${i}`, 'relu'))
    expect(checkStructure(documentOf(many, []))).toMatchObject([{ code: 'document.nodes' }])
    const wires = new Array<string>(limits.edges + 1).fill('a.y > b.x')
    expect(checkStructure(documentOf([node('a', 'relu'), node('b', 'add')], wires))).toMatchObject([{ code: 'document.edges' }])
    const blocks = Object.fromEntries(Array.from({ length: limits.blocks + 1 }, (_, i) => [`b${i}`, blockOf([])]))
    expect(checkStructure(documentOf([], [], { blocks }))).toMatchObject([{ code: 'document.blocks' }])
  })

  test('blocks in blocks in blocks: too deep, and too many without being deep', () => {
    const tower = (height: number, width: number) =>
      Object.fromEntries(
        Array.from({ length: height }, (_, level) => [
          `b${level}`,
          blockOf(
            Array.from({ length: width }, (_, i) =>
              level === 0 ? node(`r${i}`, 'relu') : node(`u${i}`, 'block', {}, { block: `b${level - 1}` }),
            ),
          ),
        ]),
      )
    const top = (height: number) => [node('top', 'block', {}, { block: `b${height - 1}` })]
    const deep = limits.blockDepth + 1
    expect(checkStructure(documentOf(top(deep), [], { blocks: tower(deep, 1) }))).toMatchObject([
      { code: 'document.depth', values: { got: deep } },
    ])
    expect(checkStructure(documentOf(top(12), [], { blocks: tower(12, 10) }))).toMatchObject([{ code: 'document.expanded' }])
  })
})
