/**
 * @file The points of one curve, outside React. In: points as they arrive. Out: typed arrays that the chart reads in place, raw and smoothed.
 * A curve never grows beyond `capacity`: when it is full, neighbours are averaged and later points are gathered in larger groups.
 */

/**
 * The moving average `s ← γ s + (1 − γ) y` (notes 002 §1) looks back over about `1 / (1 − γ)` points: an eighth of the run so far, so that the
 * steep beginning is not smeared over what follows, and at most ten points.
 */
const momentumAfter = (points: number): number => 1 - 1 / Math.min(10, 1 + points / 8)

export class Series {
  /** Steps, rising. */
  x = new Float64Array(1024)
  y = new Float64Array(1024)
  smooth = new Float64Array(1024)
  length = 0
  /** How many points that came in make one that is kept. */
  private group = 1
  private gatheredX = 0
  private gatheredY = 0
  private gathered = 0
  private average = 0
  private averaged = 0

  constructor(private readonly capacity = 1 << 17) {}

  push(x: number, y: number): void {
    this.gatheredX += x
    this.gatheredY += y
    if (++this.gathered < this.group) return
    this.append(this.gatheredX / this.gathered, this.gatheredY / this.gathered)
    this.gatheredX = this.gatheredY = this.gathered = 0
  }

  get lastX(): number | undefined {
    return this.length === 0 ? undefined : this.x[this.length - 1]
  }

  /** Index of the point nearest to `x`; -1 when there is none. */
  nearest(x: number): number {
    let low = 0
    let high = this.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.x[middle] as number) < x) low = middle + 1
      else high = middle
    }
    if (low > 0 && Math.abs((this.x[low - 1] as number) - x) <= Math.abs((this.x[low] as number) - x)) return low - 1
    return this.length === 0 ? -1 : low
  }

  private append(x: number, y: number): void {
    if (this.length === this.capacity) this.thin()
    if (this.length === this.x.length) this.grow()
    // A value that is not finite has no place in an average; the raw curve shows the gap.
    if (Number.isFinite(y)) {
      const momentum = momentumAfter(this.averaged++)
      this.average = momentum * this.average + (1 - momentum) * y
    }
    this.x[this.length] = x
    this.y[this.length] = y
    this.smooth[this.length] = this.averaged === 0 ? y : this.average
    this.length++
  }

  private thin(): void {
    const half = this.length >> 1
    for (const column of [this.x, this.y, this.smooth])
      for (let i = 0; i < half; i++) column[i] = ((column[2 * i] as number) + (column[2 * i + 1] as number)) / 2
    this.length = half
    this.group *= 2
  }

  private grow(): void {
    const larger = (column: Float64Array): Float64Array<ArrayBuffer> => {
      const copy = new Float64Array(Math.min(this.capacity, column.length * 2))
      copy.set(column)
      return copy
    }
    this.x = larger(this.x)
    this.y = larger(this.y)
    this.smooth = larger(this.smooth)
  }
}

/** The curves of one run by name: `loss`, `accuracy`, `validationLoss`, `validationAccuracy` and whatever else a loss measures. */
export class Curves {
  private readonly byName = new Map<string, Series>()

  get names(): readonly string[] {
    return [...this.byName.keys()]
  }

  get(name: string): Series | undefined {
    return this.byName.get(name)
  }

  push(name: string, step: number, value: number): void {
    let series = this.byName.get(name)
    if (!series) {
      series = new Series()
      this.byName.set(name, series)
    }
    series.push(step, value)
  }

  clear(): void {
    this.byName.clear()
  }
}
