/**
 * @file What validation tells of the network. In: the document, while it is sound. Out: names (`loss`, `accuracy` …), asked of the compiler once changes have
 * come to rest.
 */
import { useEffect, useState } from 'react'
import { engine } from '../engine/client'
import { useRun } from '../engine/run-store'
import { useDocument } from '../store/document'
import { useShaped } from '../store/shaped'

const restMilliseconds = 200

/** Undefined while it is not known, or not wanted. */
export function useMeasures(isWanted: boolean): readonly string[] | undefined {
  const shaped = useShaped()
  const isReady = useRun((state) => state.engine === 'ready')
  const [measures, setMeasures] = useState<readonly string[]>()
  useEffect(() => {
    const isSound = shaped.problems.every(({ severity }) => severity !== 'error')
    if (!isWanted || !isReady || !isSound) return
    let isCurrent = true
    const timer = setTimeout(async () => {
      const outcome = await engine.measures(useDocument.getState().document)
      if (isCurrent) setMeasures(outcome?.ok ? outcome.value : undefined)
    }, restMilliseconds)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [shaped, isReady, isWanted])
  return isWanted ? measures : undefined
}
