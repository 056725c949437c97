/**
 * @file The order in which kernels run, and which state slots are updated in place.
 * In: clusters, opaque kernels and the plan of the state. Out: works in order, each after everything it needs; for each slot the
 * owner that becomes the slot's own storage. A slot whose update cannot be in place is copied at the end.
 */
import { InternalError } from '../../core/diagnostics'
import { type Cluster, clusterOf, type Owner, type Storage, type Work } from './graph'
import type { StatePlan } from './placement'
import { copyLoop } from './scan'

export interface Schedule {
  readonly works: readonly Work[]
  /** Owner of an update → the state slot (a value id) in whose storage it lies. */
  readonly inPlace: ReadonlyMap<Owner, Owner>
}

export function schedule(works: readonly Work[], state: readonly StatePlan[], storage: Storage): Schedule {
  const graph = new Order(works)
  const inPlace = new Map<Owner, Owner>()
  const urgent = new Set<Work>()
  const copies: Cluster[] = []
  for (const slot of state) {
    if (!slot.update) continue
    const { owner, copy } = slot.update
    const maker = works.find((work) => work.writes.includes(owner))
    const readers = graph.readers(slot.value).filter((work) => work !== maker)
    const possible =
      !copy &&
      maker !== undefined &&
      overwrites(maker, owner, slot.value) &&
      works.filter((work) => work.writes.includes(owner)).length === 1 &&
      !graph.reachesAny(maker, readers)
    if (possible) {
      for (const reader of readers) graph.edge(reader, maker)
      inPlace.set(owner, slot.value)
      urgent.add(maker)
    } else copies.push(copyKernel(owner, slot.value, storage))
  }
  for (const copy of copies) graph.addOverwriting(copy)
  return { works: graph.sorted((work) => (urgent.has(work) ? -1 : lastValue(work, storage))), inPlace }
}

/** Where in the program a work's last value stands. */
const lastValue = (work: Work, storage: Storage): number => Math.max(...work.writes.map((owner) => storage.held(owner)))

const copyKernel = (from: Owner, to: Owner, storage: Storage): Cluster =>
  clusterOf([{ value: storage.held(from), owner: to }], copyLoop(from, to, storage.at(to)))

/** Whether the maker of `owner` may write over `slot`: it reads each element of the slot at most where it writes it. */
function overwrites(maker: Work, owner: Owner, slot: Owner): boolean {
  if (!maker.reads.includes(slot)) return true
  if (maker.kind === 'opaque') return false
  const { body, results } = maker.loop
  const result = results.find(({ buffer }) => buffer === owner)
  return (
    result !== undefined &&
    !result.reduce &&
    body.every((op) => {
      if (op.op === 'random') return op.key !== slot
      if (op.op !== 'load' || op.view.buffer !== slot) return true
      return op.view.offset === result.offset && op.view.strides.join() === result.strides.join()
    })
  )
}

/** Works and what must come before what. */
class Order {
  private readonly byReader = new Map<Owner, Work[]>()
  private readonly byWriter = new Map<Owner, Work[]>()
  private readonly next = new Map<Work, Set<Work>>()

  constructor(works: readonly Work[]) {
    for (const work of works) this.add(work)
  }

  readers(owner: Owner): readonly Work[] {
    return this.byReader.get(owner) ?? []
  }

  add(work: Work): void {
    this.next.set(work, new Set())
    for (const owner of work.writes) {
      // What is cleared is cleared before its parts are written; parts have no order among themselves.
      for (const other of this.byWriter.get(owner) ?? []) {
        if (clears(work, owner)) this.edge(work, other)
        if (clears(other, owner)) this.edge(other, work)
      }
      for (const reader of this.readers(owner)) this.edge(work, reader)
      push(this.byWriter, owner, work)
    }
    for (const owner of work.reads) {
      for (const writer of this.byWriter.get(owner) ?? []) this.edge(writer, work)
      push(this.byReader, owner, work)
    }
  }

  /** A work that writes over what others read: they read it first. */
  addOverwriting(work: Work): void {
    this.next.set(work, new Set())
    for (const owner of work.reads) for (const writer of this.byWriter.get(owner) ?? []) this.edge(writer, work)
    for (const owner of work.writes) for (const reader of this.readers(owner)) this.edge(reader, work)
  }

  edge(before: Work, after: Work): void {
    if (before !== after) this.next.get(before)?.add(after)
  }

  reachesAny(from: Work, targets: readonly Work[]): boolean {
    const wanted = new Set(targets)
    const seen = new Set<Work>()
    const queue = [...(this.next.get(from) ?? [])]
    for (let work = queue.pop(); work; work = queue.pop()) {
      if (wanted.has(work)) return true
      if (seen.has(work)) continue
      seen.add(work)
      queue.push(...(this.next.get(work) ?? []))
    }
    return false
  }

  /** Everything in order; among what could run next, the smallest key first. */
  sorted(key: (work: Work) => number): Work[] {
    const waiting = new Map<Work, number>()
    for (const work of this.next.keys()) waiting.set(work, 0)
    for (const after of this.next.values()) for (const work of after) waiting.set(work, (waiting.get(work) ?? 0) + 1)
    const ready = [...waiting].flatMap(([work, count]) => (count === 0 ? [{ work, key: key(work) }] : []))
    const order: Work[] = []
    while (ready.length > 0) {
      let best = 0
      for (let i = 1; i < ready.length; i++) if ((ready[i] as { key: number }).key < (ready[best] as { key: number }).key) best = i
      const { work } = ready.splice(best, 1)[0] as { work: Work }
      order.push(work)
      for (const after of this.next.get(work) ?? []) {
        const count = (waiting.get(after) as number) - 1
        waiting.set(after, count)
        if (count === 0) ready.push({ work: after, key: key(after) })
      }
    }
    if (order.length !== waiting.size) throw new InternalError('schedule', 'kernels wait for each other in a circle')
    return order
  }
}

const clears = (work: Work, owner: Owner): boolean =>
  work.kind === 'cluster' && work.roots.some((root) => root.owner === owner && root.clear)

function push(lists: Map<Owner, Work[]>, owner: Owner, work: Work): void {
  const list = lists.get(owner)
  if (list) list.push(work)
  else lists.set(owner, [work])
}
