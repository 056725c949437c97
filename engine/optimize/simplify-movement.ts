/**
 * @file Chains of reshape, transpose, broadcast, slice, pad and concat become one; reductions over nothing disappear;
 * transposes go into matrix products.
 * In: one instruction whose operands are already simple. Out: the equal value, or undefined.
 */
import { sameShape, sizeOf } from '../core/tensor'
import type { Instruction, Op, ValueId } from '../ir/program'
import type { Rewriter } from './rewriter'

export function simplifyMovement(r: Rewriter, v: Instruction): ValueId | undefined {
  const x = v.inputs[0] as ValueId
  const operand = r.at(x)
  switch (v.op.op) {
    case 'reshape':
      if (sameShape(operand.shape, v.shape)) return x
      if (operand.op.op === 'constant') return r.constant(operand.op.value, v.shape, v.dtype, v.origin)
      if (operand.op.op === 'reshape') return reshaped(r, v, operand.inputs[0] as ValueId)
      return reshapedBroadcast(r, v, operand)
    case 'transpose':
      return transposed(r, v, v.op.permutation, x)
    case 'broadcast':
      return broadcasted(r, v, v.op.axes, x)
    case 'slice': {
      const { starts, steps } = v.op
      if (sameShape(operand.shape, v.shape)) return x
      if (operand.op.op === 'constant') return r.constant(operand.op.value, v.shape, v.dtype, v.origin)
      if (operand.op.op === 'broadcast') return slicedBroadcast(r, v, v.op, operand.op.axes, operand)
      if (operand.op.op !== 'slice') return undefined
      const inner = operand.op
      const op = {
        op: 'slice' as const,
        starts: starts.map((start, axis) => (inner.starts[axis] as number) + start * (inner.steps[axis] as number)),
        steps: steps.map((step, axis) => step * (inner.steps[axis] as number)),
      }
      return r.add(op, operand.inputs, v.shape, v.dtype, v.origin)
    }
    case 'pad':
      if (sameShape(operand.shape, v.shape)) return x
      return operand.op.op === 'constant' && operand.op.value === 0 ? r.constant(0, v.shape, v.dtype, v.origin) : undefined
    case 'concat': {
      if (v.inputs.length === 1) return x
      const first = r.constantOf(x)
      return first !== undefined && v.inputs.every((id) => r.constantOf(id) === first)
        ? r.constant(first, v.shape, v.dtype, v.origin)
        : undefined
    }
    case 'reduce':
      return reduced(r, v, v.op.name, v.op.axes, x)
    case 'matmul': {
      const [a, b] = v.inputs as [ValueId, ValueId]
      const outer = outerProduct(r, v, v.op, a, b)
      if (outer !== undefined) return outer
      const ta = lastTwoSwapped(r, a)
      const tb = v.op.panels?.of === 'right' ? undefined : lastTwoSwapped(r, b)
      if (ta === undefined && tb === undefined) return undefined
      const op = {
        ...v.op,
        transposeA: v.op.transposeA !== (ta !== undefined),
        transposeB: v.op.transposeB !== (tb !== undefined),
      }
      return r.add(op, [ta ?? a, tb ?? b], v.shape, v.dtype, v.origin)
    }
    default:
      return undefined
  }
}

/** A product of one column by one row, such as the weight gradient of a single sample, is elementwise, and joins the work that follows. */
function outerProduct(
  r: Rewriter,
  v: Instruction,
  { transposeA }: Extract<Op, { op: 'matmul' }>,
  a: ValueId,
  b: ValueId,
): ValueId | undefined {
  const rank = v.shape.length
  if (r.at(a).shape[transposeA ? rank - 2 : rank - 1] !== 1) return undefined
  const spread = (id: ValueId, missing: number): ValueId => {
    const axes = v.shape.map((_, axis) => axis).filter((axis) => axis !== missing)
    const shape = axes.map((axis) => v.shape[axis] as number)
    const small = r.add({ op: 'reshape' }, [id], shape, v.dtype, v.origin)
    return r.add({ op: 'broadcast', axes }, [small], v.shape, v.dtype, v.origin)
  }
  return r.add({ op: 'binary', name: 'mul' }, [spread(a, rank - 1), spread(b, rank - 2)], v.shape, v.dtype, v.origin)
}

const reshaped = (r: Rewriter, v: Instruction, x: ValueId): ValueId =>
  sameShape(r.at(x).shape, v.shape) ? x : r.add({ op: 'reshape' }, [x], v.shape, v.dtype, v.origin)

/** A reshape of a broadcast that only adds or drops extents of 1 is a broadcast. */
function reshapedBroadcast(r: Rewriter, v: Instruction, operand: Instruction): ValueId | undefined {
  if (operand.op.op !== 'broadcast') return undefined
  const long = (shape: readonly number[]) => shape.flatMap((extent, axis) => (extent === 1 ? [] : [axis]))
  const from = long(operand.shape)
  const to = long(v.shape)
  if (
    !sameShape(
      from.map((axis) => operand.shape[axis] as number),
      to.map((axis) => v.shape[axis] as number),
    )
  )
    return undefined
  const x = operand.inputs[0] as ValueId
  const inner = r.at(x)
  const place = new Map(from.map((axis, i) => [axis, to[i] as number]))
  const kept = operand.op.axes.filter((axis) => place.has(axis))
  const shape = kept.map((axis) => operand.shape[axis] as number)
  const small = sameShape(inner.shape, shape) ? x : r.add({ op: 'reshape' }, [x], shape, inner.dtype, v.origin)
  return r.add({ op: 'broadcast', axes: kept.map((axis) => place.get(axis) as number) }, [small], v.shape, v.dtype, v.origin)
}

