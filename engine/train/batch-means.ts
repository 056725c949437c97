/**
 * @file Means over several batches, exactly those that one batch of everything would have. In: for each batch its losses, metrics and, where masks
 * decide, of how much each is the mean. Out: the loss and metrics of all.
 */
import type { TensorData } from '../core/tensor'
import { outputNames } from '../ir/names'
import { isPerplexity as isPerplexityMetric, type Measured, measuredFrom } from './metrics'

const COUNT = outputNames.count('')
const SUMMAND = outputNames.summand('')
const METRIC = outputNames.metric('')

const isPerplexity = (output: string): boolean => output.startsWith(METRIC) && isPerplexityMetric(output.slice(METRIC.length))

export class BatchMeans {
  private readonly sums = new Map<string, { readonly sum: number; readonly weight: number }>()

  /** Whether this output of a program is one that means are made of. */
  static takes(name: string): boolean {
    return name === 'loss' || [METRIC, COUNT, SUMMAND].some((prefix) => name.startsWith(prefix))
  }

  add(outputs: Readonly<Record<string, TensorData>>, samples: number): void {
    for (const [name, [given = Number.NaN]] of Object.entries(outputs)) {
      if (!BatchMeans.takes(name) || name.startsWith(COUNT)) continue
      const { sum, weight } = this.sums.get(name) ?? { sum: 0, weight: 0 }
      const counted = outputs[outputNames.count(name)]?.[0] ?? samples
      const value = isPerplexity(name) ? Math.log(given) : given
      // Where nothing counts, the mean of it says nothing.
      this.sums.set(name, counted === 0 ? { sum, weight } : { sum: sum + value * counted, weight: weight + counted })
    }
  }

  /** Of what never counted the mean is 0, as a masked loss is. */
  take(): Measured {
    const means = [...this.sums].map(([name, { sum, weight }]) => {
      const mean = weight === 0 ? 0 : sum / weight
      return [name, isPerplexity(name) ? Math.exp(mean) : mean] as const
    })
    const summands = means.filter(([name]) => name.startsWith(SUMMAND))
    const loss = summands.reduce((sum, [, value]) => sum + value, 0)
    const { metrics, ...plain } = measuredFrom(Object.fromEntries(means.map(([name, mean]) => [name, [mean]])))
    return { loss: summands.length > 0 ? loss : plain.loss, metrics }
  }
}
