/**
 * @file The orders in which the CPU's kernels want their tensors. Images change from NCHW to HWNC (batch inside position, channels
 * innermost), weights and what is computed from them are packed into column panels (packing.ts).
 * In: a program in NCHW. Out: an equal program in which convolutions and pools say 'HWNC' and products say what is packed; movement
 * remains only where something insists on the logical order (a reshape, an output). Values are carried lazily, in some `Form`.
 */
import { InternalError } from '../core/diagnostics'
import { columnsOf, kernelPacking, type Packing, type Panels, packedShape, samePacking } from '../ir/packing'
import type { Instruction, Op, Program, StateSlot, ValueId } from '../ir/program'
import { packValue, paddingAfter, unpackValue } from './pack-values'
import { choosePackings, type Panelling } from './packing'
import { Rewriter } from './rewriter'

/** (N, C, H, W) ↔ (H, W, N, C): the same permutation both ways. */
const swapImage = [2, 3, 0, 1]

/** Result axis i of the logical value is axis `permutation[i]` of `turned`. */
interface Turned {
  readonly turned: ValueId
  readonly permutation: readonly number[]
}

/** The logical value is `packed` unpacked. */
interface Packed {
  readonly packed: ValueId
  readonly packing: Packing
  /** What the columns beyond the last one hold; undefined where that is not known. */
  readonly padding: number | undefined
}

type Form = Turned | Packed

const isIdentity = (permutation: readonly number[]) => permutation.every((axis, i) => axis === i)
const inverse = (permutation: readonly number[]) => permutation.map((_, axis) => permutation.indexOf(axis))
const identity = (rank: number) => Array.from({ length: rank }, (_, axis) => axis)

/** Values by logical axis, put in the order of the turned axes. */
const turn = <T>(perLogicalAxis: readonly T[], permutation: readonly number[]): T[] =>
  inverse(permutation).map((axis) => perLogicalAxis[axis] as T)

export function layout(program: Program, panelling?: Panelling): Program {
  const pass = new LayoutPass(panelling ? choosePackings(program, panelling) : [])
  for (const value of program.values) pass.add(value)
  return pass.finish(program)
}

class LayoutPass {
  readonly rewriter = new Rewriter()
  private readonly known: Form[] = []

  /** `packings`: what lies packed, by value. */
  constructor(private readonly packings: readonly (Packing | undefined)[]) {}

  finish(program: Program): Program {
    const state = program.state.map((slot): StateSlot => {
      const form = this.of(slot.value)
      const { update } = slot
      if (!('packed' in form)) return { ...slot, value: form.turned, ...(update === undefined ? {} : { update: this.logical(update) }) }
      const { packed: value, packing } = form
      return { ...slot, value, packing, ...(update === undefined ? {} : { update: this.kept(update, packing) }) }
    })
    const outputs = program.outputs.map((output) => ({ ...output, value: this.logical(output.value) }))
    return this.rewriter.finish({ ...program, state, outputs }, (id) => id)
  }

  /** The value packed, for a slot: its padding stays zero. */
  private kept(id: ValueId, packing: Packing): ValueId {
    const { packed, padding } = this.inPanels(id, packing)
    if (padding === 0 || columnsOf(packing) % packing.width === 0) return packed
    return packValue(this.rewriter, unpackValue(this.rewriter, packed, packing), packing).packed
  }

  /** The value in its logical order. */
  private logical(id: ValueId): ValueId {
    const { turned, permutation } = this.turnedOf(id)
    return this.transpose(turned, permutation)
  }

  private of(id: ValueId): Form {
    const found = this.known[id]
    if (!found) throw new InternalError('layout', `value ${id} comes before its operand`)
    return found
  }

  private turnedOf(id: ValueId): Turned {
    const form = this.of(id)
    if ('turned' in form) return form
    return { turned: unpackValue(this.rewriter, form.packed, form.packing), permutation: identity(form.packing.shape.length) }
  }

  /** The value packed. */
  private inPanels(id: ValueId, packing: Packing): Packed {
    const form = this.of(id)
    if ('packed' in form && samePacking(form.packing, packing)) return form
    return { packing, ...packValue(this.rewriter, this.logical(id), packing) }
  }

