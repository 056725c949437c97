/** @file Samples of a source, fetched from the engine when the source comes to rest. In: a source and an image size. Out: samples, problems, or waiting. */
import { useEffect, useState } from 'react'
import type { Diagnostic } from '../../../engine/core/diagnostics'
import type { ChoiceOf, DataSettings } from '../../../engine/document/schema'
import type { DataPreview } from '../../../engine/protocol/messages'
import { engine } from '../../engine/client'
import { useRun } from '../../engine/run-store'

const REST_MS = 120
const COUNT = 24
/** Points say little one by one. */
const POINTS = 500

export interface Previewed {
  readonly preview?: DataPreview
  readonly problems?: readonly Diagnostic[]
  /** Of what the preview is. */
  readonly source?: string
  readonly isWaiting: boolean
}

export interface PreviewAs {
  readonly imageSize?: number
  readonly augmentation?: DataSettings['augmentation']
  readonly epoch?: number
}

export function usePreview(source: ChoiceOf, seed: number, as: PreviewAs, version: number): Previewed {
  const ready = useRun((state) => state.engine === 'ready')
  const [state, setState] = useState<Previewed>({ isWaiting: true })
  const wanted = JSON.stringify([source, { ...as, seed }])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `version` counts files given under the same name
  useEffect(() => {
    if (!ready) return
    let outdated = false
    setState((before) => ({ ...before, isWaiting: true }))
    const [choice, options] = JSON.parse(wanted) as [ChoiceOf, PreviewAs & { seed: number }]
    const timer = setTimeout(async () => {
      let outcome = await engine.previewData(choice, { ...options, count: COUNT })
      if (outcome?.ok && outcome.value.fields.some(({ display }) => display === 'points'))
        outcome = await engine.previewData(choice, { ...options, count: POINTS })
      if (outdated || !outcome) return
      const problems = outcome.ok ? undefined : outcome.diagnostics
      // What was last seen of this source stays: the form that can mend the problem depends on it.
      setState((before) => {
        const seen = before.source === JSON.stringify(choice) ? before.preview : undefined
        return { preview: outcome.ok ? outcome.value : seen, problems, source: JSON.stringify(choice), isWaiting: false }
      })
    }, REST_MS)
    return () => {
      outdated = true
      clearTimeout(timer)
    }
  }, [wanted, ready, version])
  return state
}
