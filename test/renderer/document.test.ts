/** The document store: transactions, undo, coalescing, blocks, dirtiness. */
import { beforeEach, describe, expect, test, vi } from 'vitest'
import {
  add,
  changeParam,
  changeWeightSetting,
  deleteSelection,
  duplicate,
  move,
  nudge,
  rename,
  toggleBypass,
} from '../../renderer/store/actions'
import {
  enterBlock,
  isDirty,
  leaveBlock,
  markSaved,
  redo,
  revealNode,
  select,
  transact,
  undo,
  useDocument,
} from '../../renderer/store/document'
import { graphAt } from '../../renderer/store/graphs'
import { pack } from '../../renderer/store/pack'
import { current, documentOf, ids, open } from './helpers'

const state = () => useDocument.getState()
const node = (id: string) => current().nodes.find((one) => one.id === id)

beforeEach(() => {
  vi.useRealTimers()
  open('lenet')
})

describe('undo', () => {
  test('every edit goes back to exactly the document before, and forth again', () => {
    const before = current()
    select(['conv2'])
    deleteSelection()
    const after = current()
    expect(ids()).not.toContain('conv2')
    expect(after.edges.some((edge) => edge.from.node === 'conv2' || edge.to.node === 'conv2')).toBe(false)
    expect(undo()).toEqual({ en: 'Delete', zh: '删除' })
    expect(current()).toEqual(before)
    expect(state().nodes).toEqual(['conv2'])
    redo()
    expect(current()).toEqual(after)
  })

  test('typing in one field is one step; another field is another', () => {
    changeParam('conv1', 'numChannels', 7, 32)
    changeParam('conv1', 'numChannels', 70, 32)
    changeParam('conv2', 'numChannels', 8, 32)
    expect(state().history.past).toHaveLength(2)
    undo()
    expect(node('conv1')?.params.numChannels).toBe(70)
    undo()
    expect(node('conv1')?.params.numChannels).toBe(6)
  })

  test('the kind of an initialiser and each of its settings are fields of their own', () => {
    const given: readonly unknown[] = ['normal', { kind: 'normal', deviation: 1 }, { kind: 'normal', deviation: 1, mean: 2 }]
    for (const value of given) changeParam('conv1', 'initializer', value, 'xavier')
    for (const value of [given[1], given[0], undefined]) {
      undo()
      expect(node('conv1')?.params.initializer).toEqual(value)
    }
  })

  test('nudges join while they follow each other, and part after a pause', () => {
    vi.useFakeTimers({ now: 1000 })
    select(['conv1'])
    nudge(4, 0)
    nudge(4, 0)
    expect(state().history.past).toHaveLength(1)
    vi.setSystemTime(5000)
    nudge(4, 0)
    expect(state().history.past).toHaveLength(2)
  })

  test('a new edit forgets what was undone', () => {
    select(['conv1'])
    toggleBypass()
    undo()
    changeParam('conv1', 'numChannels', 9, 32)
    expect(redo()).toBeUndefined()
  })

  test('an edit that changes nothing leaves no step', () => {
    changeParam('conv1', 'numChannels', 6, 32)
    expect(state().history.past).toHaveLength(0)
  })
})

describe('parameters', () => {
  test('what equals the default does not stand in the document', () => {
    changeParam('conv1', 'stride', 2, 1)
    expect(node('conv1')?.params.stride).toBe(2)
    changeParam('conv1', 'stride', 1, 1)
    expect(node('conv1')?.params).not.toHaveProperty('stride')
  })
})

describe('layout', () => {
  test('a document without a layout keeps none until something is moved, then everything stays where it was shown', () => {
    expect(Object.keys(current().layout)).toHaveLength(0)
    move({ conv1: { x: 10.4, y: 20.6 } })
    expect(Object.keys(current().layout).sort()).toEqual(ids().sort())
    expect(current().layout.conv1).toEqual({ x: 10, y: 21 })
  })
})

