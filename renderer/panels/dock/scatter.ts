/** @file Points of the plane on a canvas. In: a context, points with classes, the visible region. Out: pixels; both axes keep one scale. */
import { classColour } from './class-colours'

export interface Region {
  readonly low: readonly [number, number]
  readonly high: readonly [number, number]
}

export interface PlanePoint {
  readonly x: number
  readonly y: number
  readonly label: number
}

/** Around all points, with a margin of a tenth. */
export function regionOf(points: readonly PlanePoint[]): Region {
  const low: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const high: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { x, y } of points) {
    low[0] = Math.min(low[0], x)
    low[1] = Math.min(low[1], y)
    high[0] = Math.max(high[0], x)
    high[1] = Math.max(high[1], y)
  }
  const margin = 0.1 * Math.max(high[0] - low[0], high[1] - low[1], 1e-6)
  return { low: [low[0] - margin, low[1] - margin], high: [high[0] + margin, high[1] + margin] }
}

/** The square (or rectangle) of the canvas that shows the region. */
export function placeRegion(width: number, height: number, { low, high }: Region): { left: number; top: number; scale: number } {
  const scale = Math.min(width / (high[0] - low[0]), height / (high[1] - low[1]))
  return { left: (width - (high[0] - low[0]) * scale) / 2, top: (height - (high[1] - low[1]) * scale) / 2, scale }
}

export function drawPoints(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  points: readonly PlanePoint[],
  region: Region,
): void {
  const css = getComputedStyle(context.canvas)
  const { left, top, scale } = placeRegion(width, height, region)
  context.strokeStyle = css.getPropertyValue('--panel').trim()
  context.lineWidth = 1
  const radius = points.length > 400 ? 2 : 3
  for (const { x, y, label } of points) {
    context.fillStyle = classColour(label, css)
    context.beginPath()
    context.arc(left + (x - region.low[0]) * scale, top + (region.high[1] - y) * scale, radius, 0, 2 * Math.PI)
    context.fill()
    context.stroke()
  }
}
