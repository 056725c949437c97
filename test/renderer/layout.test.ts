/** Automatic layout and the way of wires. */
import { describe, expect, test } from 'vitest'
import { nodeViews, roomsOf, wireViews } from '../../renderer/canvas/model'
import { type Lane, routeWire } from '../../renderer/canvas/route'
import { labelsOf, showsBatch } from '../../renderer/canvas/wire-labels'
import { arrange } from '../../renderer/layout/arrange'
import { freeSpot, positionsOf } from '../../renderer/layout/positions'
import { NODE_HEIGHT, NODE_WIDTH, PORT_PITCH, portOffset, type Rect, STRIP_HEIGHT } from '../../renderer/layout/sizes'
import { shape } from '../../renderer/store/shaped'
import { templates } from '../../templates/registry'
import { documentOf } from './helpers'

const chain = (length: number) => ({
  nodes: Array.from({ length }, (_, index) => `n${index}`),
  edges: Array.from({ length: length - 1 }, (_, index) => [`n${index}`, `n${index + 1}`] as const),
})
const overlap = (a: Rect, b: Rect): boolean => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height

describe('arrange', () => {
  test('a long chain wraps into rows that read from left to right', () => {
    const at = arrange({ ...chain(12), window: { width: 800, height: 450 } })
    const rows = new Set(Object.values(at).map((point) => point.y))
    expect(rows.size).toBeGreaterThan(1)
    expect(rows.size).toBeLessThan(5)
    for (let index = 1; index < 12; index++) {
      const [before, after] = [at[`n${index - 1}`], at[`n${index}`]]
      expect(after && before && (after.y > before.y || (after.y === before.y && after.x > before.x))).toBe(true)
    }
  })

  test('a wide window takes one row', () => {
    const at = arrange({ ...chain(12), window: { width: 4000, height: 200 } })
    expect(new Set(Object.values(at).map((point) => point.y)).size).toBe(1)
  })

  test.each([...templates.keys()])('no two nodes of %s lie on each other', (id) => {
    const document = documentOf(id)
    for (const graph of [document, ...Object.values(document.blocks)]) {
      const rooms = [
        ...roomsOf(nodeViews({ ...document, ...graph }, [], shape(document), []), positionsOf(graph, document.blocks)).values(),
      ]
      for (const [index, room] of rooms.entries()) for (const other of rooms.slice(index + 1)) expect(overlap(room, other)).toBe(false)
    }
  })

  test.each([...templates.keys()])('%s is readable in a window of 1280×720', (id) => {
    const document = documentOf(id)
    const rooms = [...roomsOf(nodeViews(document, [], shape(document), []), positionsOf(document, document.blocks)).values()]
    const right = Math.max(...rooms.map(({ x, width }) => x + width)) - Math.min(...rooms.map(({ x }) => x))
    const bottom = Math.max(...rooms.map(({ y, height }) => y + height)) - Math.min(...rooms.map(({ y }) => y))
    expect(Math.min(752 / right, 384 / bottom)).toBeGreaterThan(0.55)
  })

  test('circles and unknown ends do not stop it', () => {
    const at = arrange({
      nodes: ['a', 'b'],
      edges: [
        ['a', 'b'],
        ['b', 'a'],
        ['b', 'nowhere'],
        ['a', 'a'],
      ],
    })
    expect(Object.keys(at).sort()).toEqual(['a', 'b'])
  })
})

describe('positions', () => {
  test('a partial layout is kept, and the rest finds a free place', () => {
    const document = documentOf('mlp')
    const [first, ...rest] = document.nodes
    const graph = { ...document, layout: { [first?.id ?? '']: { x: 5, y: 5 } } }
    const at = positionsOf(graph, document.blocks)
    expect(at[first?.id ?? '']).toEqual({ x: 5, y: 5 })
    expect(rest.every((node) => at[node.id])).toBe(true)
  })

  test('a free place is not on another node', () => {
    const taken = [{ x: 0, y: 0, height: NODE_HEIGHT }]
    expect(freeSpot({ x: 4, y: 4 }, taken).y).toBeGreaterThan(48)
    expect(freeSpot({ x: NODE_WIDTH + 50, y: 0 }, taken)).toEqual({ x: NODE_WIDTH + 50, y: 0 })
  })

  test('a free place is as tall as the node that is put there', () => {
    const document = documentOf('mlp')
    const tall = ['wide', 'wider', 'widest'].map((id) => ({ id, kind: 'split', params: { parts: 8 } }))
    const first = document.nodes[0]?.id ?? ''
    const graph = { ...document, nodes: [...document.nodes, ...tall], layout: { [first]: { x: 5, y: 5 } } }
    const rooms = [...roomsOf(nodeViews(graph, [], shape(graph), []), positionsOf(graph, graph.blocks)).values()]
    expect(rooms.some(({ height }) => height > 100 + STRIP_HEIGHT)).toBe(true)
    for (const [index, room] of rooms.entries()) for (const other of rooms.slice(index + 1)) expect(overlap(room, other)).toBe(false)
  })
})

