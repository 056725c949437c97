/**
 * @file Early stopping (notes 004 §early stopping; Prechelt 1998): training ends when a measure on the validation data has not got better for
 * some epochs. In: the settings and what validations have measured so far. Out: which of two is better, and whether the time has come.
 * It is worked out from the list of validations alone, so that a resumed run stops where an uninterrupted one does.
 */
import { diagnosedError } from '../core/diagnostics'
import type { TrainingSettings } from '../document/schema'
import { groupOf } from '../document/training-groups'
import type { ValidationPoint } from '../protocol/messages'
import { isHigherBetter, type Measured } from './metrics'

export class EarlyStopping {
  private constructor(
    readonly metric: string,
    private readonly patience: number,
    private readonly minDelta: number,
    readonly restoresBest: boolean,
  ) {}

  /** `measured` are the names of what the network measures beside its loss. */
  static of(training: TrainingSettings, hasValidation: boolean, measured: () => readonly string[]): EarlyStopping | undefined {
    const settings = groupOf(training, 'earlyStopping')
    if (!settings) return undefined
    if (!hasValidation) throw diagnosedError('train.early-stopping.validation', {})
    const { metric, patience, minDelta, restoreBest } = settings
    if (metric !== 'loss' && !measured().includes(metric))
      throw diagnosedError('train.early-stopping.metric', { got: metric, expected: ['loss', ...measured()].join(', ') })
    return new EarlyStopping(metric, patience, minDelta, restoreBest)
  }

  /** How much better the first is; below 0 it is worse. Any number is better than none. */
  gain(now: Measured, then: Measured): number {
    const [a, b] = [this.valueIn(now), this.valueIn(then)]
    if (Number.isNaN(b)) return Number.isNaN(a) ? 0 : Number.POSITIVE_INFINITY
    return isHigherBetter(this.metric) ? a - b : b - a
  }

  /** Whether the last validations have brought nothing. */
  isDue(points: readonly ValidationPoint[]): boolean {
    let best: ValidationPoint | undefined
    let without = 0
    for (const point of points) {
      const isGain = !best || this.gain(point, best) > this.minDelta
      without = isGain ? 0 : without + 1
      if (isGain) best = point
    }
    return without >= this.patience
  }

  private valueIn({ loss, metrics }: Measured): number {
    return this.metric === 'loss' ? loss : (metrics[this.metric] ?? Number.NaN)
  }
}
