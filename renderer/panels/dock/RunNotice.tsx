/**
 * @file What stands in the way of, or waits for, the run: the engine died, the run failed, a checkpoint can be gone on from, nothing has begun.
 * In: the run store. Out: a sentence, and the button that helps. Undefined while the curves speak for themselves.
 */
import { CircleAlert, Cpu, Play } from 'lucide-react'
import type { ReactNode } from 'react'
import { datasets } from '../../../engine/datasets/registry'
import { blocking, engine } from '../../engine/client'
import { useRun } from '../../engine/run-store'
import { useText, useWords } from '../../i18n/i18n'
import { useDocument } from '../../store/document'
import { useShaped } from '../../store/shaped'
import { ProblemList } from '../Problems'
import { durationOf } from './durations'
import { dockWords } from './words'

const useSource = (): string => {
  const text = useText()
  const kind = useDocument((state) => state.document.data.source.kind)
  const title = datasets.get(kind)?.title
  return title ? text(title) : kind
}

function Resume({ hint }: { hint: string }) {
  const words = useWords(dockWords)
  const ready = useRun((state) => state.engine === 'ready')
  const sound = blocking(useShaped().problems).length === 0
  return (
    <>
      <span>{hint}</span>
      <button type="button" className="btn" disabled={!ready || !sound} onClick={() => void engine.resumeFromCheckpoint()}>
        <Play size={13} aria-hidden />
        {words('resumeFrom')}
      </button>
    </>
  )
}

/** The GPU has failed where the CPU would not. */
function GoOnOnCpu() {
  const words = useWords(dockWords)
  const checkpoint = useRun((state) => state.checkpoint)
  const offered = useRun(
    ({ engine: health, backend, backends, failure }) =>
      health === 'ready' &&
      backend === 'webgpu' &&
      backends.some(({ id }) => id === 'wasm') &&
      failure.some(({ code }) => code.startsWith('backend.')),
  )
  if (!offered) return null
  return (
    <button type="button" className="btn" onClick={() => void engine.goOnOnCpu()}>
      <Cpu size={13} aria-hidden />
      {checkpoint ? words('goOnOnCpu', { step: checkpoint.step }) : words('trainOnCpu')}
    </button>
  )
}

/** A message in the empty chart, or above the curves that are there. */
export function RunNotice() {
  const words = useWords(dockWords)
  const source = useSource()
  const phase = useRun((state) => state.phase)
  const health = useRun((state) => state.engine)
  const checkpoint = useRun((state) => state.checkpoint)
  const failure = useRun((state) => state.failure)
  const defect = useRun((state) => state.defect)
  const begun = useRun((state) => state.version > 0 && state.progress !== undefined)
  const age = checkpoint ? durationOf((Date.now() - checkpoint.savedAt) / 1000) : undefined
  const saved = { step: checkpoint?.step ?? 0, time: age ? words(age.unit, { count: age.count }) : '' }

  if (phase === 'crashed')
    return (
      <Notice tone="bad" title={words('crashedTitle')} floating={begun}>
        {health !== 'ready' ? (
          <span>{words('crashedWaiting')}</span>
        ) : checkpoint ? (
          <Resume hint={words('crashedHint', saved)} />
        ) : (
          <span>{words('crashedLost')}</span>
        )}
      </Notice>
    )
  if (phase === 'failed')
    return (
      <Notice tone="bad" title={words('failedTitle')} floating={begun}>
        {failure.length > 0 && <ProblemList problems={failure} />}
        <GoOnOnCpu />
        {defect !== undefined && <span>{words('defectHint', { detail: defect })}</span>}
      </Notice>
    )
  if (begun) return null
  if (phase === 'preparing')
    return (
      <Notice title={words('preparingTitle')}>
        <span>{words('preparingHint')}</span>
      </Notice>
    )
  return (
    <Notice title={words('idleTitle')}>
      {checkpoint ? <Resume hint={words('checkpointAt', saved)} /> : <span>{words('idleHint', { data: source })}</span>}
    </Notice>
  )
}

interface NoticeProps {
  readonly title: string
  readonly tone?: 'bad'
  /** Over curves that stay to be seen. */
  readonly floating?: boolean
  readonly children: ReactNode
}

const Notice = ({ title, tone, floating, children }: NoticeProps) => (
  <div className={`run-notice${floating ? ' float' : ''}`} role={tone ? 'alert' : 'status'}>
    <b>
      {tone && <CircleAlert size={14} color="var(--bad)" aria-hidden />}
      {title}
    </b>
    {children}
  </div>
)
