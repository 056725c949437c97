/**
 * @file The training chart as pixels: the loss on the left axis, accuracy on the right, the raw series faint behind the smoothed one, names
 * beside the lines. In: a canvas context, curves, colours. Out: pixels, and the scales for whoever points at them. The horizontal axis is the
 * whole run, so that what is still to come stays empty.
 */
import type { Curves, Series } from '../engine/series'
import { spread, tracePath } from './path'
import { epochTicks, formatTick, linearScale, logScale, type Scale } from './scale'

export interface CurveStyle {
  /** Of the curves. */
  readonly name: string
  readonly label: string
  /** Custom property that holds its colour. */
  readonly colour: string
  readonly axis: 'loss' | 'share'
  /** Few points, each one a measurement of its own: drawn as it is, with dots. */
  readonly sparse?: boolean
  /** Stands back behind the others. */
  readonly quiet?: boolean
}

export interface ChartInput {
  readonly curves: Curves
  readonly styles: readonly CurveStyle[]
  readonly totalSteps: number
  readonly epochs: number
  readonly log: boolean
  /** A step to mark. */
  readonly hover?: number
}

export interface ChartFrame {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

const MARGIN = { left: 40, right: 40, top: 14, bottom: 20 }
const LABEL_GAP = 14
/** Room that a name takes beside the end of its line. */
const LABEL_ROOM = 150

export const frameOf = (width: number, height: number): ChartFrame => ({
  left: MARGIN.left,
  right: width - MARGIN.right,
  top: MARGIN.top,
  bottom: height - MARGIN.bottom,
})

/** Smallest and largest value, by the smoothed line where there is one: an outlier must not flatten the rest. */
function rangeOf(series: Series, sparse: boolean): readonly [number, number] {
  const values = sparse ? series.y : series.smooth
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (let index = 0; index < series.length; index++) {
    const value = values[index] as number
    if (value < low) low = value
    if (value > high && value < Number.POSITIVE_INFINITY) high = value
  }
  return [low, high]
}

/** The left axis. */
export function lossScale(input: ChartInput): Scale {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const style of input.styles) {
    const series = style.axis === 'loss' ? input.curves.get(style.name) : undefined
    if (!series || series.length === 0) continue
    const [from, to] = rangeOf(series, style.sparse === true)
    low = Math.min(low, from)
    high = Math.max(high, to)
  }
  if (!(high >= low)) return linearScale(0, 1)
  return input.log && low > 0 ? logScale(low, high) : linearScale(low, high)
}

const SHARE_TICKS = [0, 0.25, 0.5, 0.75, 1]

export function drawCurves(context: CanvasRenderingContext2D, width: number, height: number, input: ChartInput): void {
  const css = getComputedStyle(context.canvas)
  const colour = (name: string): string => css.getPropertyValue(name).trim()
  const frame = frameOf(width, height)
  const scale = lossScale(input)
  const across = (step: number): number => frame.left + ((frame.right - frame.left) * step) / Math.max(1, input.totalSteps)
  const up = (share: number): number => frame.bottom - (frame.bottom - frame.top) * share
  const hasShare = input.styles.some(({ axis, name }) => axis === 'share' && (input.curves.get(name)?.length ?? 0) > 0)
  context.clearRect(0, 0, width, height)
  drawAxes(context, frame, { scale, up, across, hasShare, input, line: colour('--line'), ink: colour('--faint'), mono: colour('--mono') })

  context.save()
  context.beginPath()
  context.rect(frame.left, frame.top - 3, frame.right - frame.left + 3, frame.bottom - frame.top + 6)
  context.clip()
  context.lineJoin = 'round'
  const placed: { style: CurveStyle; x: number; y: number }[] = []
  for (const style of input.styles) {
    const series = input.curves.get(style.name)
    if (!series || series.length === 0) continue
    const y = style.axis === 'loss' ? (value: number) => up(scale.at(value)) : up
    drawSeries(context, series, style, { x: across, y }, colour(style.colour))
    const last = (style.sparse ? series.y : series.smooth)[series.length - 1] as number
    if (!style.quiet && Number.isFinite(y(last))) placed.push({ style, x: across(series.lastX ?? 0), y: y(last) })
  }
  if (input.hover !== undefined) drawMarker(context, frame, input, { across, up, scale, colour })
  context.restore()
  drawNames(context, frame, placed, colour)
}

interface Axes {
  readonly scale: Scale
  readonly up: (share: number) => number
  readonly across: (step: number) => number
  readonly hasShare: boolean
  readonly input: ChartInput
  readonly line: string
  readonly ink: string
  readonly mono: string
}

