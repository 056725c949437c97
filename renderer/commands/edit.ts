/** @file Commands that change what is selected. */
import type { Text } from '../../engine/core/text'
import { deleteSelection, duplicate, nudge, toggleBypass, toggleFrozen } from '../store/actions'
import { openedGraph, redo, select, undo, useDocument } from '../store/document'
import { edgeKeys } from '../store/graphs'
import { showUi } from '../store/ui'
import { copySelection, cutSelection, pasteFromMenu, pasteWired } from './clipboard'
import type { Command } from './command'
import { refitted } from './refit'

const state = () => useDocument.getState()
const hasNodes = (): boolean => state().nodes.length > 0
const hasSelection = (): boolean => state().nodes.length + state().edges.length > 0

const STEP = 4
const LEAP = 20
const nudges: readonly (readonly [key: string, dx: number, dy: number, title: Text])[] = [
  ['ArrowLeft', -1, 0, { en: 'Nudge left', zh: '左移' }],
  ['ArrowRight', 1, 0, { en: 'Nudge right', zh: '右移' }],
  ['ArrowUp', 0, -1, { en: 'Nudge up', zh: '上移' }],
  ['ArrowDown', 0, 1, { en: 'Nudge down', zh: '下移' }],
]

export const editCommands: readonly Command[] = [
  {
    id: 'edit.undo',
    title: { en: 'Undo', zh: '撤销' },
    group: 'edit',
    keys: ['$mod+KeyZ'],
    when: () => state().history.past.length > 0,
    run: () => refitted(() => void undo()),
  },
  {
    id: 'edit.redo',
    title: { en: 'Redo', zh: '重做' },
    group: 'edit',
    keys: ['$mod+Shift+KeyZ', '$mod+KeyY'],
    when: () => state().history.future.length > 0,
    run: () => refitted(() => void redo()),
  },
  { id: 'edit.cut', title: { en: 'Cut', zh: '剪切' }, group: 'edit', keys: ['$mod+KeyX'], native: true, when: hasNodes, run: cutSelection },
  {
    id: 'edit.copy',
    title: { en: 'Copy', zh: '复制' },
    group: 'edit',
    keys: ['$mod+KeyC'],
    native: true,
    when: hasNodes,
    run: copySelection,
  },
  {
    id: 'edit.paste',
    title: { en: 'Paste', zh: '粘贴' },
    group: 'edit',
    keys: ['$mod+KeyV'],
    native: true,
    run: pasteFromMenu,
  },
  {
    id: 'edit.pasteWired',
    title: { en: 'Paste with incoming wires', zh: '粘贴并保留输入连线' },
    group: 'edit',
    keys: ['$mod+Shift+KeyV'],
    native: true,
    run: pasteWired,
  },
  { id: 'edit.duplicate', title: { en: 'Duplicate', zh: '再制' }, group: 'edit', keys: ['$mod+KeyD'], when: hasNodes, run: duplicate },
  {
    id: 'edit.delete',
    title: { en: 'Delete', zh: '删除' },
    group: 'edit',
    keys: ['Delete', 'Backspace'],
    when: hasSelection,
    run: () => deleteSelection(),
  },
  {
    id: 'edit.deleteReconnect',
    title: { en: 'Delete and reconnect', zh: '删除并重新连线' },
    group: 'edit',
    keys: ['$mod+Delete', '$mod+Backspace'],
    when: hasNodes,
    run: () => deleteSelection({ reconnect: true, title: { en: 'Delete and reconnect', zh: '删除并重新连线' } }),
  },
  {
    id: 'edit.selectAll',
    title: { en: 'Select all', zh: '全选' },
    group: 'edit',
    keys: ['$mod+KeyA'],
    run: () => {
      const graph = openedGraph(state())
      select(
        graph.nodes.map((node) => node.id),
        edgeKeys(graph.edges),
      )
    },
  },
  {
    id: 'edit.rename',
    title: { en: 'Rename', zh: '重命名' },
    group: 'edit',
    keys: ['F2'],
    when: () => state().nodes.length === 1,
    run: () => showUi({ renaming: state().nodes[0] }),
  },
  { id: 'edit.bypass', title: { en: 'Bypass', zh: '跳过节点' }, group: 'edit', keys: ['$mod+KeyB'], when: hasNodes, run: toggleBypass },
  {
    id: 'edit.freeze',
    title: { en: 'Freeze weights', zh: '冻结权重' },
    group: 'edit',
    keys: ['$mod+Shift+KeyF'],
    when: hasNodes,
    run: toggleFrozen,
  },
  ...nudges.flatMap(([key, dx, dy, title]): Command[] => [
    { id: `edit.nudge${key}`, title, group: 'edit', keys: [key], hidden: true, when: hasNodes, run: () => nudge(dx * STEP, dy * STEP) },
    {
      id: `edit.leap${key}`,
      title: { en: `${title.en}, further`, zh: `大步${title.zh}` },
      group: 'edit',
      keys: [`Shift+${key}`],
      hidden: true,
      when: hasNodes,
      run: () => nudge(dx * LEAP, dy * LEAP),
    },
  ]),
]
