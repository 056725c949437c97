/** @file The figures that matter of the run: loss, what tells most beside it, speed, where it stands and how long it still takes. */
import { formatLoss, formatShare } from '../../charts/format'
import { isActive, useRun } from '../../engine/run-store'
import { useWords } from '../../i18n/i18n'
import { formatCount, formatSmall } from '../../i18n/numbers'
import { useMeasures } from '../../inspector/use-measures'
import { useDocument } from '../../store/document'
import { durationOf } from './durations'
import { leadingMeasure, measuredInRun } from './leading-measure'
import { dockWords } from './words'

/** Shares of samples; the others have the unit of the data, or none. */
const SHARES: readonly string[] = ['accuracy', 'validationAccuracy']

export function RunStats() {
  const words = useWords(dockWords)
  const latest = useRun((state) => state.latest)
  const progress = useRun((state) => state.progress)
  const phase = useRun((state) => state.phase)
  const best = useRun((state) => state.bestEpoch)
  const document = useDocument((state) => state.document)
  const isMeasured = Object.keys(latest).length > 0
  const ofNetwork = useMeasures(!isMeasured) ?? ['loss']
  const measure = leadingMeasure(isMeasured ? Object.keys(latest) : measuredInRun(document, ofNetwork))
  const value = measure && latest[measure]
  const {
    epoch = 0,
    epochs = 1,
    step = 0,
    totalSteps = 1,
    samplesPerSecond = 0,
    secondsLeft,
    scaling,
    rate,
    gradientNorm,
    earlyStop,
  } = progress ?? {}
  const share = Math.min(1, step / Math.max(1, totalSteps))
  const notes: string[] = []
  if (phase === 'running' && secondsLeft !== undefined) {
    const { unit, count } = durationOf(secondsLeft)
    notes.push(words('secondsLeft', { time: words(unit, { count }) }))
  }
  if (rate !== undefined) notes.push(words('rateNow', { rate: formatSmall(rate) }))
  if (gradientNorm !== undefined) notes.push(words('gradientNorm', { norm: formatSmall(gradientNorm) }))
  if (phase === 'paused') notes.push(words('pausedNote'))
  if (phase === 'stopped') notes.push(words('stoppedNote'))
  if (phase === 'finished')
    notes.push(earlyStop ? words('stoppedEarly', { metric: earlyStop.metric, epoch: earlyStop.bestEpoch }) : words('finishedNote'))
  if (scaling && scaling.skipped > 0) notes.push(words('skippedSteps', { count: scaling.skipped }))
  if (best !== undefined) notes.push(words('bestKept', { epoch: best }))
  const known = progress !== undefined
  return (
    <div className="run-stats">
      <dl>
        <div>
          <dt>{words('loss')}</dt>
          <dd>{latest.loss === undefined ? '–' : formatLoss(latest.loss)}</dd>
        </div>
        {measure && (
          <div>
            <dt>{words(measure)}</dt>
            <dd>{value === undefined ? '–' : SHARES.includes(measure) ? formatShare(value) : formatLoss(value)}</dd>
          </div>
        )}
        <div>
          <dt>{words('samplesPerSecond')}</dt>
          <dd>{known && samplesPerSecond > 0 ? formatCount(samplesPerSecond) : '–'}</dd>
        </div>
        <div>
          <dt>
            {known
              ? words('epochOf', { epoch: Math.min(epochs, Math.floor(epoch) + 1), epochs })
              : words('epochOf', { epoch: '–', epochs: document.training.epochs })}
          </dt>
          <dd>{known ? <Step sentence={words('step', { step: HOLE })} step={step} /> : '–'}</dd>
        </div>
      </dl>
      <div
        className={isActive(phase) ? 'run-bar' : 'run-bar is-still'}
        role="progressbar"
        aria-label={words('progress')}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
      >
        <i style={{ width: `${share * 100}%` }} />
      </div>
      <p className="run-note">{notes.join(' · ')}</p>
    </div>
  )
}

const HOLE = '#'

/** “step 411”, with the number an element of its own wherever the language puts it. */
function Step({ sentence, step }: { readonly sentence: string; readonly step: number }) {
  const [before, after] = sentence.split(HOLE)
  return (
    <>
      {before}
      <span data-testid="current-step">{formatCount(step)}</span>
      {after}
    </>
  )
}
