/**
 * @file How a loop kernel runs: which axis goes into vector lanes, what one unit of work is, what loops remain inside a unit.
 * In: a loop kernel. Out: a plan; it depends on the kernel alone, never on the number of threads, so results do not either.
 *
 *   map      no reduction: lanes along the axis that memory runs along
 *   column   lanes along a kept axis; each lane sums its own column (statistics over the batch)
 *            also elementwise work on blocks of narrow rows (loop-period.ts)
 *   row      lanes along a reduced axis; the lanes are added up at the end (softmax rows, losses)
 */
import type { LoopKernel } from '../../optimize/kernel'
import type { PeriodicLoop } from './loop-period'

export interface UnitAxis {
  readonly axis: number
  /** Steps along the axis, each of `step` points. */
  readonly count: number
  readonly step: number
}

export interface LoopPlan {
  readonly mode: 'map' | 'column' | 'row'
  readonly lane: number
  /** Four-lane vectors per innermost step. */
  readonly vectors: number
  /** Decoded from the unit's number, outermost first. */
  readonly units: readonly UnitAxis[]
  /** Axes walked inside a unit, outermost first; in map and row mode the lane axis comes last. */
  readonly loops: readonly number[]
  /** Where a reduced axis is cut: partial sums per chunk, added up afterwards. */
  readonly chunk?: UnitAxis
  /** Views that do not move along axis `blocks` repeat every `lanes` lanes. */
  readonly period?: { readonly blocks: number; readonly lanes: number }
}

/** Points of one unit of elementwise work, and how many units a large kernel should have. */
const unitPoints = 4096
const wantedUnits = 64
/** A column adds up this many rows at a time, so that rounding errors do not grow with the batch. */
const columnRows = 256
const mostChunks = 1024
const rowPoints = 8192

const product = (xs: readonly number[]): number => xs.reduce((p, x) => p * x, 1)
const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

export function planLoop(kernel: LoopKernel): LoopPlan {
  const reducing = kernel.results.some(({ reduce }) => reduce !== undefined)
  const lane = chooseLane(kernel, reducing)
  const kept = kernel.axes.length - kernel.reduced
  if (!reducing) return planMap(kernel, lane)
  return lane < kept ? planColumn(kernel, lane) : planRow(kernel, lane)
}

/** Strides along `axis` of everything the kernel reads and writes, with how much each weighs. */
function stridesAlong(kernel: LoopKernel, axis: number): { stride: number; weight: number }[] {
  const walks: { strides: readonly number[]; weight: number; reduced: boolean }[] = []
  for (const op of kernel.body) if (op.op === 'load') walks.push({ strides: op.view.strides, weight: 1, reduced: false })
  for (const result of kernel.results) walks.push({ strides: result.strides, weight: 1.5, reduced: result.reduce !== undefined })
  const points = (strides: readonly number[]) => product(kernel.axes.filter((_, a) => strides[a] !== 0))
  const most = Math.max(...walks.map(({ strides }) => points(strides)))
  return walks
    .filter(({ reduced }) => !reduced || axis < kernel.axes.length - kernel.reduced)
    .map(({ strides, weight, reduced }) => ({
      stride: strides[axis] as number,
      weight: weight * (reduced ? points(strides) / most : 1),
    }))
}

/** The axis along which lanes cost least: memory contiguous, extent large enough to fill vectors. */
function chooseLane(kernel: LoopKernel, reducing: boolean): number {
  let best = kernel.axes.length - 1
  let least = Number.POSITIVE_INFINITY
  const kept = kernel.axes.length - kernel.reduced
  kernel.axes.forEach((extent, axis) => {
    const waste = (4 * Math.ceil(extent / 4)) / extent
    const perStep = stridesAlong(kernel, axis).reduce(
      (sum, { stride, weight }) => sum + weight * (stride === 1 ? 1 : stride === 0 ? 0.4 : 5),
      // Work other than memory, and starting the loop once per row of lanes.
      0.2 * kernel.body.length + (reducing && axis < kept ? 4 / Math.max(1, product(kernel.axes.slice(kept))) : 24 / extent),
    )
    const cost = perStep * waste
    if (cost < least) {
      least = cost
      best = axis
    }
  })
  return best
}

/** Small bodies are unrolled further, to hide the loop. */
const vectorsFor = (kernel: LoopKernel, extent: number): number => {
  const fits = extent >= 64 && kernel.body.length <= 14 ? 4 : 2
  return Math.max(1, Math.min(fits, Math.ceil(extent / 4)))
}

