/**
 * @file Which kernels must run after which, asked thousands of times while kernels are put together. In: kernels, and who reads what they
 * make. Out: whether one is reached from another. The kernels are kept in an order in which each stands behind what it reads, so a search
 * ends at the place of what it looks for; putting two together mends the order between their places only (a dynamic topological order,
 * Pearce and Kelly 2006).
 */
import { InternalError } from '../../core/diagnostics'
import type { Owner, Work } from './graph'

export type Readers = ReadonlyMap<Owner, ReadonlySet<Work>>

const none: ReadonlySet<Work> = new Set()

export class Precedence {
  private readonly order: (Work | undefined)[] = []
  private readonly ranks = new Map<Work, number>()

  /** `readers` follows what happens to the works. */
  constructor(
    works: readonly Work[],
    private readonly readers: Readers,
  ) {
    const waiting = new Map(works.map((work) => [work, 0]))
    for (const work of works) for (const next of this.after(work)) waiting.set(next, (waiting.get(next) ?? 0) + 1)
    const ready = works.filter((work) => waiting.get(work) === 0)
    for (let work = ready.pop(); work; work = ready.pop()) {
      this.put(this.order.length, work)
      for (const next of this.after(work)) {
        const left = (waiting.get(next) as number) - 1
        waiting.set(next, left)
        if (left === 0) ready.push(next)
      }
    }
    if (this.order.length < works.length) throw new InternalError('fuse', 'kernels wait for each other in a circle')
  }

  /** `work` stands where `before` stood: it makes no more than that did and reads nothing that comes later. */
  replace(before: Work, work: Work | undefined): void {
    const rank = this.rank(before)
    this.ranks.delete(before)
    if (work) this.put(rank, work)
    else this.order[rank] = undefined
  }

  /** `merged` does what `a` and `b` did; nothing lies between them. */
  merge(a: Work, b: Work, merged: Work): void {
    const [first, last] = [this.rank(a), this.rank(b)].sort((x, y) => x - y) as [number, number]
    const behind = this.reached(this.order[first] as Work, last)
    const between = this.order.slice(first + 1, last).filter((work) => work !== undefined)
    this.ranks.delete(a)
    this.ranks.delete(b)
    const order = [...between.filter((work) => !behind.has(work)), merged, ...between.filter((work) => behind.has(work))]
    for (let rank = first; rank <= last; rank++) this.put(rank, order[rank - first])
  }

  /** Whether a target has to run after `from`; `notAtOnce`: works that do not count as the first after it. */
  reaches(from: Work, targets: ReadonlySet<Work>, notAtOnce?: ReadonlySet<Work>): boolean {
    let last = -1
    for (const target of targets) last = Math.max(last, this.rank(target))
    const seen = new Set<Work>()
    const queue: Work[] = []
    const visit = (work: Work, but?: ReadonlySet<Work>): boolean => {
      for (const owner of work.writes)
        for (const next of this.readers.get(owner) ?? none) {
          if (this.rank(next) > last || seen.has(next) || but?.has(next)) continue
          if (targets.has(next)) return true
          seen.add(next)
          queue.push(next)
        }
      return false
    }
    if (this.rank(from) > last) return false
    if (visit(from, notAtOnce)) return true
    for (let work = queue.pop(); work; work = queue.pop()) if (visit(work)) return true
    return false
  }

  /** Everything that has to run after `from`, as far as it stands before a place. */
  private reached(from: Work, before: number): ReadonlySet<Work> {
    const seen = new Set<Work>()
    const queue = [from]
    for (let work = queue.pop(); work; work = queue.pop())
      for (const next of this.after(work)) {
        if (seen.has(next) || this.rank(next) >= before) continue
        seen.add(next)
        queue.push(next)
      }
    return seen
  }

  private after(work: Work): ReadonlySet<Work> {
    const found = new Set<Work>()
    for (const owner of work.writes) for (const reader of this.readers.get(owner) ?? none) if (reader !== work) found.add(reader)
    return found
  }

  private rank(work: Work): number {
    const rank = this.ranks.get(work)
    if (rank === undefined) throw new InternalError('fuse', 'a kernel stands nowhere')
    return rank
  }

  private put(rank: number, work: Work | undefined): void {
    this.order[rank] = work
    if (work) this.ranks.set(work, rank)
  }
}
