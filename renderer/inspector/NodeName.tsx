/** @file The name of a node, and its editing (F2). In: a node. Out: a rename, if the new name is a good one. */
import { useState } from 'react'
import { idSchema } from '../../engine/document/schema'
import { useWords } from '../i18n/i18n'
import { inspectorWords } from '../i18n/inspector-words'
import { rename } from '../store/actions'
import { useOpenedGraph } from '../store/document'
import { showUi, useUi } from '../store/ui'

export function NodeName({ id, colour, isBlock }: { id: string; colour: string; isBlock: boolean }) {
  const say = useWords(inspectorWords)
  const isEditing = useUi((state) => state.renaming === id)
  return (
    <div className="inspector-title">
      <span className={isBlock ? 'swatch is-block' : 'swatch'} style={{ '--c': colour } as React.CSSProperties} />
      {isEditing ? (
        <NameField id={id} />
      ) : (
        <>
          <button type="button" className="inspector-name" title={say('rename')} onClick={() => showUi({ renaming: id })}>
            {id}
          </button>
          <kbd>F2</kbd>
        </>
      )}
    </div>
  )
}

function NameField({ id }: { id: string }) {
  const say = useWords(inspectorWords)
  const graph = useOpenedGraph()
  const [draft, setDraft] = useState(id)
  const problem = !idSchema.safeParse(draft).success
    ? say('nameInvalid')
    : draft !== id && graph.nodes.some((node) => node.id === draft)
      ? say('nameTaken')
      : undefined
  const finish = (keep: boolean): void => {
    showUi({ renaming: undefined })
    if (keep && !problem && draft !== id) rename(id, draft)
  }
  return (
    <span className="grow">
      <input
        className="field"
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to edit this name
        autoFocus
        value={draft}
        aria-label={say('name')}
        aria-invalid={problem !== undefined}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => finish(true)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !problem) finish(true)
          if (event.key === 'Escape') finish(false)
        }}
      />
      {problem && (
        <span className="form-problem" role="alert">
          {problem}
        </span>
      )}
    </span>
  )
}