/** Slicing repeated values repeats fewer; what is left of the slice falls on the small operand. */
function slicedBroadcast(
  r: Rewriter,
  v: Instruction,
  { starts, steps }: Extract<Op, { op: 'slice' }>,
  axes: readonly number[],
  operand: Instruction,
): ValueId {
  const x = operand.inputs[0] as ValueId
  const inner = r.at(x)
  const shape = axes.map((axis) => v.shape[axis] as number)
  const pick = (values: readonly number[]) => axes.map((axis) => values[axis] as number)
  const small = sameShape(shape, inner.shape)
    ? x
    : r.add({ op: 'slice', starts: pick(starts), steps: pick(steps) }, [x], shape, v.dtype, v.origin)
  return r.add({ op: 'broadcast', axes }, [small], v.shape, v.dtype, v.origin)
}

function transposed(r: Rewriter, v: Instruction, permutation: readonly number[], x: ValueId): ValueId | undefined {
  const operand = r.at(x)
  if (permutation.every((axis, i) => axis === i)) return x
  if (operand.op.op === 'constant') return r.constant(operand.op.value, v.shape, v.dtype, v.origin)
  // Moving only axes of extent 1 moves nothing.
  const long = permutation.filter((axis) => operand.shape[axis] !== 1)
  if (long.every((axis, i) => i === 0 || (long[i - 1] as number) < axis)) return reshaped(r, v, x)
  if (operand.op.op === 'transpose') {
    const inner = operand.op.permutation
    const both = permutation.map((axis) => inner[axis] as number)
    const origin = operand.inputs[0] as ValueId
    if (both.every((axis, i) => axis === i)) return origin
    return r.add({ op: 'transpose', permutation: both }, [origin], v.shape, v.dtype, v.origin)
  }
  if (operand.op.op === 'broadcast') {
    // The broadcast axes in their new places; the small operand is transposed if their order changed.
    const axes = operand.op.axes
    const places = axes.map((axis) => permutation.indexOf(axis))
    const order = places.map((_, i) => i).sort((i, j) => (places[i] as number) - (places[j] as number))
    const small = operand.inputs[0] as ValueId
    const inner = r.at(small)
    const turned = order.every((from, i) => from === i)
      ? small
      : r.add(
          { op: 'transpose', permutation: order },
          [small],
          order.map((axis) => inner.shape[axis] as number),
          inner.dtype,
          v.origin,
        )
    return r.add({ op: 'broadcast', axes: order.map((i) => places[i] as number) }, [turned], v.shape, v.dtype, v.origin)
  }
  return undefined
}

function broadcasted(r: Rewriter, v: Instruction, axes: readonly number[], x: ValueId): ValueId | undefined {
  const operand = r.at(x)
  if (sameShape(operand.shape, v.shape)) return x
  if (operand.op.op === 'constant') return r.constant(operand.op.value, v.shape, v.dtype, v.origin)
  if (sizeOf(operand.shape) === sizeOf(v.shape)) return r.add({ op: 'reshape' }, [x], v.shape, v.dtype, v.origin)
  // Extents of 1 say nothing: drop them from the operand, so that equal broadcasts look equal.
  if (operand.shape.includes(1)) {
    const kept = axes.filter((_, i) => operand.shape[i] !== 1)
    const shape = operand.shape.filter((extent) => extent !== 1)
    const squeezed = r.add({ op: 'reshape' }, [x], shape, v.dtype, v.origin)
    return r.add({ op: 'broadcast', axes: kept }, [squeezed], v.shape, v.dtype, v.origin)
  }
  if (operand.op.op === 'broadcast')
    return r.add({ op: 'broadcast', axes: operand.op.axes.map((axis) => axes[axis] as number) }, operand.inputs, v.shape, v.dtype, v.origin)
  return undefined
}

function reduced(r: Rewriter, v: Instruction, name: 'sum' | 'max', axes: readonly number[], x: ValueId): ValueId | undefined {
  const operand = r.at(x)
  if (axes.every((axis) => operand.shape[axis] === 1)) return reshaped(r, v, x)
  if (operand.op.op === 'constant' && v.dtype === 'f32') {
    const count = axes.reduce((product, axis) => product * (operand.shape[axis] as number), 1)
    return r.constant(name === 'sum' ? operand.op.value * count : operand.op.value, v.shape, v.dtype, v.origin)
  }
  if (operand.op.op === 'transpose') {
    // Reduce before moving: the kept axes alone may need a transpose.
    const permutation = operand.op.permutation
    const inner = axes.map((axis) => permutation[axis] as number).sort((a, b) => a - b)
    const origin = operand.inputs[0] as ValueId
    const kept = r.at(origin).shape.flatMap((_, axis) => (inner.includes(axis) ? [] : [axis]))
    const order = permutation.filter((_, axis) => !axes.includes(axis)).map((axis) => kept.indexOf(axis))
    const shape = kept.map((axis) => r.at(origin).shape[axis] as number)
    const small = r.add({ op: 'reduce', name, axes: inner }, [origin], shape, v.dtype, v.origin)
    return order.every((axis, i) => axis === i)
      ? small
      : r.add({ op: 'transpose', permutation: order }, [small], v.shape, v.dtype, v.origin)
  }
  return undefined
}

/** The operand of a transpose that swaps exactly the last two axes. */
function lastTwoSwapped(r: Rewriter, id: ValueId): ValueId | undefined {
  const { op, inputs, shape } = r.at(id)
  if (op.op !== 'transpose') return undefined
  const rank = shape.length
  const swapped = op.permutation.every((axis, i) => axis === (i === rank - 1 ? rank - 2 : i === rank - 2 ? rank - 1 : i))
  return swapped ? inputs[0] : undefined
}