function drawAxes(context: CanvasRenderingContext2D, frame: ChartFrame, axes: Axes): void {
  const { scale, up, across, hasShare, input, line, ink, mono } = axes
  context.font = `10.5px ${mono}`
  context.textBaseline = 'middle'
  context.strokeStyle = line
  context.fillStyle = ink
  context.lineWidth = 1
  context.textAlign = 'right'
  for (const tick of scale.ticks) {
    const y = Math.round(up(scale.at(tick))) + 0.5
    context.beginPath()
    context.moveTo(frame.left, y)
    context.lineTo(frame.right, y)
    context.stroke()
    context.fillText(formatTick(tick, scale), frame.left - 8, y)
  }
  context.textAlign = 'left'
  if (hasShare) for (const share of SHARE_TICKS) context.fillText(`${share * 100}%`, frame.right + 8, Math.round(up(share)) + 0.5)
  context.textAlign = 'center'
  context.textBaseline = 'alphabetic'
  for (const epoch of epochTicks(input.epochs, (frame.right - frame.left) / 44)) {
    const x = across((epoch / input.epochs) * input.totalSteps)
    context.fillText(String(epoch), x, frame.bottom + 15)
  }
}

function drawSeries(
  context: CanvasRenderingContext2D,
  series: Series,
  style: CurveStyle,
  place: { x(value: number): number; y(value: number): number },
  colour: string,
): void {
  context.strokeStyle = colour
  context.fillStyle = colour
  const line = (values: Float64Array, alpha: number, thickness: number): void => {
    context.globalAlpha = alpha
    context.lineWidth = thickness
    context.beginPath()
    tracePath(context, series.x, values, series.length, place)
    context.stroke()
  }
  if (style.sparse) {
    line(series.y, 1, 1.6)
    if (series.length <= 60)
      for (let index = 0; index < series.length; index++) {
        context.beginPath()
        context.arc(place.x(series.x[index] as number), place.y(series.y[index] as number), 2.2, 0, 2 * Math.PI)
        context.fill()
      }
  } else {
    if (!style.quiet) line(series.y, 0.3, 1)
    line(series.smooth, style.quiet ? 0.45 : 1, style.quiet ? 1.2 : 2)
  }
  context.globalAlpha = 1
}

/** A line at the pointed-at step and a dot on every curve there. */
function drawMarker(
  context: CanvasRenderingContext2D,
  frame: ChartFrame,
  input: ChartInput,
  at: { across(step: number): number; up(share: number): number; scale: Scale; colour(name: string): string },
): void {
  const x = at.across(input.hover ?? 0)
  context.strokeStyle = at.colour('--line-strong')
  context.lineWidth = 1
  context.beginPath()
  context.moveTo(x, frame.top)
  context.lineTo(x, frame.bottom)
  context.stroke()
  for (const style of input.styles) {
    const series = input.curves.get(style.name)
    const index = series?.nearest(input.hover ?? 0) ?? -1
    if (!series || index < 0) continue
    const value = (style.sparse ? series.y : series.smooth)[index] as number
    const y = at.up(style.axis === 'loss' ? at.scale.at(value) : value)
    if (!Number.isFinite(y)) continue
    context.fillStyle = at.colour(style.colour)
    context.strokeStyle = at.colour('--panel')
    context.lineWidth = 2
    context.beginPath()
    context.arc(at.across(series.x[index] as number), y, 4, 0, 2 * Math.PI)
    context.fill()
    context.stroke()
  }
}

/** Names beside the ends of their lines; near the right edge they stand above the lines instead, cut out of what lies behind them. */
function drawNames(
  context: CanvasRenderingContext2D,
  frame: ChartFrame,
  ends: readonly { readonly style: CurveStyle; readonly x: number; readonly y: number }[],
  colour: (name: string) => string,
): void {
  if (ends.length === 0) return
  const end = Math.max(...ends.map(({ x }) => x))
  const beside = end + LABEL_ROOM <= frame.right
  const ys = ends.map(({ y }) => y)
  const heights = beside ? spread(ys, LABEL_GAP, frame.top - 4, frame.bottom - 4) : aboveLines(ys, frame)
  context.font = `10.5px ${colour('--mono')}`
  context.textBaseline = 'middle'
  context.textAlign = beside ? 'left' : 'right'
  context.lineJoin = 'round'
  ends.forEach(({ style }, index) => {
    const y = heights[index] as number
    const x = beside ? end + 10 : frame.right - 6
    const words = beside ? `● ${style.label}` : `${style.label} ●`
    context.strokeStyle = colour('--panel')
    context.lineWidth = 4
    context.strokeText(words, x, y)
    // Mixed with the ink of the theme, so that the words keep their contrast on both.
    context.fillStyle = `color-mix(in srgb, ${colour(style.colour)} 64%, ${colour('--text')})`
    context.fillText(words, x, y)
  })
}

/** Above the lines; the lowest name goes below its line where there is room, so that two close lines do not run through it. */
function aboveLines(ys: readonly number[], frame: ChartFrame): number[] {
  const lowest = Math.max(...ys)
  const below = ys.length > 1 && lowest + LABEL_GAP < frame.bottom
  // Names that collide give way upwards: spread as if the chart hung upside down.
  return spread(
    ys.map((y) => -(y === lowest && below ? y + 9 : y - 9)),
    LABEL_GAP,
    -(frame.bottom - 6),
    -(frame.top - 8),
  ).map((y) => -y)
}
