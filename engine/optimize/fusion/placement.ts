/**
 * @file The first cut: which values get storage, and the roots and kernels that fill it.
 * In: a program. Out: storage, one cluster per stored pointwise value, reduction or part, one opaque kernel per product or window.
 * Values used more than once are stored here; merge.ts takes storage away again where computing twice is cheaper.
 */
import { sizeOf } from '../../core/tensor'
import type { OpName, Program, ValueId } from '../../ir/program'
import { buildLoop, NeedsStorage } from './body'
import { type Cluster, clusterOf, isElementwise, isMovement, isPointwise, type Opaque, type Owner, type Root, Storage } from './graph'
import { opaqueOf, poolOf } from './opaque'
import { draftScan, type FuseStep } from './scan'
import { BufferLimit, cutOf } from './split'

export interface Placement {
  readonly storage: Storage
  readonly clusters: readonly Cluster[]
  readonly opaques: readonly Opaque[]
  /** Owners that must keep their storage: read by opaque kernels, outputs, state. */
  readonly fixed: ReadonlySet<Owner>
  readonly outputs: readonly { readonly name: string; readonly owner: Owner }[]
  readonly state: readonly StatePlan[]
  readonly limit: BufferLimit
}

/** Where a state slot's new value is computed; `copy`: that storage cannot become the slot's own. */
export interface StatePlan {
  readonly name: string
  readonly value: ValueId
  readonly update?: { readonly owner: Owner; readonly copy: boolean }
}

/** A broadcast to this many times the size is worth a small tensor of its own. */
const worthwhileGrowth = 4

export interface PlaceOptions {
  readonly mostBuffers: number
  /** Updates count as lying where the state lay. */
  readonly inPlace: boolean
  /** The program is a step of a scan: it sees one item at a time of these inputs, and its outputs are stacked. Only loops reach them there. */
  readonly sequences?: ReadonlySet<string>
  readonly fuseStep: FuseStep
}

export function place(program: Program, { mostBuffers, inPlace, sequences, fuseStep }: PlaceOptions): Placement {
  const storage = new Storage(program)
  const fixed = new Set<Owner>()
  const roots: Root[] = []
  const fix = (id: ValueId): Owner => {
    const owner = storage.base(id)
    storage.owned.add(owner)
    fixed.add(owner)
    return owner
  }
  /** Storage of its own, apart from any input's. */
  const copy = (value: Owner): Owner => {
    const copied = storage.copyOf(value)
    storage.owned.add(copied)
    fixed.add(copied)
    roots.push({ value, owner: copied })
    return copied
  }

  chooseStorage(storage, fix)
  if (sequences) stageItems(storage, sequences, copy)
  const isInput = (owner: Owner) => program.values[owner]?.op.op === 'input'
  const updated = new Set(program.state.flatMap((slot) => (slot.update === undefined ? [] : [slot.value])))
  const outputs = program.outputs.map(({ name, value }) => {
    const owner = sequences ? storage.base(value) : fix(value)
    // An output that shows a state slot shows its value before the update.
    return { name, owner: sequences || updated.has(owner) ? copy(owner) : owner }
  })
  const taken = new Set(outputs.map(({ owner }) => owner))
  const state = program.state.map(({ name, value, update }): StatePlan => {
    fixed.add(value)
    if (update === undefined || storage.base(update) === value) return { name, value }
    const owner = fix(update)
    const shared = isInput(owner) || taken.has(owner)
    taken.add(owner)
    // A slot that takes another slot's value takes the one from before the run.
    return { name, value, update: { owner: updated.has(owner) ? copy(owner) : owner, copy: shared } }
  })

  const updates = state.flatMap(({ value, update }) => (inPlace && update && !update.copy ? [[update.owner, value] as const] : []))
  const limit = new BufferLimit(mostBuffers, new Map(updates))

  const opaques: Opaque[] = []
  for (const id of [...storage.owned].sort((a, b) => a - b)) {
    const value = program.values[id]
    if (!value || value.op.op === 'input' || value.op.op === 'result') continue
    const { op, inputs } = value
    if (op.op === 'reduce') roots.push({ value: inputs[0] as ValueId, owner: id, reduce: { name: op.name, axes: op.axes } })
    else if (op.op === 'concat') roots.push(...partsOf(storage, inputs, id, op.axis))
    else if (op.op === 'pad') {
      const steps = op.interior.map((zeros) => zeros + 1)
      roots.push({ value: id, owner: id, clear: true }, { value: inputs[0] as ValueId, owner: id, place: { starts: op.low, steps } })
    } else if (isPointwise(op.op)) roots.push({ value: id, owner: id })
    else if (op.op === 'maxPool2d' || op.op === 'maxPool2dIndex') {
      const pool = poolOf(id, storage)
      if (pool) opaques.push(pool)
    } else opaques.push(op.op === 'scan' ? draftScan(id, op, storage, fuseStep) : opaqueOf(id, storage))
  }

  const clusters: Cluster[] = []
  for (let next = 0; next < roots.length; ) {
    const group = [roots[next] as Root]
    try {
      const cluster = clusterOf(group, buildLoop(group, storage))
      const cut = cutOf(cluster, storage, limit)
      if (cut === undefined) {
        clusters.push(cluster)
        next++
      } else {
        storage.owned.add(cut)
        roots.push({ value: cut, owner: cut })
      }
    } catch (reason) {
      if (!(reason instanceof NeedsStorage) || storage.owned.has(reason.value)) throw reason
      const owner = fix(reason.value)
      roots.push({ value: owner, owner })
    }
  }
  return { storage, clusters, opaques, fixed, outputs, state, limit }
}

