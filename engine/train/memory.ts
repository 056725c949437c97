/**
 * @file What training will take, before it begins. In: a document and a backend. Out: bytes, and the largest batch that fits. The passes
 * of the compiler are asked, not a formula, so what is forecast is what is taken.
 */
import { lower, type PassOptions, realize } from '../compile'
import { inMebibytes } from '../core/bytes'
import { type DiagnosedError, diagnosedError } from '../core/diagnostics'
import type { GraphDocument } from '../document/schema'
import type { Backend, MemoryUse } from '../runtime/backend'
import { unwrap } from './model'

/** Of a pass at the document's batch size; a backend that cannot tell beforehand compiles it. */
export async function memoryOf(document: GraphDocument, pass: PassOptions, backend: Backend): Promise<MemoryUse> {
  const lowered = unwrap(lower(document, pass))
  if (backend.forecast) return backend.forecast(lowered.program)
  const { executable, state } = unwrap(await realize(lowered, backend, undefined, pass))
  const { memory } = executable
  executable.dispose()
  state.dispose()
  return memory
}

const total = ({ scratchBytes, stateBytes }: MemoryUse): number => scratchBytes + stateBytes

/**
 * Why a step of `batchSize` samples cannot be trained: what it would need, what there is, and the largest batch that would fit. Undefined
 * where it does fit, or where the backend cannot tell.
 */
export function refusal(document: GraphDocument, update: PassOptions, backend: Backend, batchSize: number): DiagnosedError | undefined {
  const forecastAt = (size: number) => backend.forecast?.(unwrap(lower(document, { ...update, batchSize: size })).program)
  const forecast = forecastAt(batchSize)
  if (!forecast || total(forecast) <= forecast.limitBytes) return undefined
  const fits = largestBatch((size) => total(forecastAt(size) ?? forecast) - forecast.limitBytes, batchSize)
  const values = { got: inMebibytes(total(forecast)), expected: inMebibytes(forecast.limitBytes), batch: batchSize }
  return fits === undefined ? diagnosedError('train.memory.never', values) : diagnosedError('train.memory', { ...values, largest: fits })
}

/** The largest batch below `tooLarge` at which nothing is in excess; undefined if even one sample is too many. */
export function largestBatch(excess: (batchSize: number) => number, tooLarge: number): number | undefined {
  let fits = { size: 1, by: excess(1) }
  let over = { size: tooLarge, by: excess(tooLarge) }
  if (fits.by > 0) return undefined
  for (let turn = 1; over.size - fits.size > 1; turn++) {
    const between = over.size - fits.size
    // Memory grows nearly in proportion: the line between the two is a better guess than the middle, but for the last few.
    const guess = turn % 3 === 0 ? between >> 1 : Math.floor((between * -fits.by) / (over.by - fits.by))
    const size = fits.size + Math.min(Math.max(guess, 1), between - 1)
    const at = { size, by: excess(size) }
    if (at.by <= 0) fits = at
    else over = at
  }
  return fits.size
}
