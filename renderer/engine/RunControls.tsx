/**
 * @file The buttons that drive a run, and the chip that says where it stands. In: the run store and the document's problems.
 * Out: calls of client.ts. Only what means something now is enabled; Pause and Resume share a place.
 */
import { Pause, Play, RotateCw, Square, StepForward } from 'lucide-react'
import type { ReactNode } from 'react'
import { useWords } from '../i18n/i18n'
import { useShaped } from '../store/shaped'
import { BackendChoice } from './BackendChoice'
import { blocking, engine } from './client'
import { isActive, type Phase, useRun } from './run-store'
import './run.css'
import { runWords } from './words'

interface ButtonProps {
  readonly name: string
  readonly hint: string
  readonly icon: ReactNode
  readonly enabled: boolean
  readonly go?: boolean
  readonly onClick: () => unknown
}

const Button = ({ name, hint, icon, enabled, go, onClick }: ButtonProps) => (
  <button type="button" className={go ? 'btn go' : 'btn'} title={hint} disabled={!enabled} onClick={() => void onClick()}>
    {icon}
    {name}
  </button>
)

export function RunControls() {
  const words = useWords(runWords)
  const health = useRun((state) => state.engine)
  const phase = useRun((state) => state.phase)
  const checkpoint = useRun((state) => state.checkpoint)
  const sound = blocking(useShaped().problems).length === 0
  const active = isActive(phase)
  const ready = health === 'ready'
  const mayStart = ready && sound && !active
  const resumes = phase === 'paused' || (!active && checkpoint !== undefined)
  return (
    <div className="run-controls" role="toolbar" aria-label={words('train')}>
      <Button
        name={words('step')}
        hint={words('stepHint')}
        icon={<StepForward size={13} aria-hidden />}
        enabled={phase === 'paused' || mayStart}
        onClick={engine.step}
      />
      {resumes ? (
        <Button
          name={words('resume')}
          hint={phase === 'paused' || !checkpoint ? words('resumeHint') : words('resumeFrom', { step: checkpoint.step })}
          icon={<Play size={13} aria-hidden />}
          enabled={phase === 'paused' || mayStart}
          onClick={engine.resume}
        />
      ) : (
        <Button
          name={words('pause')}
          hint={words('pauseHint')}
          icon={<Pause size={13} fill="currentColor" aria-hidden />}
          enabled={phase === 'running'}
          onClick={engine.pause}
        />
      )}
      <Button
        name={words('stop')}
        hint={words('stopHint')}
        icon={<Square size={11} fill="currentColor" aria-hidden />}
        enabled={active}
        onClick={engine.stop}
      />
      <Button
        go
        name={words('train')}
        hint={sound ? words('trainHint') : words('trainBlocked')}
        icon={<Play size={12} fill="currentColor" aria-hidden />}
        enabled={mayStart}
        onClick={() => engine.train()}
      />
    </div>
  )
}

const tones: Readonly<Record<Phase, string>> = {
  idle: 'var(--accent)',
  preparing: 'var(--warn)',
  running: 'var(--accent)',
  paused: 'var(--warn)',
  finished: 'var(--accent)',
  stopped: 'var(--soft)',
  failed: 'var(--bad)',
  crashed: 'var(--bad)',
}

const engineWords = { starting: 'engineStarting', restarting: 'engineRestarting', gone: 'engineGone' } as const

/** What runs, on what: one line for the header. */
export function RunStatus() {
  const words = useWords(runWords)
  const health = useRun((state) => state.engine)
  const phase = useRun((state) => state.phase)
  if (health === 'gone')
    return (
      <button type="button" className="btn" onClick={engine.restart}>
        <RotateCw size={13} aria-hidden />
        {words('restartEngine')}
      </button>
    )
  const tone = health === 'ready' ? tones[phase] : 'var(--warn)'
  return (
    <span className="chip" role="status">
      <i className={phase === 'running' ? 'run-dot is-live' : 'run-dot'} style={{ background: tone }} />
      {health !== 'ready' ? (
        words(engineWords[health])
      ) : (
        <>
          {phase !== 'idle' && `${words(phase)} · `}
          <BackendChoice />
        </>
      )}
    </span>
  )
}
