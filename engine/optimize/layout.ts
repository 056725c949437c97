/**
 * @file Images change from NCHW to HWNC, the order the CPU's convolutions and pools want (batch inside position, channels innermost).
 * In: a program in NCHW. Out: an equal program in which convolutions and pools say 'HWNC'; transposes remain only where something
 * insists on the logical order (a reshape, a matrix product, an output). Values are carried lazily: "`turned`, seen through `permutation`".
 */
import { InternalError } from '../core/diagnostics'
import type { Shape } from '../core/tensor'
import type { Instruction, Op, Program, ValueId } from '../ir/program'
import { Rewriter } from './rewriter'

/** (N, C, H, W) ↔ (H, W, N, C): the same permutation both ways. */
const swapImage = [2, 3, 0, 1]

/** Result axis i of the logical value is axis `permutation[i]` of `turned`. */
interface Turned {
  readonly turned: ValueId
  readonly permutation: readonly number[]
}

const isIdentity = (permutation: readonly number[]) => permutation.every((axis, i) => axis === i)
const inverse = (permutation: readonly number[]) => permutation.map((_, axis) => permutation.indexOf(axis))
const identity = (rank: number) => Array.from({ length: rank }, (_, axis) => axis)

/** Values by logical axis, put in the order of the turned axes. */
const turn = <T>(perLogicalAxis: readonly T[], permutation: readonly number[]): T[] =>
  inverse(permutation).map((axis) => perLogicalAxis[axis] as T)

export function layout(program: Program): Program {
  const pass = new LayoutPass()
  for (const value of program.values) pass.add(value)
  return pass.rewriter.finish(program, (id) => pass.logical(id))
}

class LayoutPass {
  readonly rewriter = new Rewriter()
  private readonly known: Turned[] = []

  /** The value in its logical order. */
  logical(id: ValueId): ValueId {
    return this.inOrder(id, identity(this.logicalShape(id).length))
  }

  private of(id: ValueId): Turned {
    const found = this.known[id]
    if (!found) throw new InternalError('layout', `value ${id} comes before its operand`)
    return found
  }

  private logicalShape(id: ValueId): Shape {
    const { turned, permutation } = this.of(id)
    const { shape } = this.rewriter.at(turned)
    return permutation.map((axis) => shape[axis] as number)
  }

  /** The value whose axis order is `wanted`. */
  private inOrder(id: ValueId, wanted: readonly number[]): ValueId {
    const { turned, permutation } = this.of(id)
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
    const turned = inputs.map((id) => this.of(id)).find(({ permutation }) => !isIdentity(permutation))
    return turned ? turned.permutation : identity(rank)
  }

  add(value: Instruction): void {
    this.known.push(this.convert(value))
  }

  private convert(value: Instruction): Turned {
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
        const { turned, permutation } = this.of(x)
        return { turned, permutation: op.permutation.map((axis) => permutation[axis] as number) }
      }
      case 'slice': {
        const { turned, permutation } = this.of(x)
        return this.emit(
          value,
          { op: 'slice', starts: turn(op.starts, permutation), steps: turn(op.steps, permutation) },
          [turned],
          permutation,
        )
      }
      case 'pad': {
        const { turned, permutation } = this.of(x)
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
        const { turned, permutation } = this.of(x)
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
      case 'conv2dInputGrad':
        return op.window.layout === 'NCHW' ? this.image(value, [this.inOrder(x, swapImage), this.logical(y)]) : this.emitLogical(value)
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
      case 'matmul':
      case 'gather':
      case 'scatterAdd':
        return this.emitLogical(value)
    }
  }

  /** A windowed operation whose result is an image. */
  private image(value: Instruction, inputs: readonly ValueId[]): Turned {
    const { op } = value
    switch (op.op) {
      case 'conv2d':
      case 'conv2dInputGrad':
        return this.emit(value, { ...op, window: { ...op.window, layout: 'HWNC' } }, inputs, swapImage)
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
