/**
 * @file Which phases may run at the same time. In: phases in an order that is right, with the places in memory that each reads and writes.
 * Out: groups; threads wait for each other between groups only. A phase joins the earliest group behind all that it depends on (list
 * scheduling, Graham 1969), but not one from long ago, so that what it makes does not lie about; small phases that depend on each other
 * follow each other on one thread. The groups depend on the phases alone, never on the number of threads.
 */
import type { Phase } from './emitter'

export interface Step {
  readonly phase: Phase
  readonly reads: ReadonlySet<number>
  readonly writes: ReadonlySet<number>
  /** Paths of the nodes whose work it is. */
  readonly origins: readonly string[]
}

/** Steps that one thread does in order, or a single one whose units threads share. */
export interface Part {
  readonly steps: readonly Step[]
  readonly cost: number
}

export interface Group {
  readonly parts: readonly Part[]
  /** All threads take part; otherwise one thread does all parts in order. */
  readonly parallel: boolean
  /** In a scan: the number of the item. Groups of one scan that differ in it alone share their parts. */
  readonly item?: number
}

/** Below this many nanoseconds, waiting for each other costs more than a second thread saves. */
export const worthSharing = 4000
/** From this on a phase with enough units fills a group by itself: beside others it would only keep more memory busy. */
const enoughAlone = 40_000
const enoughUnits = 16
/** How many groups back a phase may join. */
const usualWindow = 8

/** Nanoseconds of phases that threads may share, with more than one unit. */
export const isShared = ({ phase }: Step): boolean => phase.units > 1 && phase.cost >= worthSharing

interface OpenPart {
  steps: Step[]
  cost: number
  /** The part that it has become part of. */
  into?: OpenPart
}

/** Where a step was put. */
interface Placed {
  readonly group: number
  readonly part: OpenPart
}

export function groupSteps(steps: readonly Step[], window = usualWindow): Group[] {
  const groups: OpenPart[][] = []
  const writers = new Map<number, Placed>()
  const readers = new Map<number, Placed[]>()
  for (const step of steps) {
    if (step.phase.units === 0) continue
    const before: Placed[] = []
    for (const place of [...step.reads, ...step.writes]) {
      const writer = writers.get(place)
      if (writer) before.push(writer)
    }
    for (const place of step.writes) before.push(...(readers.get(place) ?? []))
    const placed = placeStep(step, before, groups, window)
    for (const place of step.writes) {
      writers.set(place, placed)
      readers.delete(place)
    }
    for (const place of step.reads) {
      if (step.writes.has(place)) continue
      const known = readers.get(place)
      if (known) known.push(placed)
      else readers.set(place, [placed])
    }
  }
  return groups.map((parts) => ({ parts, parallel: isParallel(parts) }))
}

const costOf = (parts: readonly Part[]): number => parts.reduce((sum, { cost }) => sum + cost, 0)

function isParallel(parts: readonly Part[]): boolean {
  const [first] = parts
  return costOf(parts) >= worthSharing && (parts.length > 1 || (first?.steps.some(isShared) ?? false))
}

function placeStep(step: Step, before: readonly Placed[], groups: OpenPart[][], window: number): Placed {
  const { cost } = step.phase
  const last = before.reduce((latest, { group }) => Math.max(latest, group), -1)
  const parts = groups[last]
  if (parts && last === groups.length - 1 && !isShared(step)) {
    const awaited = [...new Set(before.flatMap(({ group, part }) => (group === last ? [presentPart(part)] : [])))]
    const first = awaited[0] as OpenPart
    const follows = awaited.every((part) => !part.steps.some(isShared))
    const inOrder = costOf(awaited) + cost
    // A chain gains nothing from a group of its own; a join of chains might.
    if (follows && (parts.length === 1 || inOrder <= Math.max(worthSharing, costOf(parts) / 2))) {
      for (const part of awaited.slice(1)) {
        first.steps.push(...part.steps)
        part.into = first
        parts.splice(parts.indexOf(part), 1)
      }
      first.steps.push(step)
      first.cost = inOrder
      return { group: last, part: first }
    }
  }
  const part: OpenPart = { steps: [step], cost }
  const alone = cost >= enoughAlone && step.phase.units >= enoughUnits
  const earliest = alone ? groups.length : Math.max(last + 1, groups.length - window)
  const group = groups[earliest]
  if (group) group.push(part)
  else groups.push([part])
  return { group: Math.min(earliest, groups.length - 1), part }
}

function presentPart(part: OpenPart): OpenPart {
  let present = part
  while (present.into) present = present.into
  return present
}
