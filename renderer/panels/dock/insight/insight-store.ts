/**
 * @file What the insight pane shows: which view is in front, and the latest gradient check. In: requests. Out: a small store; a check belongs to a
 * document and is forgotten when another is opened.
 */
import { create } from 'zustand'
import type { Diagnostic } from '../../../../engine/core/diagnostics'
import type { GradientReport } from '../../../../engine/insight/gradient-report'
import { engine } from '../../../engine/client'
import { receiveCheckProgress } from '../../../engine/look-store'
import { useDocument } from '../../../store/document'
import { showDock } from '../dock-store'

export const insightViews = ['norms', 'check'] as const
export type InsightView = (typeof insightViews)[number]

interface CheckState {
  readonly documentKey: string | undefined
  readonly state: 'idle' | 'checking'
  readonly report: GradientReport | undefined
  readonly problems: readonly Diagnostic[]
}

interface InsightState {
  readonly view: InsightView
  readonly weights: 'fresh' | 'run'
  /** Elements measured of a tensor that has more. */
  readonly samples: number
  readonly check: CheckState
}

const noCheck: CheckState = { documentKey: undefined, state: 'idle', report: undefined, problems: [] }

export const useInsight = create<InsightState>(() => ({ view: 'norms', weights: 'fresh', samples: 32, check: noCheck }))

export function useCheck(): CheckState {
  const key = useDocument((state) => state.key)
  const check = useInsight((state) => state.check)
  return check.documentKey === key ? check : noCheck
}

export async function startCheck(): Promise<void> {
  const { document, key } = useDocument.getState()
  const { weights, samples } = useInsight.getState()
  receiveCheckProgress(undefined)
  useInsight.setState({ check: { documentKey: key, state: 'checking', report: undefined, problems: [] } })
  const outcome = await engine.checkGradients({ document, weights, samples })
  const { check } = useInsight.getState()
  if (check.documentKey !== key) return
  useInsight.setState({
    check: {
      ...check,
      state: 'idle',
      report: outcome?.ok ? outcome.value : undefined,
      problems: outcome && !outcome.ok ? outcome.diagnostics : [],
    },
  })
}

/** Brings the view to the front and begins. */
export async function showCheck(): Promise<void> {
  showDock('insight')
  useInsight.setState({ view: 'check' })
  if (useInsight.getState().check.state === 'idle') await startCheck()
}
