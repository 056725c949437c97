/** @file Inside a block with nothing selected: the block's own definition. In: the opened block. Out: its title, its parameters' defaults. */
import type { Block } from '../../engine/document/schema'
import { blockTitle } from '../canvas/model'
import { ParamForm } from '../controls/ParamForm'
import { useText, useWords } from '../i18n/i18n'
import { inspectorWords } from '../i18n/inspector-words'
import { formatCount } from '../i18n/numbers'
import { changeSettings } from '../store/actions'
import { useDocument } from '../store/document'
import { useShaped } from '../store/shaped'
import { specsOf } from './block-params'
import { Facts } from './Facts'

export function BlockInspector({ id, block }: { id: string; block: Block }) {
  const say = useWords(inspectorWords)
  const text = useText()
  const document = useDocument((state) => state.document)
  const path = useDocument((state) => state.path)
  const shaped = useShaped()
  const inside = shaped.graph.nodes.filter((node) => node.path.startsWith(`${path.join('/')}/`))
  const specs = specsOf(block)
  return (
    <>
      <div className="inspector-title">
        <input
          className="field title-input"
          value={text(blockTitle(document, id))}
          maxLength={200}
          aria-label={say('blockName')}
          onChange={(event) => {
            const title = event.target.value
            changeSettings(inspectorWords.words.blockName, `block title ${id}`, (draft) => {
              const own = draft.blocks[id]
              if (own) own.title = title
            })
          }}
        />
      </div>
      <p className="inspector-note">{say('blockInside')}</p>
      {Object.keys(specs).length > 0 && <h3 className="section-head">{say('blockDefaults')}</h3>}
      <ParamForm
        key={id}
        specs={specs}
        values={block.params}
        onChange={(name, value) =>
          changeSettings(inspectorWords.words.blockDefaults, `block ${id} ${name}`, (draft) => {
            const own = draft.blocks[id]
            if (own) own.params[name] = value as string | number | boolean
          })
        }
      />
      <h3 className="section-head is-id">{path.at(-1)}</h3>
      <Facts
        facts={[
          { label: say('nodes'), value: formatCount(inside.length) },
          { label: say('parameters'), value: formatCount(inside.reduce((sum, node) => sum + node.parameterCount, 0)) },
        ]}
      />
    </>
  )
}
