/**
 * @file Makes few good kernels of many small ones. Two moves, each taken when the cost model says the program gets cheaper:
 * put two clusters over the same space together; take storage from a value and compute it where it is read.
 * In: the first cut. Out: clusters and storage that no single move improves.
 */
import { sizeOf } from '../../core/tensor'
import { buildLoop, CannotFuse, patternOf } from './body'
import { type Cluster, clusterOf, isPointwise, type Opaque, type Owner, type Root, type Storage, type Work } from './graph'
import type { Placement } from './placement'
import { Precedence } from './precedence'
import type { BufferLimit } from './split'

/** More results than this in one kernel and registers run out. */
const maxResults = 8
/** A move must gain something, lest rounding in the cost model decide. */
const leastGain = 1
/** Merging large kernels for less than this part of a pass over memory only ties up their operands. */
const worthwhileShare = 0.2
const large = 8192
const startCost = 600

export function mergeClusters(placement: Placement): readonly Cluster[] {
  const bench = new Bench(placement)
  for (let round = 0; round < 4; round++) {
    const merged = bench.mergeAll()
    const demoted = bench.demoteAll()
    if (!merged && !demoted) break
  }
  return bench.clusters()
}

class Bench {
  private readonly storage: Storage
  private readonly opaques: readonly Opaque[]
  private readonly fixed: ReadonlySet<Owner>
  private readonly limit: BufferLimit
  /** Owner of an update → the state slot (a value id) that takes it. */
  private readonly slotOfUpdate: ReadonlyMap<Owner, Owner>
  /** Slots are emptied as clusters merge; the order of the program otherwise. */
  private readonly slots: (Cluster | undefined)[]
  private readonly slotOf = new Map<Work, number>()
  private readonly makers = new Map<Owner, number>()
  private readonly readers = new Map<Owner, Set<Work>>()
  private readonly precedence: Precedence
  /** What pairs of clusters would be as one, as far as that was asked; null: they cannot be one. */
  private readonly trials = new WeakMap<Cluster, WeakMap<Cluster, Cluster | null>>()

  constructor(placement: Placement) {
    this.limit = placement.limit
    this.storage = placement.storage
    this.opaques = placement.opaques
    this.fixed = placement.fixed
    this.slotOfUpdate = new Map(placement.state.flatMap(({ value, update }) => (update ? [[update.owner, value] as const] : [])))
    this.slots = new Array<Cluster | undefined>(placement.clusters.length)
    for (const [slot, cluster] of placement.clusters.entries()) this.put(slot, cluster)
    for (const opaque of this.opaques) this.addReader(opaque)
    this.precedence = new Precedence([...placement.clusters, ...this.opaques], this.readers)
  }

  clusters(): readonly Cluster[] {
    return this.slots.filter((cluster) => cluster !== undefined)
  }

  private put(slot: number, cluster: Cluster | undefined): void {
    const before = this.slots[slot]
    if (before) {
      this.slotOf.delete(before)
      for (const owner of before.writes) if (this.makers.get(owner) === slot) this.makers.delete(owner)
      for (const owner of before.reads) this.readers.get(owner)?.delete(before)
    }
    this.slots[slot] = cluster
    if (!cluster) return
    this.slotOf.set(cluster, slot)
    for (const owner of cluster.writes) this.makers.set(owner, slot)
    this.addReader(cluster)
  }

  private replace(slot: number, cluster: Cluster | undefined): void {
    const before = this.slots[slot]
    if (before) this.precedence.replace(before, cluster)
    this.put(slot, cluster)
  }

  private addReader(work: Work): void {
    for (const owner of work.reads) {
      const known = this.readers.get(owner)
      if (known) known.add(work)
      else this.readers.set(owner, new Set([work]))
    }
  }

  private build(roots: readonly Root[]): Cluster | undefined {
    try {
      const cluster = clusterOf(roots, buildLoop(roots, this.storage))
      return this.limit.allows(cluster) ? cluster : undefined
    } catch (reason) {
      if (reason instanceof CannotFuse) return undefined
      throw reason
    }
  }

  /** Puts clusters together that share what they read, or of which one reads what the other makes. */
  mergeAll(): boolean {
    let changed = false
    for (let at = 0; at < this.slots.length; at++) {
      for (let cluster = this.slots[at]; cluster; cluster = this.slots[at]) {
        const best = this.bestPartner(cluster, at)
        if (!best) break
        this.precedence.merge(cluster, best.other, best.merged)
        this.put(best.slot, undefined)
        this.put(at, best.merged)
        changed = true
      }
    }
    return changed
  }

