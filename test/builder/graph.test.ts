/** @file The graph builder: what its calls make, what it refuses, and what TypeScript knows of it. */
import { describe, expect, expectTypeOf, test } from 'vitest'
import { block } from '../../engine/builder/block'
import { graph } from '../../engine/builder/graph'
import type { GraphBuilder } from '../../engine/builder/graph-builder'
import { type Handle, type ParamReference, type Source, unconnected } from '../../engine/builder/types'
import { DiagnosedError, type Diagnostic } from '../../engine/core/diagnostics'
import { normalizeDocument } from '../../engine/document/normalize'
import { layers } from '../../engine/layers/kit/registry'
import { inferShapes } from '../../engine/shapes/infer'
import { smallClassifier } from '../fixtures/documents'

const refusal = (call: () => unknown): Diagnostic | undefined => {
  try {
    call()
  } catch (error) {
    if (error instanceof DiagnosedError) return error.diagnostics[0]
    throw error
  }
  return undefined
}
const codeOf = (call: () => unknown) => refusal(call)?.code

describe('graph', () => {
  test('draws what the document holds', () => {
    const g = graph('test', { data: 'digits', training: { optimizer: 'adam', lr: 0.001, batchSize: 4, epochs: 2 } })
    const image = g.input('image', [1, 8, 8])
    const maps = g.relu(g.conv2d(image, { numChannels: 6, kernelSize: 3 }))
    g.classify(g.flatten(maps), 10)
    expect(g.document()).toEqual(normalizeDocument(smallClassifier()))
  })

  test('every layer is a method', () => {
    const g = graph('all') as unknown as Record<string, unknown>
    for (const kind of layers.keys()) expect(typeof g[kind]).toBe('function')
  })

  test('no layer has a parameter that every node has, or an optional input of that name', () => {
    for (const { params, inputs } of layers.values()) {
      const optional = Object.keys(inputs).filter((name) => inputs[name].optional)
      const settings = ['id', 'title', 'bypass', 'frozen', 'rateMultiplier', 'graph', 'node']
      for (const name of [...settings, ...optional]) expect(Object.hasOwn(params, name)).toBe(false)
      for (const name of optional) expect(settings).not.toContain(name)
    }
  })

  test('several inputs stand in port order, variadic ones in a list', () => {
    const g = graph('joins')
    const [a, b] = [g.input('a', [2]), g.input('b', [2])]
    g.concat([b, a, b], { axis: 1 })
    g.meanSquaredError(a, b)
    g.meanSquaredError(unconnected, a, { id: 'half' })
    const wires = g.document().edges.map(({ from, to }) => `${from.node} > ${to.node}.${to.port}`)
    expect(wires).toEqual([
      'b > concat1.x',
      'a > concat1.x',
      'b > concat1.x',
      'a > loss1.prediction',
      'b > loss1.target',
      'a > half.target',
    ])
  })

  test('optional inputs stand among the options, by name', () => {
    const g = graph('masked')
    const [a, b, m] = [g.input('a', [2]), g.input('b', [2]), g.input('m', [])]
    g.meanSquaredError(a, b, { mask: m, half: true, weight: unconnected })
    const { nodes, edges } = g.document()
    expect(edges.map(({ from, to }) => `${from.node} > ${to.node}.${to.port}`)).toEqual([
      'a > loss1.prediction',
      'b > loss1.target',
      'm > loss1.mask',
    ])
    expect(nodes.at(-1)?.params).toEqual({ half: true })
    const other = graph('other')
    expect(codeOf(() => other.meanSquaredError(other.input('a', [2]), unconnected, { mask: m }))).toBe('graph.foreign-wire')
  })

  test('ids are counted per stem and step aside for chosen ones', () => {
    const g = graph('ids')
    const x = g.input('x', [1, 8, 8])
    const ids = [g.conv2d(x), g.conv2d(x, { id: 'conv3' }), g.conv2d(x), g.conv2d(x), g.relu(x)].map(({ node }) => node)
    expect(ids).toEqual(['conv1', 'conv3', 'conv2', 'conv4', 'relu1'])
  })

  test('refuses ids and wires that cannot be', () => {
    const g = graph('a')
    const x = g.input('x', [3])
    expect(codeOf(() => g.input('x', [3]))).toBe('graph.duplicate-id')
    expect(codeOf(() => g.relu(x, { id: 'no good' }))).toBe('graph.invalid-id')
    expect(codeOf(() => graph('b').relu(x))).toBe('graph.foreign-wire')
    expect(codeOf(() => block('leak', {}, (inner) => inner.relu(x)))).toBe('graph.foreign-wire')
  })

  test('what is no wire is said to be none', () => {
    const g = graph('a')
    const [x, y] = [g.input('x', [4, 3]), g.input('y', [4, 3])]
    // As JavaScript may call it; TypeScript would not.
    const numberAsWire = { weight: 0.25 } as unknown as { weight: Source }
    expect(refusal(() => g.meanSquaredError(x, y, numberAsWire))?.values).toMatchObject({ param: 'weight', got: '0.25' })
    const severalOutputs = g.lstm(x, { returnState: true }) as unknown as Handle
    expect(refusal(() => g.relu(severalOutputs))?.values).toMatchObject({ param: 'x', got: '{ y, state, cell }' })
  })

  test('two blocks of one name must be one', () => {
    const g = graph('blocks')
    const x = g.input('x', [3])
    const make = (numHiddens: number) => block('same', {}, (inner, y) => inner.dense(y, { numHiddens }))
    g.use(make(3), g.use(make(3), x))
    expect(codeOf(() => g.use(make(4), x))).toBe('graph.duplicate-block')
  })

  test('titles, bypass, frozen, layout and description reach the document', () => {
    const g = graph('settings', { description: 'about', data: { source: { kind: 'csv', params: { path: 'a.csv' } }, standardize: true } })
    g.relu(g.input('x', [3]), { title: 'Rectifier', bypass: true, frozen: true })
    g.layout({ x: { x: 1, y: 2 } })
    g.layout({ relu1: { x: 3, y: 4 } })
    expect(g.document()).toMatchObject({
      description: 'about',
      nodes: [{ id: 'x' }, { title: 'Rectifier', bypass: true, frozen: true }],
      layout: { x: { x: 1, y: 2 }, relu1: { x: 3, y: 4 } },
      data: { source: { kind: 'csv', params: { path: 'a.csv' } }, standardize: true },
    })
  })
})

