/**
 * @file Where the time of a training step goes on this machine. In: a document whose data is prepared, and a backend. Out: the median of
 * several steps for each kernel, in the order they run.
 */
import type { PreparedData } from '../datasets/prepare'
import type { Backend, KernelTime } from '../runtime/backend'
import { TrainingStep } from './training-step'

/** The first steps meet cold caches and code that is still being optimised. */
const WARM_UP = 3
const MEASURED = 7

/** Empty where the executor cannot measure. The weights are fresh, and forgotten afterwards. */
export async function profileStep(data: PreparedData, backend: Backend): Promise<readonly KernelTime[]> {
  const training = await TrainingStep.prepare(data, backend)
  try {
    const { executable } = await training.compiled()
    const inputs = await training.inputsOf(1, training.rateOf(1, []))
    for (let step = 0; step < WARM_UP; step++) executable.run(inputs)
    const runs: (readonly KernelTime[])[] = []
    for (let step = 0; step < MEASURED; step++) runs.push((await executable.profile?.(inputs)) ?? [])
    const [first = []] = runs
    return first.map((kernel, i) => ({ ...kernel, milliseconds: median(runs.map((run) => run[i]?.milliseconds ?? 0)) }))
  } finally {
    await training.dispose()
  }
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[sorted.length >> 1] ?? 0
}
