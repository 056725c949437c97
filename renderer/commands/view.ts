/** @file Commands that change how the graph is seen, and layout. */
import { toast } from 'sonner'
import type { Text } from '../../engine/core/text'
import { viewport } from '../canvas/viewport'
import { translate } from '../i18n/i18n'
import { shellWords } from '../i18n/shell-words'
import { arrangeInWorker } from '../layout/layout-client'
import { heightsOf } from '../layout/positions'
import { layOut } from '../store/actions'
import { enterBlock, leaveBlock, openedGraph, select, useDocument } from '../store/document'
import { isBlock } from '../store/graphs'
import { connectSelected, type Direction, selectAlong, walk } from '../store/reach'
import { changeSettings, useSettings } from '../store/settings'
import { showUi } from '../store/ui'
import type { Command } from './command'

const state = () => useDocument.getState()

async function autoLayout(): Promise<void> {
  const { document } = state()
  const graph = openedGraph(state())
  const positions = await arrangeInWorker({
    nodes: graph.nodes.map((node) => node.id),
    edges: graph.edges.map((edge) => [edge.from.node, edge.to.node] as const),
    heights: heightsOf(graph, document.blocks),
    window: viewport()?.extent(),
  })
  if (!positions) {
    toast(translate(shellWords, 'layoutTooLong'))
    return
  }
  // Somebody edited meanwhile: their picture counts.
  if (state().document !== document) return
  layOut(positions)
  // The canvas knows the new places once it has drawn them.
  requestAnimationFrame(() => viewport()?.fit())
}

const selectedBlock = (): string | undefined => {
  const { nodes } = state()
  const node = nodes.length === 1 ? openedGraph(state()).nodes.find((one) => one.id === nodes[0]) : undefined
  return node && isBlock(node) ? node.id : undefined
}

/** Esc undoes one thing at a time: the selection, then the opened block. */
function stepBack(): void {
  const { nodes, edges, path } = state()
  if (nodes.length + edges.length > 0) select([])
  else if (path.length > 0) leaveBlock()
}

function addAtPointer(): void {
  const view = viewport()
  if (view) showUi({ adding: { screen: view.pointerOnScreen(), at: view.hasPointer() ? view.pointer() : undefined } })
}

const walks: readonly (readonly [key: string, direction: Direction, title: Text])[] = [
  ['ArrowLeft', 'upstream', { en: 'Walk upstream', zh: '选择上游节点' }],
  ['ArrowRight', 'downstream', { en: 'Walk downstream', zh: '选择下游节点' }],
  ['ArrowUp', 'above', { en: 'Walk up', zh: '选择上方节点' }],
  ['ArrowDown', 'below', { en: 'Walk down', zh: '选择下方节点' }],
]

export const viewCommands: readonly Command[] = [
  { id: 'graph.add', title: { en: 'Add a layer…', zh: '添加层…' }, group: 'graph', keys: ['Shift+KeyA', 'Tab'], run: addAtPointer },
  { id: 'graph.layout', title: { en: 'Auto-layout', zh: '自动布局' }, group: 'graph', keys: ['$mod+Shift+KeyL'], run: autoLayout },
  {
    id: 'graph.enter',
    title: { en: 'Open block', zh: '打开模块' },
    group: 'graph',
    keys: ['Enter'],
    when: () => selectedBlock() !== undefined,
    run: () => {
      const block = selectedBlock()
      if (block !== undefined) enterBlock(block)
    },
  },
  {
    id: 'graph.leave',
    title: { en: 'Leave block', zh: '离开模块' },
    group: 'graph',
    when: () => state().path.length > 0,
    run: () => leaveBlock(),
  },
  {
    id: 'graph.connect',
    title: { en: 'Connect the selected nodes', zh: '连接所选节点' },
    group: 'graph',
    keys: ['KeyF'],
    when: () => state().nodes.length > 1,
    run: connectSelected,
  },
  {
    id: 'graph.selectUpstream',
    title: { en: 'Select what feeds this', zh: '选择全部上游节点' },
    group: 'graph',
    keys: ['Alt+Shift+ArrowLeft'],
    when: () => state().nodes.length > 0,
    run: () => selectAlong('upstream'),
  },
  {
    id: 'graph.selectDownstream',
    title: { en: 'Select what this feeds', zh: '选择全部下游节点' },
    group: 'graph',
    keys: ['Alt+Shift+ArrowRight'],
    when: () => state().nodes.length > 0,
    run: () => selectAlong('downstream'),
  },
  ...walks.map(
    ([key, direction, title]): Command => ({
      id: `graph.walk${key}`,
      title,
      group: 'graph',
      keys: [`Alt+${key}`],
      hidden: true,
      run: () => {
        const node = walk(direction)
        if (node !== undefined) viewport()?.reveal(node)
      },
    }),
  ),
  {
    id: 'graph.find',
    title: { en: 'Find a node…', zh: '查找节点…' },
    group: 'graph',
    keys: ['$mod+KeyF'],
    run: () => showUi({ findNode: true }),
  },
  {
    id: 'view.escape',
    title: { en: 'Select none, leave block', zh: '取消选择，离开模块' },
    group: 'view',
    keys: ['Escape'],
    run: stepBack,
  },
  { id: 'view.fit', title: { en: 'Fit the graph', zh: '显示整个网络' }, group: 'view', keys: ['1'], run: () => viewport()?.fit() },
  {
    id: 'view.fitSelection',
    title: { en: 'Fit the selection', zh: '显示所选部分' },
    group: 'view',
    keys: ['.'],
    when: () => state().nodes.length > 0,
    run: () => viewport()?.fit(state().nodes),
  },
  {
    id: 'view.zoomReset',
    title: { en: 'Zoom to 100 %', zh: '缩放到 100 %' },
    group: 'view',
    keys: ['0'],
    run: () => viewport()?.zoomTo(1),
  },
  {
    id: 'view.zoomIn',
    title: { en: 'Zoom in', zh: '放大' },
    group: 'view',
    keys: ['NumpadAdd', 'Equal', 'Shift+Equal'],
    run: () => viewport()?.zoomBy(1.25),
  },
  {
    id: 'view.zoomOut',
    title: { en: 'Zoom out', zh: '缩小' },
    group: 'view',
    keys: ['NumpadSubtract', 'Minus'],
    run: () => viewport()?.zoomBy(0.8),
  },
  {
    id: 'view.minimap',
    title: { en: 'Minimap', zh: '缩略图' },
    group: 'view',
    keys: ['Alt+KeyM'],
    run: () => changeSettings({ minimap: !useSettings.getState().minimap }),
  },
  {
    id: 'view.theme',
    title: { en: 'Light or dark', zh: '切换明暗主题' },
    group: 'view',
    run: () => changeSettings({ theme: document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark' }),
  },
  {
    id: 'view.language',
    title: { en: '中文 / English', zh: 'English / 中文' },
    group: 'view',
    run: () => changeSettings({ language: document.documentElement.lang.startsWith('zh') ? 'en' : 'zh' }),
  },
]
