/**
 * @file Whether figures can be trusted. In: the share of processor time that others took before and during each round, and how our own time went
 * from round to round. Out: a word and the reason.
 */
import { median, quantile } from './statistics'

/** Others may take this share of the processors. */
export const mostBusy = 0.05
/** Of our own rounds' medians, the ninth tenth may be this much above the first. */
const mostSpread = 1.25

export interface Verdict {
  readonly trustworthy: boolean
  readonly reason: string
  /** Median of the rounds; undefined where the system does not say. */
  readonly takenByOthers?: number
  /** Ninth tenth ÷ first tenth of our rounds' medians. */
  readonly spread: number
}

const percent = (share: number): string => `${Math.round(100 * share)} %`

export function verdictOf(shares: readonly (number | undefined)[], ourRounds: readonly (readonly number[])[]): Verdict {
  const known = shares.filter((share) => share !== undefined)
  const takenByOthers = known.length > 0 ? median(known) : undefined
  const medians = ourRounds.filter((times) => times.length > 0).map(median)
  const spread = medians.length > 0 ? quantile(medians, 0.9) / quantile(medians, 0.1) : Number.NaN
  const facts = { takenByOthers, spread }
  if (takenByOthers !== undefined && takenByOthers > mostBusy)
    return {
      ...facts,
      trustworthy: false,
      reason: `others took ${percent(takenByOthers)} of the processors: trust neither times nor ratios`,
    }
  if (!(spread <= mostSpread))
    return { ...facts, trustworthy: false, reason: `our own time went up and down by a factor of ${spread.toFixed(2)}: trust no times` }
  if (takenByOthers === undefined) return { ...facts, trustworthy: true, reason: 'steady; the system does not say what else it did' }
  return { ...facts, trustworthy: true, reason: `quiet and steady (others ${percent(takenByOthers)}, spread ${spread.toFixed(2)})` }
}
