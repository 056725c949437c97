/**
 * @file The report on what the pane looks at, fetched from the engine when the choice comes to rest. In: the document, the store. Out: the source, and
 * its report or problems; the last report stays while the next is on its way.
 */
import { useEffect, useState } from 'react'
import type { Diagnostic } from '../../../../engine/core/diagnostics'
import { datasets } from '../../../../engine/datasets/registry'
import type { ChoiceOf } from '../../../../engine/document/schema'
import type { InformationReport } from '../../../../engine/information/report'
import type { InformationRequest } from '../../../../engine/protocol/messages'
import { engine } from '../../../engine/client'
import { useRun } from '../../../engine/run-store'
import { useDocument } from '../../../store/document'
import { pathOf } from '../data-draft'
import { type Asked, askedOf, useInformationStore, useOther } from './information-store'

const REST_MS = 80

interface Answer {
  readonly report?: InformationReport
  readonly problems?: readonly Diagnostic[]
}

export interface Information extends Answer {
  readonly source: ChoiceOf
  readonly asked: Asked
  /** A file that the document names and the page no longer has. */
  readonly missing: string | undefined
}

export function useInformation(): Information {
  const ready = useRun((state) => state.engine === 'ready')
  const files = useRun((state) => state.files)
  const data = useDocument((state) => state.document.data)
  const { seed, validationSplit } = useDocument((state) => state.document.training)
  const store = useInformationStore()
  const other = useOther()
  const source = other ?? data.source
  const asked = askedOf(store, source)
  const path = datasets.get(source.kind)?.onDisk ? pathOf(source) : undefined
  const missing = path !== undefined && !files.includes(path) ? path : undefined
  const [answer, setAnswer] = useState<Answer & { readonly to: string }>({ to: '' })
  const validation = other ? undefined : data.validation
  const request: InformationRequest = { source, ...(validation && { validation }), seed, validationSplit, ...asked }
  const wanted = JSON.stringify(request)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version counts tables given under the same name, files those of the document
  useEffect(() => {
    if (!ready || missing !== undefined) return
    let outdated = false
    const timer = setTimeout(async () => {
      const outcome = await engine.information(JSON.parse(wanted) as InformationRequest)
      if (outdated || !outcome) return
      // Columns can be chosen again after a mistake: what was known of them stays.
      setAnswer((before) =>
        outcome.ok
          ? { report: outcome.value, to: wanted }
          : { ...(isSameData(before.to, wanted) && before.report && { report: before.report }), problems: outcome.diagnostics, to: wanted },
      )
    }, REST_MS)
    return () => {
      outdated = true
      clearTimeout(timer)
    }
  }, [wanted, ready, missing, store.version, files])
  return { source, asked, missing, ...(isSameData(answer.to, wanted) && answer) }
}

const isSameData = (one: string, other: string): boolean => {
  const dataOf = (request: string): string => (request === '' ? '' : JSON.stringify((JSON.parse(request) as InformationRequest).source))
  return dataOf(one) === dataOf(other)
}