/** Blocks of narrow rows: a block's lanes are one step, and the units are runs of blocks. */
export function planRows({ kernel, blocks, period }: PeriodicLoop): LoopPlan {
  const lane = blocks + 1
  const lanes = kernel.axes[lane] as number
  const count = kernel.axes[blocks] as number
  const step = Math.min(count, Math.ceil(Math.max(unitPoints, product(kernel.axes) / wantedUnits) / lanes))
  const units: UnitAxis[] = range(blocks).map((axis) => ({ axis, count: kernel.axes[axis] as number, step: 1 }))
  units.push({ axis: blocks, count: Math.ceil(count / step), step })
  return { mode: 'column', lane, vectors: lanes / 4, units, loops: [blocks], period: { blocks, lanes: period } }
}

function planMap(kernel: LoopKernel, lane: number): LoopPlan {
  const order = [...range(kernel.axes.length).filter((axis) => axis !== lane), lane]
  const extents = order.map((axis) => kernel.axes[axis] as number)
  const vectors = vectorsFor(kernel, kernel.axes[lane] as number)
  const target = Math.max(unitPoints, product(extents) / wantedUnits)
  // The first axis whose inside is small enough for one unit is where units are cut.
  const cut = extents.findIndex((_, i) => product(extents.slice(i + 1)) <= target)
  const inside = product(extents.slice(cut + 1))
  const isLane = cut === order.length - 1
  const whole = isLane ? 16 * Math.ceil(target / 16) : Math.max(1, Math.floor(target / inside))
  const step = Math.min(whole, extents[cut] as number)
  const units = order.slice(0, cut).map((axis) => ({ axis, count: kernel.axes[axis] as number, step: 1 }))
  units.push({ axis: order[cut] as number, count: Math.ceil((extents[cut] as number) / step), step })
  const loops = step === 1 && !isLane ? order.slice(cut + 1) : order.slice(cut)
  return { mode: 'map', lane, vectors, units, loops }
}

/** The reduced axis worth cutting, and its chunks; none when `points` is few enough for one run. */
function chunkOf(kernel: LoopKernel, perChunk: number, multiple: (axis: number) => number): UnitAxis | undefined {
  const reduced = range(kernel.axes.length).slice(kernel.axes.length - kernel.reduced)
  const total = product(reduced.map((axis) => kernel.axes[axis] as number))
  if (total <= 2 * perChunk) return undefined
  const axis = reduced.reduce((a, b) => ((kernel.axes[b] as number) > (kernel.axes[a] as number) ? b : a))
  const extent = kernel.axes[axis] as number
  const wanted = Math.max(perChunk, total / mostChunks) / (total / extent)
  const step = Math.max(1, Math.ceil(wanted / multiple(axis))) * multiple(axis)
  return step >= extent ? undefined : { axis, count: Math.ceil(extent / step), step }
}

function planColumn(kernel: LoopKernel, lane: number): LoopPlan {
  const extent = kernel.axes[lane] as number
  const keptCount = kernel.axes.length - kernel.reduced
  const accumulators = kernel.results.filter(({ reduce }) => reduce !== undefined).length
  const most = accumulators * kernel.body.length <= 24 ? 8 : 4
  const vectors = Math.max(1, Math.min(most, Math.ceil(extent / 4)))
  const others = range(keptCount).filter((axis) => axis !== lane)
  const blocks = Math.ceil(extent / (4 * vectors))
  const chunk = chunkOf(kernel, columnRows, () => 1)
  const units: UnitAxis[] = others.map((axis) => ({ axis, count: kernel.axes[axis] as number, step: 1 }))
  if (chunk) units.push(chunk)
  units.push({ axis: lane, count: blocks, step: 4 * vectors })
  return { mode: 'column', lane, vectors, units, loops: range(kernel.axes.length).slice(keptCount), ...(chunk ? { chunk } : {}) }
}

function planRow(kernel: LoopKernel, lane: number): LoopPlan {
  const keptCount = kernel.axes.length - kernel.reduced
  const vectors = vectorsFor(kernel, kernel.axes[lane] as number)
  const chunk = chunkOf(kernel, rowPoints, (axis) => (axis === lane ? 4 * vectors : 1))
  const units: UnitAxis[] = range(keptCount).map((axis) => ({ axis, count: kernel.axes[axis] as number, step: 1 }))
  if (chunk) units.push(chunk)
  const inner = range(kernel.axes.length).slice(keptCount)
  return { mode: 'row', lane, vectors, units, loops: [...inner.filter((axis) => axis !== lane), lane], ...(chunk ? { chunk } : {}) }
}
