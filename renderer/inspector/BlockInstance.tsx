/** @file An instance of a block: its parameters and the way in. */
import { SquareArrowOutDownRight, Ungroup } from 'lucide-react'
import type { GraphNode } from '../../engine/document/schema'
import { blockTitle } from '../canvas/model'
import { keysOf } from '../commands/keys'
import { commands, runCommand } from '../commands/registry'
import { ParamForm } from '../controls/ParamForm'
import { useText, useWords } from '../i18n/i18n'
import { inspectorWords } from '../i18n/inspector-words'
import { changeParam } from '../store/actions'
import { enterBlock, useDocument } from '../store/document'
import { blockParamsAt, specsOf } from './block-params'

export function BlockInstance({ node }: { node: GraphNode }) {
  const say = useWords(inspectorWords)
  const text = useText()
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
      <p className="inspector-note">{say('blockUses', { name: text(blockTitle(document, node.block ?? '')), count: uses })}</p>
      <button type="button" className="btn is-wide" onClick={() => enterBlock(node.id)}>
        <SquareArrowOutDownRight size={13} aria-hidden="true" />
        {say('openBlock')}
        <kbd>↵</kbd>
      </button>
      <button type="button" className="btn is-wide" onClick={() => runCommand('graph.unpack')}>
        <Ungroup size={13} aria-hidden="true" />
        {say('unpack')}
        <kbd>{keysOf(commands.get('graph.unpack'))}</kbd>
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
