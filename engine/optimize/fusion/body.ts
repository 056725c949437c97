/**
 * @file Turns the roots of a cluster into one loop kernel: walks down from each root, carrying the index through every movement
 * operation, until it meets storage. In: roots and the storage map. Out: a `LoopKernel` (buffers are owners) with its axes coalesced.
 */
import { InternalError } from '../../core/diagnostics'
import { type DType, sameShape, sizeOf, stridesOf } from '../../core/tensor'
import type { ValueId } from '../../ir/program'
import type { LoopKernel, LoopOp, LoopResult } from '../kernel'
import { type Affine, flatIndex, flatten, type Index, ownIndex, SplitRequest, sameIndex, scaled, unflatten } from './affine'
import { finishLoop } from './axes'
import { isPointwise, type Owner, type Root, type Storage } from './graph'

/** Thrown: these roots cannot be one kernel. */
export class CannotFuse extends Error {}

/** Thrown: `value` must have storage before this kernel can be built. */
export class NeedsStorage extends CannotFuse {
  constructor(readonly value: ValueId) {
    super(`value ${value} needs storage`)
  }
}

type BodyOp = LoopOp & { readonly dtype: DType }

/** Equal for equal operations. */
function keyOf(op: BodyOp): string {
  switch (op.op) {
    case 'load':
      return `load ${op.view.buffer} ${op.view.offset} ${op.view.strides.join()} ${op.dtype}`
    case 'constant':
      return `constant ${Object.is(op.value, -0) ? '-0' : op.value} ${op.dtype}`
    case 'index':
      return `index ${op.offset} ${op.strides.join()} ${op.dtype}`
    case 'random':
      return `random ${op.index} ${op.key} ${op.stream} ${op.dtype}`
    case 'unary':
      return `${op.name} ${op.x} ${op.dtype}`
    case 'binary':
      return `${op.name} ${op.a} ${op.b} ${op.dtype}`
    case 'select':
      return `select ${op.condition} ${op.then} ${op.otherwise} ${op.dtype}`
    case 'cast':
      return `cast ${op.x} ${op.dtype}`
  }
}

/** Extents of equal neighbours put together: what a reduction's space looks like, however its shape is written. */
export function patternOf(root: Root, storage: Storage): string {
  if (!root.reduce) return ''
  const { axes } = root.reduce
  const runs: { extent: number; reduced: boolean }[] = []
  storage.at(root.value).shape.forEach((extent, axis) => {
    if (extent === 1) return
    const reduced = axes.includes(axis)
    const last = runs.at(-1)
    if (last?.reduced === reduced) last.extent *= extent
    else runs.push({ extent, reduced })
  })
  return runs.map(({ extent, reduced }) => `${reduced ? 'r' : 'k'}${extent}`).join(' ') || 'r1'
}

export function buildLoop(roots: readonly Root[], storage: Storage): LoopKernel {
  // A reduction says which axes are reduced, so its shape is the space of the loop.
  const leader = roots.find((root) => root.reduce) ?? (roots[0] as Root)
  let extents = [...storage.at(leader.value).shape]
  let reduced = extents.map((_, axis) => leader.reduce?.axes.includes(axis) ?? false)
  for (;;) {
    try {
      return new BodyBuilder(roots, storage, extents, reduced).build()
    } catch (request) {
      if (!(request instanceof SplitRequest)) throw request
      const { axis, inner } = request
      const extent = extents[axis] as number
      extents = extents.toSpliced(axis, 1, extent / inner, inner)
      reduced = reduced.toSpliced(axis, 1, reduced[axis] as boolean, reduced[axis] as boolean)
    }
  }
}

/** Operations upon operations in one kernel; a chain of thousands is cut before it outgrows the call stack. */
const deepestFusion = 256

class BodyBuilder {
  private depth = 0
  private readonly body: BodyOp[] = []
  private readonly nodes = new Map<string, number>()
  /** Positions of values already visited, by the indices at which they are read. */
  private readonly visited = new Map<ValueId, { readonly index: Index; readonly asRoot: boolean; readonly position: number }[]>()
  /** Storage that this kernel itself writes: owner → whether it can be read back at the same point. */
  private readonly own = new Map<Owner, Root>()
  private readonly flat: Affine
  /** Of a value of the loop's own shape. */
  private readonly here: Index

  constructor(
    private readonly roots: readonly Root[],
    private readonly storage: Storage,
    private readonly extents: readonly number[],
    private readonly reduced: readonly boolean[],
  ) {
    this.flat = flatIndex(extents)
    this.here = ownIndex(extents)
    for (const root of roots) this.own.set(root.owner, root)
  }

  build(): LoopKernel {
    const results = this.roots.map((root) => this.result(root))
    return finishLoop(this.extents, this.reduced, this.body, results)
  }

