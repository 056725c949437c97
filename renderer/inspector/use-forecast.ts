/**
 * @file What training the document will take. In: the document, while it is sound, and the chosen executor. Out: bytes and how many there
 * are, asked of the compiler once changes have come to rest.
 */
import { useEffect, useState } from 'react'
import { engine } from '../engine/client'
import { useRun } from '../engine/run-store'
import { useDocument } from '../store/document'
import { useShaped } from '../store/shaped'

const restMilliseconds = 300

export interface Forecast {
  readonly bytes: number
  readonly limitBytes: number
}

/** Undefined while it is not known, or where it cannot be. */
export function useForecast(): Forecast | undefined {
  const shaped = useShaped()
  const backend = useRun((state) => state.backend)
  const isReady = useRun((state) => state.engine === 'ready')
  const [forecast, setForecast] = useState<Forecast>()
  useEffect(() => {
    let isCurrent = true
    const isTrainable =
      shaped.problems.every(({ severity }) => severity !== 'error') && shaped.graph.nodes.some(({ layer }) => layer.role?.type === 'loss')
    const timer = setTimeout(async () => {
      const { document } = useDocument.getState()
      const outcome = isReady && isTrainable ? await engine.forecast({ document, backend }) : undefined
      if (!isCurrent) return
      const found = outcome?.ok ? outcome.value : undefined
      setForecast(found && { bytes: found.scratchBytes + found.stateBytes, limitBytes: found.limitBytes })
    }, restMilliseconds)
    return () => {
      isCurrent = false
      clearTimeout(timer)
    }
  }, [shaped, backend, isReady])
  return forecast
}
