/**
 * @file What a schedule is: the learning rate of every step. It is a run-time input of the program, so changing it compiles nothing anew.
 * Schedules are an OPEN set: one file each in engine/schedules/kinds/, found by being there. A rate follows from the number of the
 * step and from what validation has shown so far, and from nothing else, so a run that goes on from a checkpoint has the same rates.
 */
import type { Text } from '../core/text'
import { float, type IntSpec, int, type ParamSpecs, type ParamValues } from '../layers/kit/params'

export interface SchedulePoint {
  /** Steps already done. */
  readonly step: number
  /** The optimiser's own learning rate. */
  readonly base: number
  /** Losses of the validations before this step, the oldest first. */
  readonly validation: readonly number[]
}

export interface ScheduleDefinition<S extends ParamSpecs = ParamSpecs> {
  /** Equals the file's name and the name on the command line. */
  readonly kind: string
  readonly title: Text
  readonly summary: Text
  /** TeX. */
  readonly formula: string
  readonly reference: string
  readonly params: S
  /** Steps that it needs to have its effect. */
  readonly span?: (params: ParamValues<S>) => number
  /** It changes only with validations, and cannot do without them. */
  readonly needsValidation?: boolean
  rate(point: SchedulePoint, params: ParamValues<S>): number
  /** The rate as a Python expression of `step`; absent where it depends on more. */
  pytorch?(params: ParamValues<S>, base: number): string
}

export const defineSchedule = <const S extends ParamSpecs>(definition: ScheduleDefinition<S>): ScheduleDefinition<S> => definition

/** A number of steps after which something has come to its end. */
export const steps = (label: Text, help: Text, usual: number): IntSpec => int({ label, help, default: usual, min: 1, max: 1_000_000_000 })

/** The rate that a falling one ends at. */
export const finalRate = float({
  label: { en: 'Final rate', zh: '最终学习率' },
  help: { en: 'The learning rate once it has come down.', zh: '下降结束后的学习率。' },
  default: 0,
  min: 0,
})

/** What a rate is multiplied with each time it falls. */
export const dropFactor = (usual: number) =>
  float({
    label: { en: 'Factor', zh: '倍率' },
    help: { en: 'What the learning rate is multiplied with each time.', zh: '每次将学习率乘以该数。' },
    default: usual,
    min: 0,
    above: true,
    max: 1,
  })