  private result(root: Root): LoopResult {
    const { shape, dtype } = this.storage.at(root.value)
    if (sizeOf(shape) !== sizeOf(this.extents)) throw new CannotFuse('different spaces')
    const index = this.unflattened(this.flat, root.value, root.value)
    const value = root.clear ? this.add({ op: 'constant', value: 0, dtype }) : this.visit(root.value, index, true)
    const rank = this.extents.length
    const target = this.storage.shapeOf(root.owner)
    if (root.reduce) {
      const { axes, name } = root.reduce
      const kept = index.filter((_, axis) => !axes.includes(axis))
      const to = flatten(kept, stridesOf(target), rank)
      if (to.coeffs.some((c, k) => c !== 0 && this.reduced[k])) throw new CannotFuse('different reductions')
      return { value, buffer: root.owner, offset: to.offset, strides: to.coeffs, reduce: name }
    }
    const placed = root.place
      ? index.map((x, axis) => scaled(x, root.place?.steps[axis] as number, root.place?.starts[axis] as number))
      : index
    const to = flatten(placed, stridesOf(target), rank)
    return { value, buffer: root.owner, offset: to.offset, strides: to.coeffs }
  }

  private unflattened(flat: Affine, id: ValueId, blame: ValueId): Index {
    const { shape } = this.storage.at(id)
    if (flat === this.flat && sameShape(shape, this.extents)) return this.here
    const index = unflatten(flat, shape, this.extents)
    if (!index) throw new NeedsStorage(blame)
    return index
  }

  private add(op: BodyOp): number {
    const key = keyOf(op)
    const known = this.nodes.get(key)
    if (known !== undefined) return known
    const position = this.body.push(op) - 1
    this.nodes.set(key, position)
    return position
  }

  private visit(id: ValueId, index: Index, asRoot = false): number {
    const visits = this.visited.get(id) ?? []
    this.visited.set(id, visits)
    const known = visits.find((visit) => visit.asRoot === asRoot && sameIndex(visit.index, index))
    if (known) return known.position
    if (this.depth >= deepestFusion && !asRoot && this.storage.base(id) === id && !this.storage.owned.has(id)) throw new NeedsStorage(id)
    this.depth++
    const position = this.compute(id, index, asRoot)
    this.depth--
    visits.push({ index, asRoot, position })
    return position
  }

  private load(id: ValueId, owner: Owner, index: Index): number {
    const { shape, dtype } = this.storage.at(id)
    const { offset, coeffs } = flatten(index, stridesOf(shape), this.extents.length)
    return this.add({ op: 'load', view: { buffer: owner, offset, strides: coeffs }, dtype })
  }

  private compute(id: ValueId, index: Index, asRoot: boolean): number {
    const base = this.storage.base(id)
    const value = this.storage.at(id)
    const { op, dtype } = value
    if (this.storage.owned.has(base) && !(asRoot && base === id && this.own.has(id))) {
      const root = this.own.get(base)
      if (!root) return this.load(id, base, index)
      // Made by this very kernel: legal only at the point where it is made.
      const flat = flatten(index, stridesOf(value.shape), this.extents.length)
      const here =
        !root.reduce && !root.place && flat.offset === 0 && flat.coeffs.every((c, k) => this.extents[k] === 1 || c === this.flat.coeffs[k])
      if (!here) throw new CannotFuse('a kernel reads its own result elsewhere')
      if (this.depth >= deepestFusion) throw new CannotFuse('a chain too deep for one kernel')
      if (!root.clear && isPointwise(this.storage.at(base).op.op)) return this.visit(base, this.unflattened(flat, base, base), true)
      throw new CannotFuse('a kernel reads its own result')
    }
    if (!isPointwise(op.op)) throw new NeedsStorage(id)
    const x = value.inputs[0] as ValueId
    switch (op.op) {
      case 'constant':
        return this.add({ op: 'constant', value: op.value, dtype })
      case 'iota': {
        const { offset, coeffs } = index[op.axis] as Affine
        const i = this.add({ op: 'index', offset, strides: coeffs, dtype: 'i32' })
        return dtype === 'i32' ? i : this.add({ op: 'cast', x: i, dtype })
      }
      case 'random': {
        const { offset, coeffs } = flatten(index, stridesOf(value.shape), this.extents.length)
        const i = this.add({ op: 'index', offset, strides: coeffs, dtype: 'i32' })
        const key = this.storage.base(x)
        if (!this.storage.owned.has(key)) throw new NeedsStorage(key)
        return this.add({ op: 'random', index: i, key, stream: op.stream, dtype })
      }
      case 'stopGradient':
        return this.visit(x, index)
      case 'unary':
        return this.add({ op: 'unary', name: op.name, x: this.visit(x, index), dtype })
      case 'binary': {
        const [a, b] = value.inputs.map((input) => this.visit(input, index)) as [number, number]
        return this.add({ op: 'binary', name: op.name, a, b, dtype })
      }
      case 'select': {
        const [condition, then, otherwise] = value.inputs.map((input) => this.visit(input, index)) as [number, number, number]
        return this.add({ op: 'select', condition, then, otherwise, dtype })
      }
      case 'cast':
        return this.add({ op: 'cast', x: this.visit(x, index), dtype })
      case 'reshape':
        return this.visit(x, this.unflattened(flatten(index, stridesOf(value.shape), this.extents.length), x, x))
      case 'transpose': {
        const from: Affine[] = []
        op.permutation.forEach((axis, i) => {
          from[axis] = index[i] as Affine
        })
        return this.visit(x, from)
      }
      case 'broadcast':
        return this.visit(
          x,
          op.axes.map((axis) => index[axis] as Affine),
        )
      case 'slice':
        return this.visit(
          x,
          index.map((at, axis) => scaled(at, op.steps[axis] as number, op.starts[axis] as number)),
        )
      default:
        throw new InternalError('fuse', `${op.op} is not computed in loops`, value.origin)
    }
  }
}
