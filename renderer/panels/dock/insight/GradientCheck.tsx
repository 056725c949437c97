/**
 * @file The gradient check (notes 002 §3) of the open document. In: settings, a button. Out: while it runs, how far it is; then a row for each
 * parameter tensor, which leads to its node.
 */
import { CircleCheck, CircleX, FlaskConical, TriangleAlert, X } from 'lucide-react'
import { Fragment } from 'react'
import { formatShape } from '../../../../engine/core/tensor'
import type { GradientReport, GradientVerdict, TensorCheck } from '../../../../engine/insight/gradient-report'
import { showNode } from '../../../canvas/show-node'
import { engine } from '../../../engine/client'
import { useLook } from '../../../engine/look-store'
import { isActive, useRun } from '../../../engine/run-store'
import { useWords } from '../../../i18n/i18n'
import { formatCount, formatSmall } from '../../../i18n/numbers'
import { ProblemList } from '../../Problems'
import { startCheck, useCheck, useInsight } from './insight-store'
import { insightWords } from './words'

export function GradientCheck() {
  const words = useWords(insightWords)
  const { state, report, problems } = useCheck()
  return (
    <>
      <div className="code-bar insight-head">
        {report && <Summary report={report} />}
        <Settings hasReport={report !== undefined} />
      </div>
      {state === 'checking' ? (
        <Progress />
      ) : report ? (
        <Table report={report} />
      ) : (
        <div className="empty">
          {problems.length > 0 ? (
            <>
              <b>{words('cannot')}</b>
              <ProblemList problems={problems} />
            </>
          ) : (
            <span className="insight-hint">{words('checkHint')}</span>
          )}
        </div>
      )}
    </>
  )
}

function Summary({ report }: { report: GradientReport }) {
  const words = useWords(insightWords)
  const wrong = report.tensors.filter(({ verdict }) => verdict === 'differs').length
  return (
    <span className={wrong > 0 ? 'insight-summary is-bad' : 'insight-summary'} role="status">
      {wrong > 0 ? words('summaryBad', { count: wrong }) : words('summaryGood', { count: report.tensors.length })}
      <small className="mono">
        {words('facts', { loss: formatSmall(report.loss), samples: report.samples, epsilon: formatSmall(report.epsilon) })}
      </small>
    </span>
  )
}

function Settings({ hasReport }: { hasReport: boolean }) {
  const words = useWords(insightWords)
  const { weights, samples } = useInsight()
  const checking = useCheck().state === 'checking'
  const idle = useRun(({ engine: health, phase }) => health === 'ready' && (!isActive(phase) || phase === 'paused'))
  const hasRun = useRun(({ progress }) => progress !== undefined)
  return (
    <>
      <label>
        {words('weights')}
        <select
          className="field"
          value={hasRun ? weights : 'fresh'}
          disabled={checking}
          onChange={({ target }) => useInsight.setState({ weights: target.value === 'run' ? 'run' : 'fresh' })}
        >
          <option value="fresh">{words('fresh')}</option>
          <option value="run" disabled={!hasRun}>
            {words('run')}
          </option>
        </select>
      </label>
      <label>
        {words('samples')}
        <select
          className="field"
          value={samples}
          disabled={checking}
          onChange={({ target }) => useInsight.setState({ samples: Number(target.value) })}
        >
          {[8, 32, 128, 512].map((count) => (
            <option key={count}>{count}</option>
          ))}
        </select>
      </label>
      {checking ? (
        <button type="button" className="btn" onClick={() => void engine.endGradientCheck()}>
          <X size={13} aria-hidden />
          {words('cancel')}
        </button>
      ) : (
        <button type="button" className="btn" disabled={!idle} title={words(idle ? 'checkHint' : 'busy')} onClick={() => void startCheck()}>
          <FlaskConical size={13} aria-hidden />
          {words(hasReport ? 'again' : 'start')}
        </button>
      )}
    </>
  )
}

function Progress() {
  const words = useWords(insightWords)
  const progress = useLook((state) => state.progress)
  const share = progress ? progress.done / Math.max(1, progress.total) : 0
  return (
    <div className="empty" role="status">
      <span className="mono">
        {progress
          ? words('checking', { tensor: progress.tensor, done: formatCount(progress.done), total: formatCount(progress.total) })
          : words('preparing')}
      </span>
      <div
        className="run-bar insight-bar"
        role="progressbar"
        aria-label={words('progress')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * share)}
      >
        <i style={{ width: `${100 * share}%` }} />
      </div>
    </div>
  )
}

const icons: Readonly<Record<GradientVerdict, React.ReactNode>> = {
  agrees: <CircleCheck size={13} color="var(--accent)" aria-hidden />,
  kink: <TriangleAlert size={13} color="var(--warn)" aria-hidden />,
  differs: <CircleX size={13} color="var(--bad)" aria-hidden />,
}

function Table({ report }: { report: GradientReport }) {
  const words = useWords(insightWords)
  return (
    <div className="insight-table">
      <table className="rows">
        <thead>
          <tr>
            {(['verdict', 'parameter', 'shape', 'measured', 'largest', 'error', 'computed', 'difference', 'element'] as const).map((id) => (
              <th key={id} scope="col" className={id === 'verdict' || id === 'parameter' || id === 'shape' ? undefined : 'is-number'}>
                {words(id)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.tensors.map((tensor) => (
            <Row key={tensor.name} tensor={tensor} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ tensor }: { tensor: TensorCheck }) {
  const words = useWords(insightWords)
  const { name, node, shape, checked, elements, kinks, verdict, error, largestGradient, worst } = tensor
  return (
    <Fragment>
      <tr className={`is-${verdict}`}>
        <td>
          <span className="insight-verdict">
            {icons[verdict]}
            {words(verdict)}
          </span>
        </td>
        <td>
          <button type="button" className="link" title={words('showNode', { node })} onClick={() => showNode(node)}>
            {name}
          </button>
        </td>
        <td>{formatShape(shape)}</td>
        <td className="is-number">
          {checked === elements
            ? words('all', { count: formatCount(elements) })
            : words('some', { checked: formatCount(checked), count: formatCount(elements) })}
        </td>
        <td className="is-number">{formatSmall(largestGradient)}</td>
        <td className="is-number">{error.toExponential(1)}</td>
        <td className="is-number">{worst.gradient.toPrecision(6)}</td>
        <td className="is-number">{worst.difference.toPrecision(6)}</td>
        <td className="is-number">#{worst.index}</td>
      </tr>
      {verdict === 'kink' && (
        <tr className="insight-note">
          <td colSpan={9}>
            {words('kinkNote', {
              count: kinks,
              checked,
              backward: formatSmall(worst.backward),
              forward: formatSmall(worst.forward),
            })}
          </td>
        </tr>
      )}
    </Fragment>
  )
}