/** Everything that loops cannot compute point by point is stored, and what it reads; so is what is used twice or would be repeated. */
function chooseStorage(storage: Storage, fix: (id: ValueId) => Owner): void {
  const { values } = storage.program
  const { uses, grows } = demandOf(storage.program)
  values.forEach((value, id) => {
    const { op } = value
    const often = (uses[id] as number) > 1
    if (op.op === 'input' || !isPointwise(op.op)) storage.owned.add(id)
    else if (op.op === 'random' && often) storage.owned.add(id)
    else if (isElementwise(op.op) && (often || grows[id])) storage.owned.add(id)
  })
  values.forEach(({ op, inputs }) => {
    if (op.op === 'random') fix(inputs[0] as ValueId)
    if (readsWhole(op.op)) inputs.forEach(fix)
  })
}

/** Reductions, paddings and joins read through loops; every other kernel reads storage. */
const readsWhole = (op: OpName): boolean => !isPointwise(op) && op !== 'reduce' && op !== 'pad' && op !== 'concat'

/** A kernel that is no loop gets the present item of a sequence in a place of its own. */
function stageItems(storage: Storage, sequences: ReadonlySet<string>, copy: (value: Owner) => Owner): void {
  for (const { op, inputs } of storage.program.values) {
    if (!readsWhole(op.op)) continue
    for (const input of inputs) {
      const base = storage.base(input)
      const { op: source } = storage.at(base)
      if (source.op === 'input' && sequences.has(source.name) && !storage.staged.has(base)) storage.staged.set(base, copy(base))
    }
  }
}

/** How many computations read each value, through any movement, and whether one of them repeats it many times. */
function demandOf(program: Program): { uses: number[]; grows: boolean[] } {
  const { values } = program
  const uses = new Array<number>(values.length).fill(0)
  const grows = new Array<boolean>(values.length).fill(false)
  const use = (id: ValueId, count = 1) => {
    uses[id] = (uses[id] as number) + count
  }
  for (const { value } of program.outputs) use(value)
  for (const { update } of program.state) if (update !== undefined) use(update)
  for (let id = values.length - 1; id >= 0; id--) {
    const value = values[id] as (typeof values)[number]
    for (const input of value.inputs) {
      if (!isMovement(value.op.op)) {
        use(input)
        continue
      }
      use(input, uses[id])
      const growth = sizeOf(value.shape) / sizeOf((values[input] as (typeof values)[number]).shape)
      if (grows[id] || (value.op.op === 'broadcast' && growth >= worthwhileGrowth)) grows[input] = true
    }
  }
  return { uses, grows }
}

/** The operands of a concatenation, each with its place in the result. */
function partsOf(storage: Storage, inputs: readonly ValueId[], owner: Owner, axis: number): Root[] {
  let start = 0
  return inputs.map((value) => {
    const { shape } = storage.at(value)
    const starts = shape.map((_, i) => (i === axis ? start : 0))
    start += shape[axis] as number
    return { value, owner, place: { starts, steps: shape.map(() => 1) } }
  })
}
