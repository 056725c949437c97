/**
 * @file A language model writes. In: a beginning, how bold to be, a button. Out: the text as the engine writes it, with the network as it is at
 * that moment.
 */
import { PenLine, X } from 'lucide-react'
import { engine } from '../../../engine/client'
import { useText } from '../../../engine/look-store'
import { useRun } from '../../../engine/run-store'
import { useWords } from '../../../i18n/i18n'
import { ProblemList } from '../../Problems'
import './writing.css'
import { writingWords } from './words'
import { useWriting, useWritten, write } from './writing-store'

export function WritingPane() {
  const words = useWords(writingWords)
  const { state, problems, documentKey } = useWritten()
  return (
    <div className="writing">
      <form
        className="writing-form"
        onSubmit={(event) => {
          event.preventDefault()
          void write()
        }}
      >
        <Settings />
        {state === 'writing' ? (
          <button type="button" className="btn" onClick={() => void engine.endGenerating()}>
            <X size={13} aria-hidden />
            {words('end')}
          </button>
        ) : (
          <WriteButton />
        )}
      </form>
      {problems.length > 0 ? (
        <div className="empty">
          <b>{words('cannot')}</b>
          <ProblemList problems={problems} />
        </div>
      ) : documentKey === undefined ? (
        <div className="empty">
          <span>{words('nothing')}</span>
        </div>
      ) : (
        <Text />
      )}
    </div>
  )
}

function WriteButton() {
  const words = useWords(writingWords)
  const ready = useRun(({ engine: health, progress }) => health === 'ready' && progress !== undefined)
  return (
    <button type="submit" className="btn go" disabled={!ready}>
      <PenLine size={13} aria-hidden />
      {words('write')}
    </button>
  )
}

function Settings() {
  const words = useWords(writingWords)
  const { prefix, length, temperature } = useWriting()
  return (
    <>
      <input
        className="field writing-prefix"
        aria-label={words('prefix')}
        placeholder={words('prefix')}
        title={words('prefixHint')}
        value={prefix}
        onChange={({ target }) => useWriting.setState({ prefix: target.value })}
      />
      <label title={words('lengthHint')}>
        {words('length')}
        <select className="field" value={length} onChange={({ target }) => useWriting.setState({ length: Number(target.value) })}>
          {[50, 100, 200, 500, 1000].map((count) => (
            <option key={count}>{count}</option>
          ))}
        </select>
      </label>
      <label title={words('temperatureHint')}>
        {words('temperature')}
        <input
          type="range"
          min={0}
          max={2}
          step={0.1}
          value={temperature}
          onChange={({ target }) => useWriting.setState({ temperature: Number(target.value) })}
        />
        <output className="mono">{temperature.toFixed(1)}</output>
      </label>
    </>
  )
}

function Text() {
  const words = useWords(writingWords)
  const { prefix, state } = useWritten()
  const text = useText((held) => held.text)
  return (
    <section className="writing-text" aria-label={words('text')} aria-busy={state === 'writing'}>
      <b>{prefix}</b>
      {text}
    </section>
  )
}
