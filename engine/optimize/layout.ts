/**
 * @file The orders in which the CPU's kernels want their tensors. Images change from NCHW to HWNC (batch inside position, channels
 * innermost), weights and what is computed from them are packed into column panels (packing.ts).
 * In: a program in NCHW. Out: an equal program in which convolutions and pools say 'HWNC' and products say what is packed; movement
 * remains only where something insists on the logical order (a reshape, an output). Values are carried lazily, in some `Form`.
 */
import { InternalError } from '../core/diagnostics'
import type { Instruction, Op, Program, StateSlot, ValueId } from '../ir/program'
import { type Form, Forms, identity, swapImage, type Turned, turn } from './layout-forms'
import { kept, kernelOf, packedForm, productOf, reducedWhole } from './layout-packed'
import { choosePackings, type Panelling } from './packing'

/** Without a `panelling`, weights stay in their logical order. */
export function layout(program: Program, panelling?: Panelling): Program {
  const forms = new Forms()
  const packings = panelling ? choosePackings(program, panelling) : []
  program.values.forEach((value, id) => {
    const packing = packings[id]
    forms.add((packing && packedForm(forms, value, packing)) ?? convert(forms, value))
  })
  const state = program.state.map(({ value, update, ...slot }): StateSlot => {
    const form = forms.of(value)
    if (!('packed' in form)) return { ...slot, value: form.turned, ...(update === undefined ? {} : { update: forms.logical(update) }) }
    const { packed, packing } = form
    return { ...slot, value: packed, packing, ...(update === undefined ? {} : { update: kept(forms, update, packing) }) }
  })
  const outputs = program.outputs.map((output) => ({ ...output, value: forms.logical(output.value) }))
  return forms.rewriter.finish({ ...program, state, outputs }, (id) => id)
}

/** The instruction in the order that suits it. */
function convert(forms: Forms, value: Instruction): Form {
  const { op, inputs } = value
  const [x, y] = inputs as [ValueId, ValueId]
  switch (op.op) {
    case 'unary':
    case 'binary':
    case 'select':
    case 'cast':
    case 'stopGradient': {
      const order = forms.orderOf(inputs, value.shape.length)
      return forms.emit(
        value,
        op,
        inputs.map((id) => forms.inOrder(id, order)),
        order,
      )
    }
    case 'transpose': {
      // logical axis i is operand axis op.permutation[i]
      const { turned, permutation } = forms.turnedOf(x)
      return { turned, permutation: op.permutation.map((axis) => permutation[axis] as number) }
    }
    case 'slice': {
      const { turned, permutation } = forms.turnedOf(x)
      return forms.emit(
        value,
        { op: 'slice', starts: turn(op.starts, permutation), steps: turn(op.steps, permutation) },
        [turned],
        permutation,
      )
    }
    case 'pad': {
      const { turned, permutation } = forms.turnedOf(x)
      const turnedOp: Op = {
        op: 'pad',
        low: turn(op.low, permutation),
        high: turn(op.high, permutation),
        interior: turn(op.interior, permutation),
      }
      return forms.emit(value, turnedOp, [turned], permutation)
    }
    case 'concat': {
      const order = forms.orderOf(inputs, value.shape.length)
      return forms.emit(
        value,
        { op: 'concat', axis: order[op.axis] as number },
        inputs.map((id) => forms.inOrder(id, order)),
        order,
      )
    }
    case 'reduce': {
      const whole = reducedWhole(forms, value, op)
      if (whole) return whole
      const { turned, permutation } = forms.turnedOf(x)
      const axes = op.axes.map((axis) => permutation[axis] as number).sort((a, b) => a - b)
      const kept = permutation.filter((axis) => !axes.includes(axis))
      const ranks = [...kept].sort((a, b) => a - b)
      return forms.emit(
        value,
        { op: 'reduce', name: op.name, axes },
        [turned],
        kept.map((axis) => ranks.indexOf(axis)),
      )
    }
    case 'conv2d':
    case 'conv2dInputGrad': {
      if (op.window.layout !== 'NCHW') return forms.emitLogical(value)
      const { value: kernel, panels } = kernelOf(forms, y)
      const convOp = { ...op, window: { ...op.window, layout: 'HWNC' as const }, panels }
      return forms.emit(value, convOp, [forms.inOrder(x, swapImage), kernel], swapImage)
    }
    case 'matmul':
      return productOf(forms, value, op)
    case 'maxPool2d':
    case 'maxPool2dIndex':
    case 'avgPool2d':
    case 'avgPool2dGrad':
      return op.window.layout === 'NCHW' ? image(forms, value, [forms.inOrder(x, swapImage)]) : forms.emitLogical(value)
    case 'maxPool2dGrad':
    case 'maxPool2dTake':
      return op.window.layout === 'NCHW'
        ? image(forms, value, [forms.inOrder(x, swapImage), forms.inOrder(y, swapImage)])
        : forms.emitLogical(value)
    case 'conv2dKernelGrad':
      // The gradient of a kernel is in a kernel's order, whatever the images' is.
      return op.window.layout === 'NCHW'
        ? forms.emit(
            value,
            { ...op, window: { ...op.window, layout: 'HWNC' } },
            [forms.inOrder(x, swapImage), forms.inOrder(y, swapImage)],
            identity(4),
          )
        : forms.emitLogical(value)
    case 'input':
    case 'constant':
    case 'iota':
    case 'random':
    case 'reshape':
    case 'broadcast':
    case 'argMax':
    case 'gather':
    case 'scatterAdd':
    case 'scan':
    case 'result':
      return forms.emitLogical(value)
  }
}

/** A pool whose result is an image. */
function image(forms: Forms, value: Instruction, inputs: readonly ValueId[]): Turned {
  const { op } = value
  switch (op.op) {
    case 'maxPool2d':
    case 'maxPool2dIndex':
    case 'maxPool2dGrad':
    case 'maxPool2dTake':
    case 'avgPool2d':
    case 'avgPool2dGrad':
      return forms.emit(value, { ...op, window: { ...op.window, layout: 'HWNC' } }, inputs, swapImage)
    default:
      throw new InternalError('layout', `${op.op} has no window`, value.origin)
  }
}
