/** @file Commands that make blocks of nodes and nodes of blocks. */
import { toast } from 'sonner'
import { viewport } from '../canvas/viewport'
import { translate } from '../i18n/i18n'
import { shellWords } from '../i18n/shell-words'
import { openedGraph, select, transact, useDocument } from '../store/document'
import { freshId } from '../store/edits'
import { isBlock } from '../store/graphs'
import { nodeBetween, pack, packable, unpack } from '../store/pack'
import type { Command } from './command'
import { refitted } from './refit'

const state = () => useDocument.getState()
const titles = {
  pack: { en: 'Make a block', zh: '组成模块' },
  unpack: { en: 'Unpack the block', zh: '展开模块' },
} as const

const chosen = (): string[] => packable(openedGraph(state()), state().nodes)

const instances = (): string[] => {
  const ids = new Set(state().nodes)
  return openedGraph(state())
    .nodes.filter((node) => ids.has(node.id) && isBlock(node) && node.bypass === undefined && state().document.blocks[node.block ?? ''])
    .map((node) => node.id)
}

function packSelection(): void {
  const ids = chosen()
  const between = nodeBetween(openedGraph(state()), ids)
  if (between !== undefined) {
    toast.warning(translate(shellWords, 'packBetween', { node: between }))
    return
  }
  const title = translate(shellWords, 'blockTitle', {
    number: freshId(Object.keys(state().document.blocks), 'block').slice('block'.length),
  })
  let made: string | undefined
  transact(titles.pack, (draft, graph, blockId) => {
    made = pack(draft, graph, blockId, ids, title)
  })
  if (made !== undefined) show([made])
}

function unpackSelection(): void {
  const ids = instances()
  const made: string[] = []
  transact(titles.unpack, (draft, graph) => {
    for (const id of ids) made.push(...unpack(draft, graph, id))
  })
  show(made)
}

function show(ids: readonly string[]): void {
  select(ids)
  const [first] = ids
  const view = viewport()
  // The canvas knows the new nodes once it has drawn them.
  if (first !== undefined && view) requestAnimationFrame(() => view.reveal(first))
}

export const blockCommands: readonly Command[] = [
  {
    id: 'graph.pack',
    title: { en: 'Make a block of the selection', zh: '将所选组成模块' },
    group: 'graph',
    keys: ['$mod+Shift+KeyE'],
    when: () => chosen().length > 0,
    run: () => refitted(packSelection),
  },
  {
    id: 'graph.unpack',
    title: titles.unpack,
    group: 'graph',
    keys: ['$mod+Shift+KeyG'],
    when: () => instances().length > 0,
    run: () => refitted(unpackSelection),
  },
]
