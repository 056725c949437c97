/**
 * @file What fusion works on: which values get storage of their own, and who computes them.
 * A value with storage is called its owner; a reshape of it is the same storage. Everything else is computed where it is used.
 */
import type { Shape } from '../../core/tensor'
import type { Instruction, OpName, Program, ValueId } from '../../ir/program'
import type { KernelProgram, LoopKernel, PlainBody } from '../kernel'
import { loopCost } from './cost'

/** A value id, or a number past the last one for the copy of a value. */
export type Owner = number

/** One result of a loop: `value` at every point of the domain, stored in (or reduced into) the storage of `owner`. */
export interface Root {
  readonly value: ValueId
  readonly owner: Owner
  readonly reduce?: { readonly name: 'sum' | 'max'; readonly axes: readonly number[] }
  /** The value is a part of its owner: element i lies at start + step · i. */
  readonly place?: { readonly starts: readonly number[]; readonly steps: readonly number[] }
  /** Store zero everywhere; `value` only gives the shape. */
  readonly clear?: boolean
}

/** Loops that run as one kernel. `loop` names owners where a finished kernel names buffers. */
export interface Cluster {
  readonly kind: 'cluster'
  readonly roots: readonly Root[]
  readonly loop: LoopKernel
  readonly cost: number
  readonly reads: readonly Owner[]
  readonly writes: readonly Owner[]
}

/** A kernel that is not a loop; buffers are owners here too. */
export interface Opaque {
  readonly kind: 'opaque'
  readonly body: PlainBody | ScanDraft
  readonly reads: readonly Owner[]
  readonly writes: readonly Owner[]
}

/** A scan whose step has been fused, among the owners of the program around it. */
export interface ScanDraft {
  readonly kind: 'scan'
  readonly length: number
  readonly reverse: boolean
  readonly step: KernelProgram
  /** By name of the step's inputs. */
  readonly constants: ReadonlyMap<string, Owner>
  readonly sequences: ReadonlyMap<string, Owner>
  /** By name of the step's state: what it starts with, and the storage that it lives in and ends in. */
  readonly carried: ReadonlyMap<string, { readonly initial: Owner; readonly owner: Owner }>
  /** Storage of the step's outputs, stacked. */
  readonly stacked: readonly Owner[]
}

export type Work = Cluster | Opaque

export const isMovement = (op: OpName): boolean => op === 'reshape' || op === 'transpose' || op === 'broadcast' || op === 'slice'
export const isElementwise = (op: OpName): boolean => op === 'unary' || op === 'binary' || op === 'select' || op === 'cast'
/** What a loop can compute at any single point, without storage. */
export const isPointwise = (op: OpName): boolean =>
  isMovement(op) || isElementwise(op) || op === 'constant' || op === 'iota' || op === 'random' || op === 'stopGradient'

/** The program seen with storage. */
export class Storage {
  readonly owned = new Set<Owner>()
  /** Items of a sequence that a kernel other than a loop reads: value of the input → storage of a copy. */
  readonly staged = new Map<ValueId, Owner>()
  private readonly copies: ValueId[] = []

  constructor(readonly program: Program) {}

  at(id: ValueId): Instruction {
    return this.program.values[id] as Instruction
  }

  /** The value whose storage a chain of reshapes shows. */
  base(id: ValueId): ValueId {
    let at = id
    for (let value = this.at(at); value.op.op === 'reshape' && !this.owned.has(at); value = this.at(at)) at = value.inputs[0] as ValueId
    return at
  }

  /** The storage that a kernel other than a loop reads for a value. */
  whole(id: ValueId): Owner {
    const base = this.base(id)
    return this.staged.get(base) ?? base
  }

  /** Storage of a copy of `value`, apart from its own. */
  copyOf(value: ValueId): Owner {
    return this.program.values.length + this.copies.push(value) - 1
  }

  /** The value that an owner holds. */
  held(owner: Owner): ValueId {
    return owner < this.program.values.length ? owner : (this.copies[owner - this.program.values.length] as ValueId)
  }

  shapeOf(owner: Owner): Shape {
    return this.at(this.held(owner)).shape
  }
}

/** The roots as one kernel, with what is known about it. */
export const clusterOf = (roots: readonly Root[], loop: LoopKernel): Cluster => ({
  kind: 'cluster',
  roots,
  loop,
  cost: loopCost(loop),
  reads: [...new Set(loop.body.flatMap((op) => (op.op === 'load' ? [op.view.buffer] : op.op === 'random' ? [op.key] : [])))],
  writes: [...new Set(roots.map((root) => root.owner))],
})
