/** @file The document's name, and whether it holds unsaved work. A click edits it. */
import { useState } from 'react'
import { useWords } from '../i18n/i18n'
import { shellWords } from '../i18n/shell-words'
import { changeSettings } from '../store/actions'
import { isDirty, useDocument } from '../store/document'

export function TitleTab() {
  const say = useWords(shellWords)
  const name = useDocument((state) => state.document.name)
  const dirty = useDocument(isDirty)
  const [draft, setDraft] = useState<string>()
  if (draft !== undefined) {
    const finish = (): void => {
      const next = draft.trim().slice(0, 200)
      setDraft(undefined)
      if (next !== '' && next !== name)
        changeSettings(shellWords.words.documentName, 'name', (document) => {
          document.name = next
        })
    }
    return (
      <input
        className="field title-field"
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to edit this name
        autoFocus
        value={draft}
        aria-label={say('documentName')}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={finish}
        onKeyDown={(event) => {
          if (event.key === 'Enter') finish()
          if (event.key === 'Escape') setDraft(undefined)
        }}
      />
    )
  }
  return (
    <button type="button" className="title-tab" title={say('documentName')} onClick={() => setDraft(name)}>
      <span>{name}</span>
      {dirty && <i title={say('unsaved')} role="img" aria-label={say('unsaved')} />}
    </button>
  )
}
