/**
 * @file The learning rate of a step: what the schedule says, times the warm-up's share (Goyal et al. 2017).
 * In: a schedule with its settings, the rate it starts from, a step. Out: the rate that the step is fed.
 */
import type { ParamSpecs, ParamValues } from '../layers/kit/params'
import type { ScheduleDefinition, SchedulePoint } from './kit'

export interface RateRule {
  readonly schedule: ScheduleDefinition
  readonly params: ParamValues<ParamSpecs>
  readonly base: number
  /** Steps until the rate has risen to what the schedule says; the first of N takes 1/N of it. */
  readonly warmup: number
}

export function rateAt({ schedule, params, base, warmup }: RateRule, { step, validation }: Omit<SchedulePoint, 'base'>): number {
  const rate = schedule.rate({ step, base, validation }, params)
  return step < warmup ? (rate * (step + 1)) / warmup : rate
}