  /** The value whose axis order is `wanted`. */
  private inOrder(id: ValueId, wanted: readonly number[]): ValueId {
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

  private emit(value: Instruction, op: Op, inputs: readonly ValueId[], permutation: readonly number[]): Turned {
    // `value.shape` is logical; the instruction's own shape is in the turned order.
    const turned = this.rewriter.add(op, inputs, turn(value.shape, permutation), value.dtype, value.origin)
    return { turned, permutation }
  }

  private emitLogical(value: Instruction): Turned {
    return this.emit(
      value,
      value.op,
      value.inputs.map((id) => this.logical(id)),
      identity(value.shape.length),
    )
  }

  /** The order most worth keeping: that of the first operand that is turned. */
  private orderOf(inputs: readonly ValueId[], rank: number): readonly number[] {
    for (const id of inputs) {
      const form = this.of(id)
      if ('turned' in form && !isIdentity(form.permutation)) return form.permutation
    }
    return identity(rank)
  }

  add(value: Instruction): void {
    const packing = this.packings[this.known.length]
    this.known.push((packing && this.packedForm(value, packing)) ?? this.convert(value))
  }

  /** The instruction computed as its result is to lie, if it can be. */
  private packedForm(value: Instruction, packing: Packing): Packed | undefined {
    const { op, inputs, dtype, origin } = value
    const [x, y] = inputs as [ValueId, ValueId]
    const add = (packedOp: Op, operands: readonly ValueId[]) => this.rewriter.add(packedOp, operands, packedShape(packing), dtype, origin)
    const panels = { columns: columnsOf(packing), width: packing.width }
    switch (op.op) {
      case 'input':
        return op.role === 'state' ? { packing, packed: add(op, []), padding: 0 } : undefined
      case 'unary':
      case 'binary':
      case 'select':
      case 'cast':
      case 'stopGradient': {
        const operands = inputs.map((id) => this.inPanels(id, packing))
        const paddings = operands.map(({ padding }) => padding)
        const packed = add(
          op,
          operands.map(({ packed }) => packed),
        )
        return { packing, packed, padding: paddingAfter(value, paddings) }
      }
      case 'conv2dKernelGrad': {
        const window = { ...op.window, layout: 'HWNC' as const }
        const isKernel = samePacking(packing, kernelPacking(packing.shape, packing.width))
        if (!isKernel || op.window.layout !== 'NCHW' || op.window.groups > 1) return undefined
        return { packing, packed: add({ ...op, window, panels }, [this.inOrder(x, swapImage), this.inOrder(y, swapImage)]), padding: 0 }
      }
      case 'matmul': {
        if (value.shape.length !== 2) return undefined
        const { transposeA, transposeB } = op
        const of = 'result' as const
        // (A · B)ᵀ = Bᵀ · Aᵀ
        const packed =
          packing.column === 1
            ? add({ ...op, panels: { of, ...panels } }, [this.logical(x), this.logical(y)])
            : add({ ...op, transposeA: !transposeB, transposeB: !transposeA, panels: { of, ...panels } }, [
                this.logical(y),
                this.logical(x),
              ])
        return { packing, packed, padding: 0 }
      }
      default:
        return undefined
    }
  }

  /** The kernel of a convolution as it lies. */
  private kernel(id: ValueId): { readonly value: ValueId; readonly panels?: Panels } {
    const form = this.of(id)
    if (!('packed' in form)) return { value: this.logical(id) }
    const { packed, packing } = form
    const { shape, width } = packing
    return samePacking(packing, kernelPacking(shape, width))
      ? { value: packed, panels: { columns: columnsOf(packing), width } }
      : { value: this.logical(id) }
  }

  /** A product whose right operand is read as it lies. */
  private product(value: Instruction, op: Extract<Op, { op: 'matmul' }>, [x, y]: readonly [ValueId, ValueId]): Turned {
    const form = this.of(y)
    if (!('packed' in form) || value.shape.length !== 2) return this.emitLogical(value)
    const { packed, packing } = form
    const { column, width } = packing
    const panels = { of: 'right' as const, columns: columnsOf(packing), width }
    // What is packed by the columns of Bᵀ is Bᵀ.
    const transposeB = op.transposeB !== (column === 0)
    return this.emit(value, { ...op, transposeB, panels }, [this.logical(x), packed], identity(2))
  }

  private convert(value: Instruction): Form {
    const { op, inputs } = value
    const [x, y] = inputs as [ValueId, ValueId]
    switch (op.op) {
      case 'unary':
      case 'binary':
      case 'select':
      case 'cast':
      case 'stopGradient': {
        const order = this.orderOf(inputs, value.shape.length)
        return this.emit(
          value,
          op,
          inputs.map((id) => this.inOrder(id, order)),
          order,
        )
      }
      case 'transpose': {
        // logical axis i is operand axis op.permutation[i]
        const { turned, permutation } = this.turnedOf(x)
        return { turned, permutation: op.permutation.map((axis) => permutation[axis] as number) }
      }
      case 'slice': {
        const { turned, permutation } = this.turnedOf(x)
        return this.emit(
          value,
          { op: 'slice', starts: turn(op.starts, permutation), steps: turn(op.steps, permutation) },
          [turned],
          permutation,
        )
      }
      case 'pad': {
        const { turned, permutation } = this.turnedOf(x)
        const turnedOp: Op = {
          op: 'pad',
          low: turn(op.low, permutation),
          high: turn(op.high, permutation),
          interior: turn(op.interior, permutation),
        }
        return this.emit(value, turnedOp, [turned], permutation)
      }
      case 'concat': {
        const order = this.orderOf(inputs, value.shape.length)
        return this.emit(
          value,
          { op: 'concat', axis: order[op.axis] as number },
          inputs.map((id) => this.inOrder(id, order)),
          order,
        )
      }
      case 'reduce': {
        const whole = this.reducedWhole(value, op, x)
        if (whole) return whole
        const { turned, permutation } = this.turnedOf(x)
        const axes = op.axes.map((axis) => permutation[axis] as number).sort((a, b) => a - b)
        const kept = permutation.filter((axis) => !axes.includes(axis))
        const ranks = [...kept].sort((a, b) => a - b)
        return this.emit(
          value,
          { op: 'reduce', name: op.name, axes },
          [turned],
          kept.map((axis) => ranks.indexOf(axis)),
        )
      }
      case 'conv2d':
      case 'conv2dInputGrad': {
        if (op.window.layout !== 'NCHW') return this.emitLogical(value)
        const { value: kernel, panels } = this.kernel(y)
        const convOp = { ...op, window: { ...op.window, layout: 'HWNC' as const }, panels }
        return this.emit(value, convOp, [this.inOrder(x, swapImage), kernel], swapImage)
      }
      case 'matmul':
        return this.product(value, op, [x, y])
      case 'maxPool2d':
      case 'maxPool2dIndex':
      case 'avgPool2d':
      case 'avgPool2dGrad':
        return op.window.layout === 'NCHW' ? this.image(value, [this.inOrder(x, swapImage)]) : this.emitLogical(value)
      case 'maxPool2dGrad':
      case 'maxPool2dTake':
        return op.window.layout === 'NCHW'
          ? this.image(value, [this.inOrder(x, swapImage), this.inOrder(y, swapImage)])
          : this.emitLogical(value)
      case 'conv2dKernelGrad':
        // The gradient of a kernel is in a kernel's order, whatever the images' is.
        return op.window.layout === 'NCHW'
          ? this.emit(
              value,
              { ...op, window: { ...op.window, layout: 'HWNC' } },
              [this.inOrder(x, swapImage), this.inOrder(y, swapImage)],
              identity(4),
            )
          : this.emitLogical(value)
      case 'input':
      case 'constant':
      case 'iota':
      case 'random':
      case 'reshape':
      case 'broadcast':
      case 'argMax':
      case 'gather':
      case 'scatterAdd':
        return this.emitLogical(value)
    }
  }

  /** The sum over all of a packed value, if its padding adds nothing. */
  private reducedWhole(value: Instruction, op: Extract<Op, { op: 'reduce' }>, x: ValueId): Turned | undefined {
    const form = this.of(x)
    if (!('packed' in form) || value.shape.length > 0) return undefined
    const adds = form.padding !== (op.name === 'sum' ? 0 : Number.NEGATIVE_INFINITY)
    if (adds && columnsOf(form.packing) % form.packing.width > 0) return undefined
    const axes = identity(this.rewriter.at(form.packed).shape.length)
    return this.emit(value, { ...op, axes }, [form.packed], [])
  }

  /** A pool whose result is an image. */
  private image(value: Instruction, inputs: readonly ValueId[]): Turned {
    const { op } = value
    switch (op.op) {
      case 'maxPool2d':
      case 'maxPool2dIndex':
      case 'maxPool2dGrad':
      case 'maxPool2dTake':
      case 'avgPool2d':
      case 'avgPool2dGrad':
        return this.emit(value, { ...op, window: { ...op.window, layout: 'HWNC' } }, inputs, swapImage)
      default:
        throw new InternalError('layout', `${op.op} has no window`, value.origin)
    }
  }
}
