/**
 * @file Keeping count. In: losses and metrics of single batches. Out: means weighted by samples, and curves whose length is bounded
 * however long a run lasts.
 */
import { outputNames } from '../ir/names'
import type { MetricsPoint } from '../protocol/messages'

export interface Measured {
  readonly loss: number
  readonly metrics: Readonly<Record<string, number>>
}

const METRIC = outputNames.metric('')

/** Scalars of a run by the names its outputs have. */
export function measuredFrom(outputs: Readonly<Record<string, ArrayLike<number>>>): Measured {
  const metrics: Record<string, number> = {}
  for (const [name, data] of Object.entries(outputs)) if (name.startsWith(METRIC)) metrics[name.slice(METRIC.length)] = data[0] as number
  return { loss: outputs.loss?.[0] as number, metrics }
}

/** The outputs of a program that `measuredFrom` reads. */
export const measuredNames = (outputs: readonly { readonly name: string }[]): readonly string[] =>
  outputs.map(({ name }) => name).filter((name) => name === 'loss' || name.startsWith(METRIC))

/** The exponential of a mean: over several batches it is the means that are averaged (notes 002 §7). */
export const isPerplexity = (name: string): boolean => name.slice(name.lastIndexOf('.') + 1) === 'perplexity'

/** Of shares of right answers more is better, of everything else that is measured less. */
export const isHigherBetter = (name: string): boolean => name.slice(name.lastIndexOf('.') + 1) === 'accuracy'

/** Names of what a program measures beside its loss. */
export const metricNames = (outputs: readonly { readonly name: string }[]): readonly string[] =>
  outputs.flatMap(({ name }) => (name.startsWith(METRIC) ? [name.slice(METRIC.length)] : []))

export class Mean {
  private weight = 0
  private loss = 0
  private metrics: Record<string, number> = {}

  get isEmpty(): boolean {
    return this.weight === 0
  }

  add({ loss, metrics }: Measured, samples: number): void {
    this.weight += samples
    this.loss += loss * samples
    for (const [name, value] of Object.entries(metrics))
      this.metrics[name] = (this.metrics[name] ?? 0) + (isPerplexity(name) ? Math.log(value) : value) * samples
  }

  /** The mean so far, and begins anew. */
  take(): Measured {
    const { weight } = this
    const mean = {
      loss: this.loss / weight,
      metrics: Object.fromEntries(
        Object.entries(this.metrics).map(([name, sum]) => [name, isPerplexity(name) ? Math.exp(sum / weight) : sum / weight]),
      ),
    }
    this.weight = 0
    this.loss = 0
    this.metrics = {}
    return mean
  }
}

const MAX_POINTS = 2000

/** When it is full, neighbours are merged two by two, so that its resolution halves and its extent stays. */
export class Curve {
  private stride = 1
  private waiting: MetricsPoint[] = []

  constructor(
    private readonly limit = MAX_POINTS,
    private stored: MetricsPoint[] = [],
  ) {}

  get points(): readonly MetricsPoint[] {
    return this.stored
  }

  add(point: MetricsPoint): void {
    this.waiting.push(point)
    if (this.waiting.length < this.stride) return
    this.stored.push(merge(this.waiting))
    this.waiting = []
    if (this.stored.length < this.limit) return
    const halved: MetricsPoint[] = []
    for (let i = 0; i < this.stored.length; i += 2) halved.push(merge(this.stored.slice(i, i + 2)))
    this.stored = halved
    this.stride *= 2
  }
}

function merge(points: readonly MetricsPoint[]): MetricsPoint {
  const mean = new Mean()
  for (const point of points) mean.add(point, 1)
  const last = points.at(-1) as MetricsPoint
  return { step: last.step, epoch: last.epoch, ...mean.take() }
}