  private bestPartner(cluster: Cluster, at: number): Partner | undefined {
    let best: Partner | undefined
    const size = spaceOf(cluster, this.storage)
    let bestGain = size > large ? startCost + worthwhileShare * size : leastGain
    for (const slot of this.neighbours(cluster, size)) {
      const other = this.slots[slot]
      if (slot === at || !other || spaceOf(other, this.storage) !== size) continue
      if (cluster.roots.length + other.roots.length > maxResults) continue
      const merged = this.together(cluster, other)
      const gain = merged ? cluster.cost + other.cost - merged.cost : 0
      if (!merged || gain <= bestGain || this.isBetween(cluster, other)) continue
      if (this.delays(cluster, other) || this.delays(other, cluster)) continue
      bestGain = gain
      best = { slot, other, merged }
    }
    return best
  }

  /** Two clusters as one. The answer holds as long as both are there: who takes storage from a value makes its readers anew. */
  private together(a: Cluster, b: Cluster): Cluster | undefined {
    const known = this.trials.get(a)?.get(b) ?? this.trials.get(b)?.get(a)
    if (known !== undefined) return known ?? undefined
    const merged = clash(a, b, this.storage) ? undefined : this.build([...a.roots, ...b.roots].sort((x, y) => x.owner - y.owner))
    const trials = this.trials.get(a) ?? new WeakMap<Cluster, Cluster | null>()
    this.trials.set(a, trials.set(b, merged ?? null))
    return merged
  }

  /**
   * Slots of clusters that read what this one reads or makes, or make what it reads; in order, so that results do not depend on chance.
   * Large clusters gain too little by reading a single number together: every update reads the learning rate.
   */
  private neighbours(cluster: Cluster, size: number): number[] {
    const found = new Set<number>()
    const counts = (owner: Owner) => size <= large || sizeOf(this.storage.shapeOf(owner)) > 1
    for (const owner of [...cluster.reads, ...cluster.writes]) {
      if (!counts(owner)) continue
      for (const work of this.readers.get(owner) ?? []) {
        const slot = this.slotOf.get(work)
        if (slot !== undefined) found.add(slot)
      }
    }
    for (const owner of cluster.reads) {
      const slot = counts(owner) ? this.makers.get(owner) : undefined
      if (slot !== undefined) found.add(slot)
    }
    return [...found].sort((a, b) => a - b)
  }

  /** Whether something else has to run after one of the two and before the other. */
  private isBetween(a: Cluster, b: Cluster): boolean {
    const pair = new Set([a, b])
    return this.precedence.reaches(a, new Set([b]), pair) || this.precedence.reaches(b, new Set([a]), pair)
  }

  /** Whether a state slot that `a` updates could no longer be updated in place with `b` in the same kernel: some reader waits for `b`. */
  private delays(a: Cluster, b: Cluster): boolean {
    for (const owner of a.writes) {
      const slot = this.slotOfUpdate.get(owner)
      if (slot === undefined) continue
      const readers = new Set([...(this.readers.get(slot) ?? [])].filter((work) => work !== a && work !== b))
      if (readers.size > 0 && this.precedence.reaches(b, readers) && !this.precedence.reaches(a, readers)) return true
    }
    return false
  }

  /** Takes storage from values that are cheaper to compute where they are read. */
  demoteAll(): boolean {
    let changed = false
    for (let slot = 0; slot < this.slots.length; slot++)
      for (const root of this.slots[slot]?.roots ?? []) if (this.demote(root, slot)) changed = true
    return changed
  }

  private demote(root: Root, slot: number): boolean {
    const maker = this.slots[slot]
    const { owner } = root
    const value = this.storage.program.values[owner]
    if (!maker || !value || this.fixed.has(owner) || root.reduce || root.place || root.clear || !isPointwise(value.op.op)) return false
    const rest = maker.roots.filter((other) => other !== root)
    this.storage.owned.delete(owner)
    const left = rest.length > 0 ? this.build(rest) : undefined
    let gain = maker.cost - (left?.cost ?? 0)
    const rebuilt: [number, Cluster][] = []
    for (const work of this.readers.get(owner) ?? []) {
      const at = this.slotOf.get(work)
      if (work.kind !== 'cluster' || at === undefined || at === slot) continue
      const cluster = this.build(work.roots)
      gain += cluster ? work.cost - cluster.cost : Number.NEGATIVE_INFINITY
      if (cluster) rebuilt.push([at, cluster])
    }
    if ((rest.length > 0 && !left) || gain < leastGain) {
      this.storage.owned.add(owner)
      return false
    }
    this.replace(slot, left)
    for (const [at, cluster] of rebuilt) this.replace(at, cluster)
    return true
  }
}

interface Partner {
  readonly slot: number
  readonly other: Cluster
  readonly merged: Cluster
}

const spaceOf = (cluster: Cluster, storage: Storage): number => sizeOf(storage.at((cluster.roots[0] as Root).value).shape)

/** Reductions over different axes cannot share a loop; nor can two stores into one owner, which have an order. */
function clash(a: Cluster, b: Cluster, storage: Storage): boolean {
  const patterns = new Set([...a.roots, ...b.roots].map((root) => patternOf(root, storage)).filter((pattern) => pattern !== ''))
  return patterns.size > 1 || a.writes.some((owner) => b.writes.includes(owner))
}
