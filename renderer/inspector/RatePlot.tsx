/** @file The learning rate in the course of a run, small. In: the training settings and how many steps there will be. Out: a curve with its ends named. */
import type { TrainingSettings } from '../../engine/document/schema'
import { completeParams } from '../../engine/layers/kit/validate'
import { methods } from '../../engine/optimizers/registry'
import { rateAt } from '../../engine/schedules/rate'
import { schedules } from '../../engine/schedules/registry'
import { useWords } from '../i18n/i18n'
import { formatCount, formatSmall } from '../i18n/numbers'
import { trainingWords } from '../i18n/training-words'

const WIDTH = 240
const HEIGHT = 44
const MARGIN = 3

/** Rates at evenly spread steps, the first and the last among them. */
export function sampleRates(training: TrainingSettings, steps: number, points = 121): readonly number[] {
  const schedule = schedules.get(training.schedule?.kind ?? 'constant')
  const method = methods.get(training.optimizer.kind)
  if (!schedule || !method || !('lr' in method.params)) return []
  const { params } = completeParams(schedule.params, training.schedule?.params ?? {})
  const base = Number(completeParams(method.params, training.optimizer.params).params.lr)
  const rule = { schedule, params, base, warmup: training.warmup ?? 0 }
  const count = Math.min(points, steps)
  return Array.from({ length: count }, (_, i) =>
    rateAt(rule, { step: count === 1 ? 0 : Math.round((i * (steps - 1)) / (count - 1)), validation: [] }),
  )
}

export function RatePlot({ training, steps }: { readonly training: TrainingSettings; readonly steps: number }) {
  const say = useWords(trainingWords)
  const rates = sampleRates(training, steps)
  const [first, last] = [rates[0], rates.at(-1)]
  if (first === undefined || last === undefined) return null
  const most = Math.max(...rates)
  const x = (i: number): number => MARGIN + (i * (WIDTH - 2 * MARGIN)) / Math.max(1, rates.length - 1)
  const y = (rate: number): number => HEIGHT - MARGIN - (most > 0 ? (rate / most) * (HEIGHT - 2 * MARGIN) : 0)
  const values = { steps: formatCount(steps), first: formatSmall(first), last: formatSmall(last), most: formatSmall(most) }
  const waits = schedules.get(training.schedule?.kind ?? 'constant')?.needsValidation
  return (
    <figure className="rate-plot">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={say('ratePlot', values)}>
        <polyline points={rates.map((rate, i) => `${x(i).toFixed(1)},${y(rate).toFixed(1)}`).join(' ')} />
      </svg>
      <figcaption>
        <span>{values.first}</span>
        <span>{waits ? say('ratePlotFlat') : values.last}</span>
      </figcaption>
    </figure>
  )
}
