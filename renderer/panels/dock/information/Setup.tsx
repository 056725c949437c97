/**
 * @file Which data, which two columns, and how their numbers are counted. In: the source and its report. Out: other choices; a CSV file to look at is
 * handed to the engine and leaves the document alone.
 */
import { ArrowUpDown, FileSpreadsheet } from 'lucide-react'
import { useId, useRef } from 'react'
import { datasets } from '../../../../engine/datasets/registry'
import type { ChoiceOf } from '../../../../engine/document/schema'
import type { Binning } from '../../../../engine/information/bins'
import type { InformationReport, Variable, VariableRequest } from '../../../../engine/information/report'
import { MOST_BINS } from '../../../../engine/information/variable'
import { engine } from '../../../engine/client'
import { useText, useWords } from '../../../i18n/i18n'
import { formatCount } from '../../../i18n/numbers'
import { useDocument } from '../../../store/document'
import { pathOf } from '../data-draft'
import { type Choice, fromInput } from '../given-files'
import { type Asked, addLent, ask, lookAt, useInformationStore, useOther } from './information-store'
import { informationWords } from './words'

/** Built-in data that has words in its columns. */
export const examples = [...datasets.values()].filter(({ onDisk, columns }) => !onDisk && columns !== undefined)

/** Of files that are only looked at: no file of the document has such a path. */
const lentPath = (name: string): string => `looked at: ${name}`

/** Hands the tables among chosen files to the engine, and looks at the first. */
export async function lookAtFiles(choice: Choice | undefined): Promise<void> {
  const group = choice?.groups.find(({ name }) => name === choice.source)
  if (!group) return
  const path = lentPath(group.name)
  await engine.lendFiles({ ...group, name: path })
  addLent(path, group.name)
  lookAt({ kind: 'csv', params: { path } })
}

interface Props {
  readonly source: ChoiceOf
  readonly asked: Asked
  readonly report: InformationReport | undefined
}

export function Setup({ source, asked, report }: Props) {
  const words = useWords(informationWords)
  const { x, y } = report ?? {}
  const isOther = useOther() !== undefined
  const apart = useDocument((state) => state.document.data.validation !== undefined) && !isOther
  // The engine's own choices become the person's as soon as there is one of them.
  const current: Asked = {
    x: asked.x.column === undefined && x ? { ...asked.x, column: x.column } : asked.x,
    y: asked.y.column === undefined && y ? { ...asked.y, column: y.column } : asked.y,
  }
  return (
    <div className="information-setup">
      <SourceChoice />
      {report && (
        <>
          <VariableChoice
            letter="X"
            request={current.x}
            variable={x}
            report={report}
            onChange={(next) => ask(source, { ...current, x: next })}
          />
          {y && (
            <VariableChoice
              letter="Y"
              request={current.y}
              variable={y}
              report={report}
              onChange={(next) => ask(source, { ...current, y: next })}
            />
          )}
          <p className="information-facts">
            <span>{words('rows', { count: formatCount(report.rows) })}</span>
            {report.heldOut !== undefined && <span>{words(apart ? 'heldApart' : 'heldOut', { count: formatCount(report.heldOut) })}</span>}
            {y && (
              <button
                type="button"
                className="btn icon plain"
                aria-label={words('swap')}
                title={words('swap')}
                onClick={() => ask(source, { x: current.y, y: current.x })}
              >
                <ArrowUpDown size={13} />
              </button>
            )}
          </p>
        </>
      )}
    </div>
  )
}

