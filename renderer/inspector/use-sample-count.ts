/** @file How many samples training will have. In: the document's data and what is held out. Out: a number, asked of the engine once changes have come to rest. */
import { useEffect, useState } from 'react'
import type { ChoiceOf } from '../../engine/document/schema'
import { engine } from '../engine/client'
import { useRun } from '../engine/run-store'
import { useDocument } from '../store/document'

const restMilliseconds = 200

/** Undefined while it is not known, or where the data cannot be read. */
export function useSampleCount(): number | undefined {
  const isReady = useRun((state) => state.engine === 'ready')
  const files = useRun((state) => state.files)
  const { data, training } = useDocument((state) => state.document)
  const [length, setLength] = useState<number>()
  const wanted = JSON.stringify([data.source, training.seed])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `files` are read under the names that the source holds
  useEffect(() => {
    if (!isReady) return
    let isCurrent = true
    const [source, seed] = JSON.parse(wanted) as [ChoiceOf, number]
    const timer = setTimeout(async () => {
      const outcome = await engine.previewData(source, { seed, count: 1 })
      if (isCurrent) setLength(outcome?.ok ? outcome.value.length : undefined)
    }, restMilliseconds)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [wanted, isReady, files])
  if (length === undefined) return undefined
  return trainingPart(length, data.validation ? 0 : training.validationSplit)
}

/** What is left of the samples when a share is held out. */
const trainingPart = (length: number, share: number): number => length - Math.max(0, Math.min(length - 1, Math.round(length * share)))