describe('a node with many ports', () => {
  const dataset = documentOf('mlp')
  const graph = {
    ...dataset,
    nodes: [...dataset.nodes, { id: 'wide', kind: 'split', params: { parts: 8 } }, { id: 'wider', kind: 'split', params: { parts: 8 } }],
    edges: [],
    layout: {},
  }
  const views = nodeViews(graph, [], shape(graph), [])

  test('grows, so that no two of its ports touch', () => {
    for (const view of views) {
      const most = Math.max(view.ports.inputs.length, view.ports.outputs.length)
      const offsets = Array.from({ length: most }, (_, index) => portOffset(index, most, view.height))
      for (const [index, offset] of offsets.slice(1).entries()) expect(offset - (offsets[index] ?? 0)).toBeGreaterThanOrEqual(PORT_PITCH)
    }
    expect(views.find(({ id }) => id === 'wide')?.ports.outputs).toHaveLength(8)
    expect(views.find(({ id }) => id === 'wide')?.height).toBeGreaterThan(NODE_HEIGHT)
  })

  test('is kept clear by the layout, and wires leave it where its ports are', () => {
    const positions = positionsOf(graph, graph.blocks)
    const rooms = roomsOf(views, positions)
    const boxes = [...rooms.values()]
    for (const [index, room] of boxes.entries()) for (const other of boxes.slice(index + 1)) expect(overlap(room, other)).toBe(false)
    const target = dataset.nodes.find(({ kind }) => kind === 'dense')?.id ?? ''
    const last = views.find(({ id }) => id === 'wide')?.ports.outputs.at(-1)?.name ?? ''
    const wired = { ...graph, edges: [{ from: { node: 'wide', port: last }, to: { node: target, port: 'x' } }] }
    const [wire] = wireViews(wired, [], views, positions, new Map(), [])
    const room = rooms.get('wide')
    const y = Number(/^M\S+ (\S+?)C/.exec(wire?.route.path ?? '')?.[1])
    expect(y - (room?.y ?? 0) - STRIP_HEIGHT / 2).toBeCloseTo(portOffset(7, 8, (room?.height ?? 0) - STRIP_HEIGHT), 1)
  })
})

describe('wires', () => {
  const room = (x: number, y: number): Rect => ({ x, y, width: 138, height: 94 })
  const ends = (source: Rect, target: Rect) => ({
    from: { x: source.x + source.width, y: source.y + 47 },
    to: { x: target.x, y: target.y + 47 },
    source,
    target,
  })

  test('to the left it returns between the rows', () => {
    const source = room(600, 0)
    const target = room(0, 134)
    const route = routeWire(ends(source, target), [source, target], [], 'a')
    expect(route.label.y).toBeGreaterThan(94)
    expect(route.label.y).toBeLessThan(134)
  })

  test('around what lies between', () => {
    const source = room(0, 0)
    const middle = room(210, 0)
    const target = room(420, 0)
    const route = routeWire(ends(source, target), [source, middle, target], [], 'a')
    expect(route.label.y < 0 || route.label.y > 94).toBe(true)
  })

  test('two that return through one gap keep apart', () => {
    const source = room(600, 0)
    const target = room(0, 134)
    const lanes: Lane[] = []
    const first = routeWire(ends(source, target), [source, target], lanes, 'a')
    const second = routeWire(ends(source, target), [source, target], lanes, 'b')
    expect(Math.abs(first.label.y - second.label.y)).toBeGreaterThanOrEqual(8)
  })
})

describe('the canvas model', () => {
  const titles = (id: string): Record<string, string> => {
    const document = documentOf(id)
    return Object.fromEntries(nodeViews(document, [], shape(document), []).map((view) => [view.id, text(view.title)]))
  }
  const text = ({ en }: { readonly en: string }): string => en

  test('one input is called after the data, several after what they read of it', () => {
    expect(titles('xor-mlp').features).toBe('Points in the plane')
    expect(titles('semi-supervised')).toMatchObject({ features: 'features', labelled: 'labelled', unlabelled: 'unlabelled' })
  })

  test('what did not change keeps its identity', () => {
    const document = documentOf('lenet')
    const shaped = shape(document)
    const before = nodeViews(document, [], shaped, [])
    const changed = {
      ...document,
      nodes: document.nodes.map((node) => (node.id === 'conv2' ? { ...node, frozen: true } : node)),
    }
    const after = nodeViews(changed, [], shape(changed), before)
    expect(after.filter((view, index) => view !== before[index]).map((view) => view.id)).toEqual(['conv2'])
  })

  test('every wire shows the shape that flows through it', () => {
    const document = documentOf('lenet')
    const shaped = shape(document)
    const views = nodeViews(document, [], shaped, [])
    const wires = wireViews(document, [], views, positionsOf(document, document.blocks), shaped.graph.types, [])
    expect(wires).toHaveLength(document.edges.length)
    expect(wires[0]?.labels.near.text).toBe('N×1×28×28')
    expect(wires[0]?.labels.far.text).toBe('1×28×28')
    expect(wires.every((wire) => wire.labels.near.text !== '')).toBe(true)
  })

  test.each([...templates.keys()])('every shape of %s has room for its label, the batch on all or on none', (id) => {
    const document = documentOf(id)
    const shaped = shape(document)
    const wires = wireViews(
      document,
      [],
      nodeViews(document, [], shaped, []),
      positionsOf(document, document.blocks),
      shaped.graph.types,
      [],
    )
    expect(wires.filter(({ labels }) => !labels.near.fits || !labels.far.fits).map(({ key }) => key)).toEqual([])
    const withBatch = wires.filter(({ labels }) => labels.near.text.includes('×')).map(({ labels }) => labels.near.text.startsWith('N×'))
    expect(new Set(withBatch).size).toBeLessThanOrEqual(1)
  })

  test('one shape too long for the gap takes the batch off all', () => {
    expect(showsBatch(['N×1×28×28', 'N×192×24×24'])).toBe(true)
    expect(showsBatch(['N×1×28×28', 'N×1024×128×128'])).toBe(false)
    expect(labelsOf('N×1×28×28', 400, false).near.text).toBe('1×28×28')
    expect(labelsOf('N×1×28×28', 40, true).near.fits).toBe(false)
  })
})
