/** @file Find a node anywhere in the network, blocks included (Mod+F). In: the shaped graph. Out: the node shown. */
import { Command } from 'cmdk'
import type { GraphDocument, GraphNode } from '../../engine/document/schema'
import { titleOf } from '../canvas/model'
import { showNode } from '../canvas/show-node'
import { useText, useWords } from '../i18n/i18n'
import { shellWords } from '../i18n/shell-words'
import { useDocument } from '../store/document'
import { categoryOf, colourOf, graphAt, isBlock, pathOf } from '../store/graphs'
import { showUi, useUi } from '../store/ui'
import { ListDialog } from './ListDialog'

const LIMIT = 2000

interface Found {
  readonly path: string
  readonly node: GraphNode
}

/** Every node with its path, outer ones before those inside them. */
function allNodes(document: GraphDocument): readonly Found[] {
  const found: Found[] = []
  const walk = (path: readonly string[]): void => {
    for (const node of graphAt(document, path).graph.nodes) {
      if (found.length >= LIMIT) return
      found.push({ path: pathOf(path, node.id), node })
      if (isBlock(node) && path.length < 8) walk([...path, node.id])
    }
  }
  walk([])
  return found
}

export function FindNode() {
  const isOpen = useUi((state) => state.findNode)
  return isOpen ? <Opened /> : null
}

function Opened() {
  const say = useWords(shellWords)
  const text = useText()
  const document = useDocument((state) => state.document)
  const close = (): void => showUi({ findNode: false })
  return (
    <ListDialog isOpen onClose={close} label={say('findSearch')} none={say('findNone')}>
      {allNodes(document).map(({ path, node }) => (
        <Command.Item
          key={path}
          value={path}
          keywords={[titleOf(document, node).en, titleOf(document, node).zh]}
          onSelect={() => {
            close()
            showNode(path)
          }}
        >
          <span
            className={isBlock(node) ? 'swatch is-block' : 'swatch'}
            style={{ '--c': colourOf(categoryOf(document, node)) } as React.CSSProperties}
          />
          <span className="mono">{path}</span>
          <span className="aside">{text(titleOf(document, node))}</span>
        </Command.Item>
      ))}
    </ListDialog>
  )
}
