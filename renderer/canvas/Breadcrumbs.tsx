/** @file Where one is: the network, the block in it, the block in that. In: the opened path. Out: a way back at every step. */
import { ChevronRight } from 'lucide-react'
import { canvasWords } from '../i18n/canvas-words'
import { useText, useWords } from '../i18n/i18n'
import { leaveBlock, useDocument } from '../store/document'
import { graphAt } from '../store/graphs'
import { titleOf } from './model'

export function Breadcrumbs() {
  const say = useWords(canvasWords)
  const text = useText()
  const document = useDocument((state) => state.document)
  const path = useDocument((state) => state.path)
  if (path.length === 0) return null
  const { blockId } = graphAt(document, path)
  const uses = [document, ...Object.values(document.blocks)].flatMap((graph) => graph.nodes).filter((node) => node.block === blockId).length
  return (
    <nav className="breadcrumbs" aria-label={say('whole')}>
      <button type="button" className="crumb" onClick={() => leaveBlock(0)}>
        {document.name}
      </button>
      {path.map((id, depth) => {
        const node = graphAt(document, path.slice(0, depth)).graph.nodes.find((one) => one.id === id)
        const isLast = depth === path.length - 1
        return (
          <span key={path.slice(0, depth + 1).join('/')} className="crumb-step">
            <ChevronRight size={13} aria-hidden="true" />
            <button type="button" className="crumb" aria-current={isLast ? 'page' : undefined} onClick={() => leaveBlock(depth + 1)}>
              {node ? text(titleOf(document, node)) : id} <span className="mono">{id}</span>
            </button>
          </span>
        )
      })}
      {uses > 1 && <span className="crumb-note">{say('shared', { count: uses })}</span>}
    </nav>
  )
}
