/**
 * @file Where data can come from: the built-in sets, and files or a folder from disk. In: the draft. Out: another source, or files given to the engine and
 * what they were recognised as.
 */
import { Database, FileSpreadsheet, FolderOpen, X } from 'lucide-react'
import { useRef } from 'react'
import { datasets } from '../../../engine/datasets/registry'
import type { ChoiceOf } from '../../../engine/document/schema'
import { useText, useWords } from '../../i18n/i18n'
import { pathOf } from './data-draft'
import { type Choice, fromInput } from './given-files'
import { dockWords } from './words'

interface Props {
  readonly source: ChoiceOf
  readonly validation: ChoiceOf | undefined
  readonly onDropValidation: () => void
  readonly onPick: (source: ChoiceOf) => void
  readonly onFiles: (choice: Choice) => void
}

const builtIn = [...datasets.values()].filter(({ onDisk }) => !onDisk)

export function SourceList({ source, validation, onDropValidation, onPick, onFiles }: Props) {
  const words = useWords(dockWords)
  const text = useText()
  const files = useRef<HTMLInputElement>(null)
  const folder = useRef<HTMLInputElement>(null)
  const chosen = datasets.get(source.kind)
  const take = (input: HTMLInputElement): void => {
    const choice = input.files && fromInput(input.files)
    // The same file may be chosen again.
    input.value = ''
    if (choice) onFiles(choice)
  }
  return (
    <div className="data-sources">
      <h4 className="section-head">{words('builtIn')}</h4>
      {builtIn.map(({ kind, title, summary }) => (
        <button
          key={kind}
          type="button"
          className="data-source"
          aria-pressed={source.kind === kind}
          title={text(summary)}
          onClick={() => source.kind !== kind && onPick({ kind, params: {} })}
        >
          <Database size={14} aria-hidden />
          {text(title)}
        </button>
      ))}
      <div className="data-choose">
        <h4 className="section-head">{words('fromDisk')}</h4>
        <button type="button" className="btn" title={words('filesHint')} onClick={() => files.current?.click()}>
          <FileSpreadsheet size={13} aria-hidden />
          {words('chooseFiles')}
        </button>
        <button type="button" className="btn" title={words('folderHint')} onClick={() => folder.current?.click()}>
          <FolderOpen size={13} aria-hidden />
          {words('chooseFolder')}
        </button>
      </div>
      {chosen?.onDisk && (
        <span className="data-source" aria-current="true" title={text(chosen.summary)}>
          <FileSpreadsheet size={14} aria-hidden />
          <span className="data-source-name">{pathOf(source)}</span>
          <small>{text(chosen.title)}</small>
        </span>
      )}
      {validation && (
        <span className="data-source is-validation">
          <span className="data-source-name">{pathOf(validation)}</span>
          <small>{words('validation')}</small>
          <button
            type="button"
            className="btn icon plain"
            aria-label={words('removeValidation')}
            title={words('removeValidation')}
            onClick={onDropValidation}
          >
            <X size={13} />
          </button>
        </span>
      )}
      <p className="data-drop-hint">{words('dropHint')}</p>
      <input ref={files} type="file" multiple hidden aria-label={words('chooseFiles')} onChange={(event) => take(event.target)} />
      <input
        ref={folder}
        type="file"
        multiple
        hidden
        aria-label={words('chooseFolder')}
        onChange={(event) => take(event.target)}
        {...directory}
      />
    </div>
  )
}

/** React's types do not know this attribute of file inputs. */
const directory: Readonly<Record<string, string>> = { webkitdirectory: '' }
