/**
 * @file Information in categorical data (notes 002 §12): two columns, how they are distributed alone and together, and every measure of it. In: the
 * document's data, the built-in example, or any CSV file. Out: numbers that the engine counted, and what to do where there are none.
 */
import { type DragEvent, useState } from 'react'
import type { InformationReport } from '../../../../engine/information/report'
import { useText, useWords } from '../../../i18n/i18n'
import { ProblemList } from '../../Problems'
import { fromDrop } from '../given-files'
import { dockWords } from '../words'
import { Distribution } from './Distribution'
import './information.css'
import { useRun } from '../../../engine/run-store'
import { anything, ask } from './information-store'
import { JointView } from './JointView'
import { jointTableOf } from './joint-cells'
import { Measures } from './Measures'
import { examples, lookAtFiles, Setup } from './Setup'
import { type Information, useInformation } from './use-information'
import { informationWords } from './words'

export function InformationPane() {
  const words = useWords(informationWords)
  const information = useInformation()
  const [dropping, setDropping] = useState(false)
  const drop = (event: DragEvent): void => {
    event.preventDefault()
    setDropping(false)
    void fromDrop(event.dataTransfer.items).then(lookAtFiles)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping a file has its own button
    <div
      className="information-pane"
      onDragOver={(event) => {
        event.preventDefault()
        setDropping(true)
      }}
      onDragLeave={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && setDropping(false)}
      onDrop={drop}
    >
      <Setup source={information.source} asked={information.asked} report={information.report} />
      <Shown information={information} />
      {dropping && <div className="data-drop">{words('dropTable')}</div>}
    </div>
  )
}

function Shown({ information: { source, asked, report, problems, missing } }: { information: Information }) {
  const words = useWords(informationWords)
  const dock = useWords(dockWords)
  const engine = useRun((state) => state.engine)
  if (missing !== undefined)
    return (
      <div className="empty">
        <b>{dock('again')}</b>
        <span>{dock('againHint', { name: missing })}</span>
      </div>
    )
  if (problems)
    return (
      <div className="data-problems">
        <b>{words('nothingTitle')}</b>
        <ProblemList problems={problems} />
        <p className="information-hint">{words('nothingHint')}</p>
        {asked !== anything && (
          <button type="button" className="btn" onClick={() => ask(source, anything)}>
            {words('anew')}
          </button>
        )}
      </div>
    )
  if (report) return <Report report={report} />
  if (engine === 'gone')
    return (
      <div className="empty">
        <span>{words('engineGone')}</span>
      </div>
    )
  return <div className="skeleton data-skeleton" role="status" aria-label={dock('working')} />
}

function Report({ report }: { report: InformationReport }) {
  const words = useWords(informationWords)
  const text = useText()
  const table = jointTableOf(report)
  const example = examples[0]?.title
  return (
    <div className="information-report">
      <div className="information-distributions">
        <Distribution letter="X" variable={report.x} />
        {report.y && <Distribution letter="Y" variable={report.y} />}
      </div>
      {table ? (
        <JointView table={table} />
      ) : (
        <div className="empty">
          <b>{words('oneColumn')}</b>
          <span>{words('oneColumnHint', { example: example ? text(example) : '' })}</span>
        </div>
      )}
      <Measures report={report} />
    </div>
  )
}
