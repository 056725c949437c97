/**
 * @file The compiler laid open: the training step as a program, as kernels, in memory, as code, and measured on this machine. In: the document,
 * through the engine. Out: listings and a timeline whose every line leads to its node.
 */

import { Check, Copy, Timer } from 'lucide-react'
import { useEffect, useMemo, useState } from 'react'
import { listingText } from '../../../../engine/core/listing'
import type { ListingStage } from '../../../../engine/protocol/messages'
import { Views } from '../../../controls/Views'
import { useRun } from '../../../engine/run-store'
import { useWords } from '../../../i18n/i18n'
import { formatCount } from '../../../i18n/numbers'
import { ProblemList } from '../../Problems'
import './kernels.css'
import { ListingView } from './ListingView'
import { Timeline } from './Timeline'
import { useCompiled } from './use-compiled'
import { measureStep, useProfile } from './use-profile'
import { useSelectedOrigins } from './use-selected'
import { kernelWords } from './words'

const stages = ['program', 'kernels', 'plan', 'wasm', 'wgsl'] as const satisfies readonly ListingStage[]
type View = 'timeline' | ListingStage

const COPIED_MS = 1500

export function KernelsPane() {
  const words = useWords(kernelWords)
  const [view, setView] = useState<View>('timeline')
  return (
    <div className="code-pane kernels-pane">
      <div className="code-bar">
        <Views ids={['timeline', ...stages] as const} chosen={view} label={words} hint={(id) => words(`${id}Hint`)} choose={setView} />
      </div>
      {view === 'timeline' ? <Measured /> : <Compiled stage={view} />}
    </div>
  )
}

function Compiled({ stage }: { stage: ListingStage }) {
  const words = useWords(kernelWords)
  const compiled = useCompiled(stage)
  const isSelected = useSelectedOrigins()
  const [filtered, filter] = useState(false)
  const [copied, setCopied] = useState(false)
  const shown = useMemo(
    () =>
      compiled?.listing && filtered
        ? compiled.listing.filter(({ origin }) => origin !== undefined && isSelected(origin))
        : compiled?.listing,
    [compiled, filtered, isSelected],
  )
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), COPIED_MS)
    return () => clearTimeout(timer)
  }, [copied])
  if (!compiled)
    return (
      <div className="empty" role="status">
        <b>{words('working')}</b>
        <span>{words(`${stage}Hint`)}</span>
      </div>
    )
  if (!shown)
    return (
      <div className="data-problems">
        <b>{words('broken')}</b>
        <ProblemList problems={compiled.problems ?? []} />
      </div>
    )
  return (
    <>
      <div className="code-bar kernels-head">
        <span className="mono">{words('lines', { count: formatCount(shown.length) })}</span>
        <label>
          <input type="checkbox" checked={filtered} onChange={({ target }) => filter(target.checked)} />
          {words('filter')}
        </label>
        <button
          type="button"
          className="btn"
          onClick={() => void navigator.clipboard.writeText(listingText(shown)).then(() => setCopied(true))}
        >
          {copied ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
          {words(copied ? 'copied' : 'copy')}
        </button>
      </div>
      {shown.length === 0 ? (
        <div className="empty">
          <span>{words('filterEmpty')}</span>
        </div>
      ) : (
        <ListingView listing={shown} label={words(`${stage}Hint`)} isSelected={isSelected} />
      )}
    </>
  )
}

function Measured() {
  const words = useWords(kernelWords)
  const { state, profile, problems } = useProfile()
  const isSelected = useSelectedOrigins()
  const idle = useRun(({ engine, phase }) => engine === 'ready' && phase !== 'running' && phase !== 'preparing')
  const measuring = state === 'measuring'
  const button = (
    <button
      type="button"
      className="btn"
      disabled={!idle || measuring}
      title={idle ? words('measureHint') : words('busy')}
      onClick={() => void measureStep()}
    >
      <Timer size={13} aria-hidden />
      {words(measuring ? 'measuring' : profile ? 'again' : 'measure')}
    </button>
  )
  if (profile && profile.kernels.length > 0)
    return (
      <Timeline profile={profile} isSelected={isSelected}>
        {button}
      </Timeline>
    )
  return (
    <div className="empty">
      <b>{words(profile ? 'notMeasured' : 'timelineHint')}</b>
      {problems.length > 0 ? <ProblemList problems={problems} /> : <span>{words(idle ? 'measureHint' : 'busy')}</span>}
      {button}
    </div>
  )
}