describe('saving', () => {
  test('dirty is: differs from what was saved', () => {
    expect(isDirty(state())).toBe(false)
    changeParam('conv1', 'numChannels', 9, 32)
    expect(isDirty(state())).toBe(true)
    markSaved('a.netloom.json')
    expect(isDirty(state())).toBe(false)
    undo()
    expect(isDirty(state())).toBe(true)
    redo()
    expect(isDirty(state())).toBe(false)
  })
})

describe('blocks', () => {
  beforeEach(() => void open('googlenet'))

  test('inside an instance one edits the block, for all instances', () => {
    enterBlock('inception3a')
    const { blockId } = graphAt(current(), state().path)
    const before = current().blocks[blockId ?? '']?.nodes.length ?? 0
    const id = add({ type: 'layer', kind: 'tanh' }, { at: { x: 0, y: 0 } })
    expect(current().blocks[blockId ?? '']?.nodes).toHaveLength(before + 1)
    expect(ids()).not.toContain(id)
    leaveBlock()
    expect(state().path).toEqual([])
    expect(state().nodes).toEqual(['inception3a'])
  })

  test('undo in another place goes back to where the edit was made', () => {
    enterBlock('inception3a')
    add({ type: 'layer', kind: 'tanh' }, { at: { x: 0, y: 0 } })
    leaveBlock()
    undo()
    expect(state().path).toEqual(['inception3a'])
  })

  test('a problem inside a block is shown inside it', () => {
    revealNode('inception4a/conv1')
    expect(state().path).toEqual(['inception4a'])
    expect(state().nodes).toEqual(['conv1'])
  })

  test('renaming a port of a block takes the wires of every instance along', () => {
    enterBlock('inception3a')
    rename('x', 'image')
    const instances = new Set(current().nodes.flatMap((one) => (one.block ? [one.id] : [])))
    const ports = current()
      .edges.filter((edge) => instances.has(edge.to.node))
      .map((edge) => edge.to.port)
    expect(ports.length).toBeGreaterThan(5)
    expect(new Set(ports)).toEqual(new Set(['image']))
  })

  test('deleting the opened instance from outside closes it', () => {
    enterBlock('inception3a')
    transact({ en: 'x', zh: 'x' }, (draft) => {
      draft.nodes = draft.nodes.filter((one) => one.id !== 'inception3a')
    })
    expect(state().path).toEqual([])
  })
})

test('duplicates get ids of their own and keep the wires between them', () => {
  select(['conv1', 'sigmoid1'])
  const edges = current().edges.length
  duplicate()
  expect(new Set(ids()).size).toBe(ids().length)
  expect(state().nodes).toHaveLength(2)
  expect(current().edges).toHaveLength(edges + 1)
  expect(ids()).toHaveLength(documentOf('lenet').nodes.length + 2)
})

describe('weights that nodes share', () => {
  test('follow renaming, pasting, packing and unpacking, each undoable', () => {
    changeWeightSetting('conv2', 'sharesWith', 'conv1')
    changeWeightSetting('conv2', 'l2Penalty', 0)
    expect(node('conv2')).toMatchObject({ sharesWith: 'conv1', l2Penalty: 0 })
    rename('conv1', 'first')
    expect(node('conv2')?.sharesWith).toBe('first')

    select(['first', 'conv2'])
    duplicate()
    const [copy, other] = state().nodes
    expect(current().nodes.find(({ id }) => id === other)?.sharesWith).toBe(copy)
    undo()

    const before = current()
    transact({ en: 'pack', zh: '组成模块' }, (draft, graph, blockId) => {
      pack(draft, graph, blockId, ['first'], 'block')
    })
    const instance = current().nodes.find(({ kind }) => kind === 'block')?.id as string
    expect(node('conv2')?.sharesWith).toBe(`${instance}/first`)
    undo()
    expect(current()).toEqual(before)

    changeWeightSetting('conv2', 'sharesWith', undefined)
    changeWeightSetting('conv2', 'rateMultiplier', 1)
    expect(node('conv2')).not.toHaveProperty('sharesWith')
    expect(node('conv2')).not.toHaveProperty('rateMultiplier')
    // What equals the default was no step.
    undo()
    expect(node('conv2')?.sharesWith).toBe('first')
  })
})
