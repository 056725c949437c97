/**
 * @file Gradient norms as pixels: one line a layer on a logarithmic axis, cool colours for the first layers, warm ones for the last, names beside the
 * ends. In: a canvas context, curves. Out: pixels. The horizontal axis is the whole run, so that what is still to come stays empty.
 */
import { spread, tracePath } from '../../../charts/path'
import { epochTicks, formatTick, logScale, type Scale } from '../../../charts/scale'
import type { Curves } from '../../../engine/series'

export interface NormsInput {
  readonly curves: Curves
  /** Nodes in forward order. */
  readonly nodes: readonly string[]
  readonly totalSteps: number
  readonly epochs: number
  /** Nodes that are warned of, or pointed at: they stand out. */
  readonly marked: ReadonlySet<string>
}

const MARGIN = { left: 46, right: 12, top: 10, bottom: 20 }
const LABEL_GAP = 13
const LABEL_ROOM = 110
const MOST_NAMES = 12

/** From blue over violet to orange, along the way through the network. */
export const normColour = (index: number, count: number): string =>
  `color-mix(in oklch longer hue, var(--data), var(--act) ${count > 1 ? Math.round((100 * index) / (count - 1)) : 0}%)`

/** Canvas knows no custom properties: the same mixture with the colours of the theme. */
const colourOf = (index: number, count: number, first: string, last: string): string =>
  `color-mix(in oklch longer hue, ${first}, ${last} ${count > 1 ? Math.round((100 * index) / (count - 1)) : 0}%)`

function scaleOf({ curves, nodes }: NormsInput): Scale {
  let low = Number.POSITIVE_INFINITY
  let high = 0
  for (const node of nodes) {
    const series = curves.get(node)
    for (let i = 0; i < (series?.length ?? 0); i++) {
      const value = series?.y[i] as number
      if (value > 0 && value < low) low = value
      if (value > high && Number.isFinite(value)) high = value
    }
  }
  return high > 0 ? logScale(low, high) : logScale(0.1, 1)
}

export function drawNorms(context: CanvasRenderingContext2D, width: number, height: number, input: NormsInput): void {
  const css = getComputedStyle(context.canvas)
  const colour = (name: string): string => css.getPropertyValue(name).trim()
  const { curves, nodes, totalSteps, epochs, marked } = input
  const names = width - MARGIN.left > 4 * LABEL_ROOM ? LABEL_ROOM : 0
  const [left, right, top, bottom] = [MARGIN.left, width - MARGIN.right - names, MARGIN.top, height - MARGIN.bottom]
  const scale = scaleOf(input)
  const across = (step: number): number => left + ((right - left) * step) / Math.max(1, totalSteps)
  const up = (value: number): number => bottom - (bottom - top) * scale.at(value)
  context.clearRect(0, 0, width, height)
  context.font = `10.5px ${colour('--mono')}`
  context.strokeStyle = colour('--line')
  context.fillStyle = colour('--faint')
  context.lineWidth = 1
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  for (const tick of scale.ticks) {
    const y = Math.round(up(tick)) + 0.5
    context.beginPath()
    context.moveTo(left, y)
    context.lineTo(right, y)
    context.stroke()
    context.fillText(formatTick(tick, scale), left - 8, y)
  }
  context.textAlign = 'center'
  context.textBaseline = 'alphabetic'
  for (const epoch of epochTicks(epochs, (right - left) / 44))
    context.fillText(String(epoch), across((epoch / epochs) * totalSteps), bottom + 15)

  context.lineJoin = 'round'
  const ends: { node: string; index: number; y: number }[] = []
  nodes.forEach((node, index) => {
    const series = curves.get(node)
    if (!series || series.length === 0) return
    context.strokeStyle = colourOf(index, nodes.length, colour('--data'), colour('--act'))
    context.lineWidth = marked.has(node) ? 2.6 : 1.3
    context.beginPath()
    tracePath(context, series.x, series.y, series.length, { x: across, y: up })
    context.stroke()
    const last = up(series.y[series.length - 1] as number)
    if (Number.isFinite(last)) ends.push({ node, index, y: last })
  })
  if (names === 0) return
  const named = ends.filter(({ node, index }) => ends.length <= MOST_NAMES || marked.has(node) || index === 0 || index === nodes.length - 1)
  const heights = spread(
    named.map(({ y }) => y),
    LABEL_GAP,
    top,
    bottom,
  )
  context.textAlign = 'left'
  context.textBaseline = 'middle'
  named.forEach(({ node, index }, i) => {
    const line = colourOf(index, nodes.length, colour('--data'), colour('--act'))
    context.fillStyle = `color-mix(in srgb, ${line} 60%, ${colour('--text')})`
    context.fillText(short(node), right + 10, heights[i] as number)
  })
}

/** The end of a path tells nodes apart. */
const short = (node: string): string => (node.length > 14 ? `…${node.slice(-13)}` : node)
