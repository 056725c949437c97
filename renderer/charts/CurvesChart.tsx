/**
 * @file The live chart of the run. In: the run store's curves. Out: a canvas that follows them without rendering React, a reading where the
 * pointer is, and a switch for the logarithmic axis.
 */
import { type PointerEvent, useEffect, useMemo, useState } from 'react'
import { curves, useRun } from '../engine/run-store'
import { useWords } from '../i18n/i18n'
import './charts.css'
import { type CurveStyle, drawCurves, frameOf } from './draw-curves'
import { formatLoss, formatShare } from './format'
import { useCanvas } from './use-canvas'
import { chartWords } from './words'

interface Hover {
  readonly step: number
  readonly x: number
  readonly width: number
}

const measures = ['loss', 'accuracy', 'perplexity', 'absoluteError']
/** Curves beside those of measures: the losses and penalties that add up to the loss, by their nodes. */
const isTerm = (name: string): boolean => !name.startsWith('validation') && !measures.includes(name.slice(name.lastIndexOf('.') + 1))

const TERM_COLOURS = ['--linear', '--pool', '--norm', '--seq', '--merge']
const termsOf = (names: string): CurveStyle[] =>
  names
    .split('\n')
    .filter((name) => name !== '')
    .map((name, i) => ({ name, label: name, colour: TERM_COLOURS[i % TERM_COLOURS.length] ?? '--norm', axis: 'loss', quiet: true }))

export function CurvesChart() {
  const words = useWords(chartWords)
  const [log, setLog] = useState(false)
  const [hover, setHover] = useState<Hover>()
  const totalSteps = useRun((state) => state.progress?.totalSteps ?? 1)
  const epochs = useRun((state) => state.progress?.epochs ?? 1)
  const terms = useRun((state) => Object.keys(state.latest).filter(isTerm).join('\n'))
  const styles = useMemo(
    (): readonly CurveStyle[] => [
      ...termsOf(terms),
      { name: 'accuracy', label: words('accuracy'), colour: '--accent', axis: 'share', quiet: true },
      { name: 'loss', label: words('loss'), colour: '--conv', axis: 'loss' },
      { name: 'validationLoss', label: words('validationLoss'), colour: '--data', axis: 'loss', sparse: true },
      { name: 'validationAccuracy', label: words('validationAccuracy'), colour: '--accent', axis: 'share', sparse: true },
    ],
    [words, terms],
  )
  const { ref, redraw } = useCanvas((context, width, height) =>
    drawCurves(context, width, height, { curves, styles, totalSteps, epochs, log, hover: hover?.step }),
  )
  useEffect(() => useRun.subscribe((state, previous) => state.version !== previous.version && redraw()), [redraw])

  // Once an epoch is often enough for somebody who listens.
  const epoch = useRun((state) => Math.floor(state.progress?.epoch ?? 0))
  // biome-ignore lint/correctness/useExhaustiveDependencies: read anew with every epoch
  const summary = useMemo(() => {
    const { latest } = useRun.getState()
    const told = styles.filter(({ name }) => latest[name] !== undefined)
    return told.map(({ name, label, axis }) => `${label} ${(axis === 'share' ? formatShare : formatLoss)(latest[name] ?? 0)}`).join(', ')
  }, [styles, epoch])
  const point = (event: PointerEvent<HTMLCanvasElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    const frame = frameOf(box.width, box.height)
    const x = event.clientX - box.left
    const share = (x - frame.left) / (frame.right - frame.left)
    setHover(share < 0 || share > 1 ? undefined : { step: share * totalSteps, x, width: box.width })
  }

  return (
    <div className="curves">
      <canvas
        ref={ref}
        role="img"
        aria-label={words('chart', { summary })}
        onPointerMove={point}
        onPointerLeave={() => setHover(undefined)}
      />
      {hover && <Reading hover={hover} styles={styles} stepsPerEpoch={totalSteps / epochs} />}
      <button type="button" className="tab curves-log" aria-pressed={log} title={words('logHint')} onClick={() => setLog(!log)}>
        {words('log')}
      </button>
    </div>
  )
}

interface ReadingProps {
  readonly hover: Hover
  readonly styles: readonly CurveStyle[]
  readonly stepsPerEpoch: number
}

/** Values of all curves at the pointer. */
function Reading({ hover, styles, stepsPerEpoch }: ReadingProps) {
  const words = useWords(chartWords)
  // Re-reads the curves as they grow under a pointer that rests.
  useRun((state) => state.version)
  const rows = styles.flatMap((style) => {
    const series = curves.get(style.name)
    const index = series?.nearest(hover.step) ?? -1
    if (!series || index < 0) return []
    const value = (style.sparse ? series.y : series.smooth)[index] as number
    return [{ ...style, step: series.x[index] as number, text: style.axis === 'share' ? formatShare(value) : formatLoss(value) }]
  })
  const nearest = rows.find(({ sparse }) => !sparse) ?? rows[0]
  if (!nearest) return null
  const rightHalf = hover.x > hover.width / 2
  return (
    <div className="float curves-reading" style={rightHalf ? { right: hover.width - hover.x + 14 } : { left: hover.x + 14 }}>
      <span className="curves-reading-at">
        {words('at', { epoch: (nearest.step / stepsPerEpoch).toFixed(1), step: Math.round(nearest.step) })}
      </span>
      {rows.map(({ name, label, colour, text }) => (
        <span key={name} className="curves-reading-row">
          <i style={{ background: `var(${colour})` }} />
          {label}
          <b>{text}</b>
        </span>
      ))}
    </div>
  )
}
