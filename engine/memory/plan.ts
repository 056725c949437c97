/**
 * @file Where scratch buffers lie: buffers that are never needed at the same time share memory.
 * In: kernels in order. Out: a byte offset for each scratch buffer, and the peak. Offset assignment is greedy, largest first, each
 * into the tightest gap that stays free for its whole life (the "greedy by size" planner of Pisarchyk and Lee 2020); a few orders are
 * tried until one needs hardly more than any plan must, else the best is kept.
 */
import { bytesOf } from '../core/tensor'
import type { Buffer, BufferId, KernelProgram } from '../optimize/kernel'

/** From the kernel that first writes a buffer to the last that touches it, both included. */
export interface Life {
  readonly buffer: BufferId
  readonly bytes: number
  readonly first: number
  readonly last: number
}

export interface MemoryPlan {
  readonly offsets: ReadonlyMap<BufferId, number>
  readonly lives: readonly Life[]
  /** Bytes that the buffers need together. */
  readonly bytes: number
  /** The most bytes alive at any one kernel: no plan can need less. */
  readonly lowerBound: number
  /** What they would need without sharing. */
  readonly naiveBytes: number
}

/** Buffers start on cache lines. */
export const alignment = 64

export const aligned = (bytes: number): number => Math.ceil(bytes / alignment) * alignment

/** Lives of the scratch buffers, but for those in `kept`; `size`: bytes of one, where elements are not all of four. */
export function livesOf(
  program: KernelProgram,
  kept: ReadonlySet<BufferId>,
  size: (buffer: BufferId) => number = (buffer) => bytesOf((program.buffers[buffer] as Buffer).shape),
): Life[] {
  const first = new Map<BufferId, number>()
  const last = new Map<BufferId, number>()
  program.kernels.forEach((kernel, at) => {
    for (const buffer of [...kernel.writes, ...kernel.reads]) {
      if (!first.has(buffer)) first.set(buffer, at)
      last.set(buffer, at)
    }
  })
  return program.buffers.flatMap(({ role }, buffer) => {
    const start = first.get(buffer)
    const end = last.get(buffer)
    if (role !== 'scratch' || kept.has(buffer) || start === undefined || end === undefined) return []
    return [{ buffer, bytes: aligned(size(buffer)), first: start, last: end }]
  })
}

/** Another order would take longer than what it saves is worth. */
const closeEnough = 1.02

export interface PlanOptions {
  /** Where buffers may start. */
  readonly alignment?: number
  /** No buffer lies across a multiple of this: the memory is cut there. No buffer may be larger. */
  readonly segment?: number
}

export function planMemory(given: readonly Life[], { alignment: step = alignment, segment = Infinity }: PlanOptions = {}): MemoryPlan {
  const lives = given.map((life) => ({ ...life, bytes: Math.ceil(life.bytes / step) * step }))
  const span = ({ first, last }: Life) => last - first + 1
  const orders: ((a: Life, b: Life) => number)[] = [
    (a, b) => b.bytes - a.bytes || a.first - b.first,
    (a, b) => b.bytes * span(b) - a.bytes * span(a) || a.first - b.first,
    (a, b) => span(b) - span(a) || b.bytes - a.bytes,
    (a, b) => a.first - b.first || b.bytes - a.bytes,
  ]
  const lowerBound = mostAlive(lives)
  let best: { offsets: Map<BufferId, number>; bytes: number } | undefined
  for (const order of orders) {
    const placed = assign([...lives].sort(order), segment)
    if (!best || placed.bytes < best.bytes) best = placed
    if (best.bytes <= closeEnough * lowerBound) break
  }
  return {
    offsets: best?.offsets ?? new Map(),
    lives,
    bytes: best?.bytes ?? 0,
    lowerBound,
    naiveBytes: lives.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/** Places each life in turn into the smallest sufficient gap between those placed before that live at the same time. */
function assign(lives: readonly Life[], segment: number): { offsets: Map<BufferId, number>; bytes: number } {
  const offsets = new Map<BufferId, number>()
  const placed: { readonly first: number; readonly last: number; readonly start: number; readonly end: number }[] = []
  let bytes = 0
  const fitted = (start: number, size: number): number => (start % segment <= segment - size ? start : Math.ceil(start / segment) * segment)
  for (const { buffer, bytes: size, first, last } of lives) {
    let start = 0
    let best: { start: number; slack: number } | undefined
    // `placed` is kept in order of start.
    for (const other of placed) {
      if (other.last < first || other.first > last) continue
      // Most gaps are none.
      if (other.start > start) {
        const candidate = fitted(start, size)
        const slack = other.start - candidate - size
        if (slack >= 0 && (!best || slack < best.slack)) best = { start: candidate, slack }
      }
      if (other.end > start) start = other.end
    }
    const at = best?.start ?? fitted(start, size)
    const position = placed.findIndex((other) => other.start > at)
    placed.splice(position < 0 ? placed.length : position, 0, { first, last, start: at, end: at + size })
    offsets.set(buffer, at)
    bytes = Math.max(bytes, at + size)
  }
  return { offsets, bytes }
}

function mostAlive(lives: readonly Life[]): number {
  const changes = new Map<number, number>()
  for (const { first, last, bytes } of lives) {
    changes.set(first, (changes.get(first) ?? 0) + bytes)
    changes.set(last + 1, (changes.get(last + 1) ?? 0) - bytes)
  }
  let alive = 0
  let most = 0
  for (const [, change] of [...changes].sort(([a], [b]) => a - b)) {
    alive += change
    most = Math.max(most, alive)
  }
  return most
}
