/**
 * @file What the compiler makes of the document, asked for while someone looks. In: the document, the chosen executor, a stage. Out: a listing
 * (the previous one while a new one is made), or what stands in the way.
 */
import { useDeferredValue, useEffect, useState } from 'react'
import type { Diagnostic } from '../../../../engine/core/diagnostics'
import type { Listing } from '../../../../engine/core/listing'
import type { ListingStage } from '../../../../engine/protocol/messages'
import { engine } from '../../../engine/client'
import { useRun } from '../../../engine/run-store'
import { useDocument } from '../../../store/document'

export interface CompiledView {
  readonly stage: ListingStage
  readonly listing?: Listing
  readonly problems?: readonly Diagnostic[]
}

/** Editing goes on meanwhile: the compiler is asked once the hands rest. */
const REST_MS = 300

export function useCompiled(stage: ListingStage | undefined): CompiledView | undefined {
  const document = useDeferredValue(useDocument((state) => state.document))
  const backend = useRun((state) => state.backend)
  const ready = useRun((state) => state.engine === 'ready')
  const [view, setView] = useState<CompiledView>()
  useEffect(() => {
    if (stage === undefined || !ready) return
    let current = true
    const timer = setTimeout(async () => {
      const outcome = await engine.listing({ document, backend, stage })
      if (!current || !outcome) return
      setView(outcome.ok ? { stage, listing: outcome.value } : { stage, problems: outcome.diagnostics })
    }, REST_MS)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [document, backend, stage, ready])
  return view?.stage === stage ? view : undefined
}
