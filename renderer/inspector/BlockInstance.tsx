/** @file An instance of a block: its parameters and the way in. */
import { SquareArrowOutDownRight } from 'lucide-react'
import type { GraphNode } from '../../engine/document/schema'
import { ParamForm } from '../controls/ParamForm'
import { useWords } from '../i18n/i18n'
import { inspectorWords } from '../i18n/inspector-words'
import { changeParam } from '../store/actions'
import { enterBlock, useDocument } from '../store/document'
import { blockParamsAt, specsOf } from './block-params'

export function BlockInstance({ node }: { node: GraphNode }) {
  const say = useWords(inspectorWords)
  const document = useDocument((state) => state.document)
  const path = useDocument((state) => state.path)
  const block = node.block === undefined ? undefined : document.blocks[node.block]
  if (!block) return null
  const uses = [document, ...Object.values(document.blocks)]
    .flatMap((graph) => graph.nodes)
    .filter((one) => one.block === node.block).length
  const specs = specsOf(block)
  return (
    <>
      <p className="inspector-note">{say('blockUses', { name: block.title, count: uses })}</p>
      <button type="button" className="btn is-wide" onClick={() => enterBlock(node.id)}>
        <SquareArrowOutDownRight size={13} aria-hidden="true" />
        {say('openBlock')}
        <kbd>↵</kbd>
      </button>
      {Object.keys(specs).length > 0 && <h3 className="section-head">{say('blockParams')}</h3>}
      <ParamForm
        key={node.id}
        specs={specs}
        values={node.params}
        blockParams={blockParamsAt(document, path)}
        onChange={(name, value) => changeParam(node.id, name, value, block.params[name])}
      />
    </>
  )
}