function SourceChoice() {
  const words = useWords(informationWords)
  const text = useText()
  const id = useId()
  const input = useRef<HTMLInputElement>(null)
  const own = useDocument((state) => state.document.data.source)
  const other = useOther()
  const lent = useInformationStore((state) => state.lent)
  const title = datasets.get(own.kind)?.title
  const choices: readonly { readonly key: string; readonly choice: ChoiceOf; readonly label: string }[] = [
    ...examples.map(({ kind, title: name }) => ({ key: kind, choice: { kind, params: {} }, label: text(name) })),
    ...lent.map(({ path, name }) => ({ key: path, choice: { kind: 'csv', params: { path } }, label: name })),
  ]
  return (
    <div className="information-source">
      <label className="visually-hidden" htmlFor={id}>
        {words('data')}
      </label>
      <select
        id={id}
        className="field"
        value={other ? (pathOf(other) ?? other.kind) : ''}
        onChange={(event) => lookAt(choices.find(({ key }) => key === event.target.value)?.choice)}
      >
        <option value="">{words('ofDocument', { name: pathOf(own) ?? (title ? text(title) : own.kind) })}</option>
        <optgroup label={words('otherData')}>
          {choices.map(({ key, label }) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </optgroup>
      </select>
      <button type="button" className="btn" title={words('chooseTableHint')} onClick={() => input.current?.click()}>
        <FileSpreadsheet size={13} aria-hidden />
        {words('chooseTable')}
      </button>
      <input
        ref={input}
        type="file"
        accept=".csv,.tsv,.txt,.data"
        hidden
        aria-label={words('chooseTable')}
        onChange={({ target }) => {
          const choice = target.files && fromInput(target.files)
          // The same file may be chosen again.
          target.value = ''
          if (choice) void lookAtFiles(choice)
        }}
      />
    </div>
  )
}

const binCounts = [2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 24, 32, 48, MOST_BINS]
const ways = ['width', 'quantile'] as const

const writeBins = (bins: Binning | undefined): string => (bins ? `${bins.by} ${bins.count}` : 'none')

function readBins(value: string): VariableRequest['bins'] {
  const [by, count] = value.split(' ')
  return by === 'width' || by === 'quantile' ? { by, count: Number(count) } : 'none'
}

interface VariableProps {
  readonly letter: 'X' | 'Y'
  readonly request: VariableRequest
  readonly variable: Variable | undefined
  readonly report: InformationReport
  readonly onChange: (request: VariableRequest) => void
}

function VariableChoice({ letter, request, variable, report, onChange }: VariableProps) {
  const words = useWords(informationWords)
  const id = useId()
  const column = request.column ?? variable?.column ?? ''
  const fact = report.columns.find(({ name }) => name === column)
  const asked = typeof request.bins === 'object' ? request.bins : undefined
  return (
    <div className="information-variable">
      <label htmlFor={id} title={words('variable', { letter })} className={`is-${letter.toLowerCase()}`}>
        {letter}
      </label>
      <select
        id={id}
        className="field"
        aria-label={words('variable', { letter })}
        value={column}
        onChange={(event) => onChange({ column: event.target.value, bins: 'auto' })}
      >
        {fact === undefined && <option value={column}>{column}</option>}
        {report.columns.map(({ name, distinct, isNumeric }) => {
          const countable = distinct !== undefined || isNumeric
          return (
            <option key={name} value={name} disabled={!countable}>
              {countable ? name : words('tooMany', { column: name })}
            </option>
          )
        })}
      </select>
      {fact?.isNumeric ? (
        <select
          className="field"
          aria-label={words('countedAs', { letter })}
          value={writeBins(request.bins === 'none' ? undefined : (asked ?? variable?.bins))}
          onChange={(event) => onChange({ column, bins: readBins(event.target.value) })}
        >
          {(fact.distinct !== undefined || request.bins === 'none') && <option value="none">{words('asTheyAre')}</option>}
          {ways.map((by) => (
            <optgroup key={by} label={words(by === 'width' ? 'ofWidth' : 'ofQuantile')}>
              {binCounts.map((count) => (
                <option key={count} value={writeBins({ by, count })}>
                  {words(by === 'width' ? 'bins' : 'quantiles', { count })}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      ) : (
        <small>{fact?.distinct !== undefined && words('categoriesCount', { count: fact.distinct })}</small>
      )}
    </div>
  )
}
