/**
 * @file The values of a program while the layout pass goes through it: carried lazily, in whatever order they lie, until something asks for
 * another. In: forms, one for every value. Out: values of the new program in the order that is asked for.
 */
import { InternalError } from '../core/diagnostics'
import { type Packing, samePacking } from '../ir/packing'
import type { Instruction, Op, ValueId } from '../ir/program'
import { packValue, unpackValue } from './pack-values'
import { Rewriter } from './rewriter'

/** Result axis i of the logical value is axis `permutation[i]` of `turned`. */
export interface Turned {
  readonly turned: ValueId
  readonly permutation: readonly number[]
}

/** The logical value is `packed` unpacked. */
export interface Packed {
  readonly packed: ValueId
  readonly packing: Packing
  /** What the columns beyond the last one hold; undefined where that is not known. */
  readonly padding: number | undefined
}

export type Form = Turned | Packed

const isIdentity = (permutation: readonly number[]) => permutation.every((axis, i) => axis === i)
const inverse = (permutation: readonly number[]) => permutation.map((_, axis) => permutation.indexOf(axis))
export const identity = (rank: number) => Array.from({ length: rank }, (_, axis) => axis)

/** (N, C, H, W) ↔ (H, W, N, C): the same permutation both ways. */
export const swapImage = [2, 3, 0, 1]

/** Values by logical axis, put in the order of the turned axes. */
export const turn = <T>(perLogicalAxis: readonly T[], permutation: readonly number[]): T[] =>
  inverse(permutation).map((axis) => perLogicalAxis[axis] as T)

export class Forms {
  readonly rewriter = new Rewriter()
  private readonly known: Form[] = []

  /** The form of the next value. */
  add(form: Form): void {
    this.known.push(form)
  }

  /** The value in its logical order. */
  logical(id: ValueId): ValueId {
    const { turned, permutation } = this.turnedOf(id)
    return this.transpose(turned, permutation)
  }

  of(id: ValueId): Form {
    const found = this.known[id]
    if (!found) throw new InternalError('layout', `value ${id} comes before its operand`)
    return found
  }

  turnedOf(id: ValueId): Turned {
    const form = this.of(id)
    if ('turned' in form) return form
    return { turned: unpackValue(this.rewriter, form.packed, form.packing), permutation: identity(form.packing.shape.length) }
  }

  /** The value packed. */
  inPanels(id: ValueId, packing: Packing): Packed {
    const form = this.of(id)
    if ('packed' in form && samePacking(form.packing, packing)) return form
    return { packing, ...packValue(this.rewriter, this.logical(id), packing) }
  }

  /** The value whose axis order is `wanted`. */
  inOrder(id: ValueId, wanted: readonly number[]): ValueId {
    const { turned, permutation } = this.turnedOf(id)
    // wanted-order axis j holds logical axis inverse(wanted)[j], which lies on turned axis permutation[…]
    return this.transpose(
      turned,
      inverse(wanted).map((axis) => permutation[axis] as number),
    )
  }

  private transpose(id: ValueId, permutation: readonly number[]): ValueId {
    if (isIdentity(permutation)) return id
    const value = this.rewriter.at(id)
    const shape = permutation.map((axis) => value.shape[axis] as number)
    const [x] = value.inputs
    if (value.op.op === 'constant') return this.rewriter.constant(value.op.value, shape, value.dtype, value.origin)
    if (value.op.op === 'transpose') {
      const inner = value.op.permutation
      return this.transpose(
        x as ValueId,
        permutation.map((axis) => inner[axis] as number),
      )
    }
    if (value.op.op === 'broadcast') {
      const places = value.op.axes.map((axis) => permutation.indexOf(axis))
      const order = identity(places.length).sort((i, j) => (places[i] as number) - (places[j] as number))
      const op: Op = { op: 'broadcast', axes: order.map((i) => places[i] as number) }
      return this.rewriter.add(op, [this.transpose(x as ValueId, order)], shape, value.dtype, value.origin)
    }
    return this.rewriter.add({ op: 'transpose', permutation }, [id], shape, value.dtype, value.origin)
  }

  emit(value: Instruction, op: Op, inputs: readonly ValueId[], permutation: readonly number[]): Turned {
    // `value.shape` is logical; the instruction's own shape is in the turned order.
    const turned = this.rewriter.add(op, inputs, turn(value.shape, permutation), value.dtype, value.origin)
    return { turned, permutation }
  }

  emitLogical(value: Instruction): Turned {
    return this.emit(
      value,
      value.op,
      value.inputs.map((id) => this.logical(id)),
      identity(value.shape.length),
    )
  }

  /** The order most worth keeping: that of the first operand that is turned. */
  orderOf(inputs: readonly ValueId[], rank: number): readonly number[] {
    for (const id of inputs) {
      const form = this.of(id)
      if ('turned' in form && !isIdentity(form.permutation)) return form.permutation
    }
    return identity(rank)
  }
}