describe('block', () => {
  const gate = block(
    'gate',
    { numHiddens: 4, linear: false },
    (g, { left, right }, p) => {
      const sum = g.add([g.dense(left, { numHiddens: p.numHiddens }), g.dense(right, { numHiddens: p.numHiddens })])
      return { sum, rectified: g.relu(sum, { bypass: p.linear }) }
    },
    { inputs: ['left', 'right'], title: 'Gate' },
  )

  test('parameters become references, inputs and outputs ports', () => {
    expect(gate.graph.nodes.map(({ id, kind }) => `${id}:${kind}`)).toEqual([
      'left:blockInput',
      'right:blockInput',
      'dense1:dense',
      'dense2:dense',
      'add1:add',
      'relu1:relu',
      'sum:blockOutput',
      'rectified:blockOutput',
    ])
    expect(gate.graph.nodes[2]?.params).toEqual({ numHiddens: { $param: 'numHiddens' } })
    expect(gate.graph.nodes[5]?.bypass).toEqual({ $param: 'linear' })
  })

  test('instances take their own values', () => {
    const g = graph('two gates', { training: { batchSize: 2 } })
    const x = g.input('x', [3])
    const first = g.use(gate, { left: x, right: x }, { numHiddens: 5 })
    g.use(gate, { left: first.sum, right: first.rectified }, { id: 'last', linear: true })
    const shaped = inferShapes(g.document())
    expect(shaped.diagnostics).toEqual([])
    expect(shaped.types.get('gate1')?.sum?.shape).toEqual([2, 5])
    expect(shaped.types.get('last')?.rectified?.shape).toEqual([2, 4])
    expect(shaped.nodes.map(({ path }) => path)).not.toContain('last/relu1')
  })

  test('a block brings the blocks it uses', () => {
    const outer = block('outer', {}, (g, x) => g.use(gate, { left: x, right: unconnected }).sum)
    const g = graph('nested')
    g.use(outer, g.input('x', [3]))
    expect(Object.keys(g.document().blocks)).toEqual(['gate', 'outer'])
  })
})

test('types: parameters, number of inputs, outputs by name', () => {
  expectTypeOf<Parameters<GraphBuilder['softmaxCrossEntropy']>>().toExtend<[Source, Source, unknown?]>()
  type LossOptions = NonNullable<Parameters<GraphBuilder['softmaxCrossEntropy']>[2]>
  expectTypeOf<LossOptions['mask']>().toEqualTypeOf<Source | undefined>()
  expectTypeOf<Parameters<GraphBuilder['add']>[0]>().toEqualTypeOf<readonly Handle[]>()
  expectTypeOf<ReturnType<GraphBuilder['conv2d']>>().toEqualTypeOf<Handle>()
  type ConvOptions = NonNullable<Parameters<GraphBuilder['conv2d']>[1]>
  expectTypeOf<ConvOptions['numChannels']>().toEqualTypeOf<number | ParamReference<number> | undefined>()
  expectTypeOf<ConvOptions['useBias']>().toEqualTypeOf<boolean | ParamReference<boolean> | undefined>()
  expectTypeOf<ParamReference<string>>().not.toExtend<NonNullable<ConvOptions['numChannels']>>()
  const pair = block('pair', { width: 3 }, (_g, x) => ({ a: x, b: x }))
  expectTypeOf(pair.outputs).toEqualTypeOf<readonly ('a' | 'b')[]>()
  expectTypeOf(pair.inputs).toEqualTypeOf<readonly 'x'[]>()
})
