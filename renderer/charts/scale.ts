/** @file Axes. In: the range of some values. Out: a scale from values to [0, 1] with ticks that people read easily. */

export interface Scale {
  readonly low: number
  readonly high: number
  readonly log: boolean
  readonly ticks: readonly number[]
  /** 0 at `low`, 1 at `high`. */
  at(value: number): number
}

const STEPS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10]

/** Without the dust of binary fractions. */
const tidy = (value: number): number => Number(value.toPrecision(12))

/** The smallest pleasant number that is not below `value`. */
export function pleasant(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  const factor = STEPS.find((step) => step * power >= value * (1 - 1e-9)) ?? 10
  return tidy(factor * power)
}

/** From zero, or a pleasant number below it, in `intervals` equal parts. */
export function linearScale(min: number, max: number, intervals = 4): Scale {
  const bottom = Math.min(0, min)
  const step = pleasant(Math.max(max - bottom, 1e-12) / intervals)
  const low = bottom < 0 ? Math.floor(bottom / step) * step : 0
  const high = tidy(low + step * intervals >= max ? low + step * intervals : low + step * (intervals + 1))
  const count = Math.round((high - low) / step)
  const ticks = Array.from({ length: count + 1 }, (_, index) => tidy(low + index * step))
  return { low, high, log: false, ticks, at: (value) => (value - low) / (high - low) }
}

/** Whole powers of ten where there are several, else 1, 2 and 5 within them. Only values above zero have a place. */
export function logScale(min: number, max: number): Scale {
  const floor = Math.max(min, 1e-30)
  const ceiling = Math.max(max, floor * 1.01)
  const decades = Math.log10(ceiling / floor)
  const factors = decades > 2.5 ? [1] : [1, 2, 5]
  const ticks: number[] = []
  for (let power = Math.floor(Math.log10(floor)) - 1; power <= Math.ceil(Math.log10(ceiling)); power++)
    for (const factor of factors) ticks.push(factor * 10 ** power)
  const first = ticks.findLastIndex((tick) => tick <= floor)
  const last = ticks.findIndex((tick) => tick >= ceiling)
  const shown = ticks.slice(Math.max(0, first), last < 0 ? undefined : last + 1)
  const low = shown[0] ?? floor
  const high = shown.at(-1) ?? ceiling
  const every = Math.ceil(shown.length / 6)
  const span = Math.log(high / low) || 1
  return {
    low,
    high,
    log: true,
    ticks: shown.filter((_, index) => index % every === 0),
    at: (value) => (value > 0 ? Math.log(value / low) / span : Number.NEGATIVE_INFINITY),
  }
}

/** As many digits as tell the ticks apart. */
export function formatTick(value: number, scale: Scale): string {
  if (value === 0) return scale.high < 1 ? '0' : (0).toFixed(scale.high < 10 ? 1 : 0)
  if (Math.abs(value) >= 1e5 || Math.abs(value) < 1e-3) return value.toExponential(0).replace('e+', 'e')
  if (scale.log) return String(Number(value.toPrecision(2)))
  const step = Math.abs((scale.ticks[1] ?? 1) - (scale.ticks[0] ?? 0))
  const digits = [0, 1, 2, 3, 4, 5].find((count) => Math.abs(Number(step.toFixed(count)) - step) < step * 1e-6) ?? 5
  return value.toFixed(Math.max(digits, scale.high < 10 && scale.high >= 1 ? 1 : 0))
}

/** Whole numbers from 1 to `last`, few enough for `room` labels. */
export function epochTicks(last: number, room: number): readonly number[] {
  const every = Math.max(1, Math.ceil(pleasant(Math.max(1, last / Math.max(1, room)))))
  return Array.from({ length: Math.floor(last / every) }, (_, index) => (index + 1) * every)
}
