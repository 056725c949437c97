/**
 * @file One curve as a line on a canvas. In: typed arrays and where values lie. Out: a path with at most a few points a pixel column, so that
 * a hundred thousand points draw like a thousand and no peak is lost.
 */

export interface Placement {
  x(value: number): number
  y(value: number): number
}

/** Adds the curve to the context's current path; values that are not finite leave a gap. */
export function tracePath(
  context: Pick<CanvasRenderingContext2D, 'moveTo' | 'lineTo'>,
  xs: Float64Array,
  ys: Float64Array,
  length: number,
  place: Placement,
): void {
  let drawing = false
  let column = Number.NaN
  let low = 0
  let high = 0
  let last = 0
  const close = (): void => {
    if (Number.isNaN(column)) return
    if (high !== low) {
      context.lineTo(column, low)
      context.lineTo(column, high)
      context.lineTo(column, last)
    }
  }
  for (let index = 0; index < length; index++) {
    const y = place.y(ys[index] as number)
    if (!Number.isFinite(y)) {
      close()
      drawing = false
      column = Number.NaN
      continue
    }
    const exact = place.x(xs[index] as number)
    // Half-pixel columns look smooth on dense screens and still bound the number of points.
    const x = Math.round(exact * 2) / 2
    if (drawing && x === column) {
      if (y < low) low = y
      if (y > high) high = y
      last = y
      continue
    }
    close()
    if (drawing) context.lineTo(x, y)
    else context.moveTo(x, y)
    drawing = true
    column = x
    low = high = last = y
  }
  close()
}

/** Moves labels apart along one axis: at least `gap` between neighbours, all within [`low`, `high`], as near to where they want to be as can be. */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] as number) - (wanted[b] as number))
  const placed = [...wanted]
  let floor = low
  for (const index of order) {
    placed[index] = Math.max(floor, placed[index] as number)
    floor = (placed[index] as number) + gap
  }
  let ceiling = high
  for (const index of order.reverse()) {
    placed[index] = Math.min(ceiling, placed[index] as number)
    ceiling = (placed[index] as number) - gap
  }
  return placed
}
