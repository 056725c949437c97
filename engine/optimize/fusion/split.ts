/**
 * @file An expression that reads more buffers than one kernel may have is cut: a part of it gets storage, so that a kernel of its own
 * computes it first. In: a cluster. Out: the value to store, or undefined where the cluster has few enough buffers.
 *
 * Cutting ends with clusters that fit: each cut makes an expression smaller, and one operation alone has at most three operands.
 */
import { InternalError } from '../../core/diagnostics'
import type { ValueId } from '../../ir/program'
import { type Cluster, isMovement, type Owner, type Storage, type Work } from './graph'

export class BufferLimit {
  /** `shared`: owners that lie in the storage of another one (an update where the state lay). */
  constructor(
    readonly most: number,
    private readonly shared: ReadonlyMap<Owner, Owner>,
  ) {}

  count({ reads, writes }: Work): number {
    return new Set([...reads, ...writes].map((owner) => this.shared.get(owner) ?? owner)).size
  }

  allows(work: Work): boolean {
    return this.count(work) <= this.most
  }
}

export function cutOf(cluster: Cluster, storage: Storage, limit: BufferLimit): ValueId | undefined {
  if (limit.allows(cluster)) return undefined
  const leaves = new Map<ValueId, ReadonlySet<Owner>>()
  /** The storage that a value is computed from. */
  const leavesOf = (id: ValueId, isRoot = false): ReadonlySet<Owner> => {
    const known = leaves.get(id)
    if (known) return known
    const base = storage.base(id)
    const found: ReadonlySet<Owner> =
      storage.owned.has(base) && !(isRoot && base === id)
        ? new Set([base])
        : new Set(storage.at(id).inputs.flatMap((input) => [...leavesOf(input)]))
    leaves.set(id, found)
    return found
  }
  const values = cluster.roots.map(({ value }) => value)
  for (const value of values) leavesOf(value, true)
  let best: { readonly id: ValueId; readonly count: number } | undefined
  for (const [id, { size: count }] of leaves) {
    const { op } = storage.at(id)
    const stored = storage.owned.has(storage.base(id)) || isMovement(op.op) || op.op === 'stopGradient'
    if (stored || count < 2 || count >= limit.most) continue
    if (!best || count > best.count || (count === best.count && id > best.id)) best = { id, count }
  }
  if (!best)
    throw new InternalError('fuse', `a kernel of ${limit.count(cluster)} buffers cannot be cut`, storage.at(values[0] as ValueId).origin)
  return best.id
}
