/**
 * @file Algebraic identities of elementwise operations, and constants worked out at compile time.
 * In: one instruction whose operands are already simple. Out: the equal value, or undefined.
 */
import { sizeOf } from '../core/tensor'
import type { BinaryName, Instruction, UnaryName, ValueId } from '../ir/program'
import { binaryOf, unaryOf } from '../ir/scalar'
import type { Rewriter } from './rewriter'

export function simplifyElementwise(r: Rewriter, v: Instruction): ValueId | undefined {
  const [x, y, z] = v.inputs as [ValueId, ValueId, ValueId]
  switch (v.op.op) {
    case 'stopGradient':
      return x
    case 'cast':
      return castOf(r, v, x)
    case 'select': {
      if (y === z) return y
      const condition = r.constantOf(x)
      return condition === undefined ? underBroadcast(r, v) : condition !== 0 ? y : z
    }
    case 'unary':
      return unary(r, v, v.op.name, x)
    case 'binary':
      return binary(r, v, v.op.name, x, y)
    default:
      return undefined
  }
}

function castOf(r: Rewriter, v: Instruction, x: ValueId): ValueId | undefined {
  if (r.at(x).dtype === v.dtype) return x
  const value = r.constantOf(x)
  if (value === undefined) return underBroadcast(r, v)
  return r.constant(v.dtype === 'i32' ? Math.trunc(value) : value, v.shape, v.dtype, v.origin)
}

function unary(r: Rewriter, v: Instruction, name: UnaryName, x: ValueId): ValueId | undefined {
  const value = r.constantOf(x)
  if (value !== undefined && v.dtype === 'f32') return r.constant(unaryOf[name](value), v.shape, v.dtype, v.origin)
  const inner = r.at(x)
  if (name === 'neg' && inner.op.op === 'unary' && inner.op.name === 'neg') return inner.inputs[0]
  // −(a − b) = b − a
  if (name === 'neg' && inner.op.op === 'binary' && inner.op.name === 'sub')
    return r.add(inner.op, [inner.inputs[1] as ValueId, inner.inputs[0] as ValueId], v.shape, v.dtype, v.origin)
  return underBroadcast(r, v)
}

const isNegated = (r: Rewriter, id: ValueId): ValueId | undefined => {
  const { op, inputs } = r.at(id)
  return op.op === 'unary' && op.name === 'neg' ? inputs[0] : undefined
}

function binary(r: Rewriter, v: Instruction, name: BinaryName, a: ValueId, b: ValueId): ValueId | undefined {
  const ca = r.constantOf(a)
  const cb = r.constantOf(b)
  const make = (op: BinaryName, left: ValueId, right: ValueId) =>
    r.add({ op: 'binary', name: op }, [left, right], v.shape, v.dtype, v.origin)
  const makeUnary = (op: UnaryName, x: ValueId) => r.add({ op: 'unary', name: op }, [x], v.shape, v.dtype, v.origin)
  if (ca !== undefined && cb !== undefined && (v.dtype === 'f32' || r.at(a).dtype === 'f32'))
    return r.constant(binaryOf[name](ca, cb), v.shape, v.dtype, v.origin)
  // Constants stand on the right, so that rules and common subexpressions see one form.
  if (ca !== undefined && cb === undefined && (name === 'add' || name === 'mul' || name === 'max' || name === 'min' || name === 'equal'))
    return binary(r, v, name, b, a) ?? make(name, b, a)
  switch (name) {
    case 'add': {
      if (cb === 0) return a
      const nb = isNegated(r, b)
      if (nb !== undefined) return make('sub', a, nb)
      const na = isNegated(r, a)
      if (na !== undefined) return make('sub', b, na)
      break
    }
    case 'sub': {
      if (cb === 0) return a
      if (ca === 0) return makeUnary('neg', b)
      const nb = isNegated(r, b)
      if (nb !== undefined) return make('add', a, nb)
      break
    }
    case 'mul':
      if (cb === 1) return a
      if (cb === -1) return makeUnary('neg', a)
      if (cb !== undefined) {
        // (x · c) · d = x · (c d)
        const inner = r.at(a)
        const c = inner.op.op === 'binary' && inner.op.name === 'mul' ? r.constantOf(inner.inputs[1] as ValueId) : undefined
        if (c !== undefined && v.dtype === 'f32')
          return make('mul', inner.inputs[0] as ValueId, r.constant(c * cb, v.shape, v.dtype, v.origin))
      }
      break
    case 'div':
      if (cb === 1) return a
      if (ca === 1) return makeUnary('reciprocal', b)
      // Dividing by a power of two is exactly multiplying by its inverse.
      if (cb !== undefined && cb !== 0 && Number.isInteger(Math.log2(Math.abs(cb))))
        return make('mul', a, r.constant(1 / cb, v.shape, v.dtype, v.origin))
      break
    case 'pow':
      if (cb === 1) return a
      if (cb === 2) return make('mul', a, a)
      if (cb === 0.5) return makeUnary('sqrt', a)
      if (cb === -1) return makeUnary('reciprocal', a)
      if (cb === 3) return make('mul', make('mul', a, a), a)
      break
    case 'less':
      // 0 < s is 0 < max(s, 0): where the rectified value is kept anyway, s itself need not be.
      if (ca === 0 && r.at(b).dtype === 'f32') {
        const rectified = rectifiedOf(r, b, a)
        if (rectified !== undefined) return make('less', a, rectified)
      }
      break
    default:
      break
  }
  return underBroadcast(r, v)
}

/** An existing max(s, 0), if `s` is not itself one. */
function rectifiedOf(r: Rewriter, s: ValueId, zero: ValueId): ValueId | undefined {
  for (let id = s + 1; id < r.values.length; id++) {
    const { op, inputs } = r.at(id)
    if (op.op === 'binary' && op.name === 'max' && inputs[0] === s && inputs[1] === zero) return id
  }
  return undefined
}

/** f(broadcast x, broadcast y) = broadcast f(x, y): the work is done on the small tensors. */
function underBroadcast(r: Rewriter, v: Instruction): ValueId | undefined {
  let axes: readonly number[] | undefined
  let shape: readonly number[] = []
  for (const id of v.inputs) {
    const input = r.at(id)
    if (input.op.op === 'constant') continue
    if (input.op.op !== 'broadcast') return undefined
    const inner = r.at(input.inputs[0] as ValueId)
    if (axes && axes.join() !== input.op.axes.join()) return undefined
    axes = input.op.axes
    shape = inner.shape
  }
  if (!axes || sizeOf(shape) >= sizeOf(v.shape)) return undefined
  const inputs = v.inputs.map((id) => {
    const input = r.at(id)
    return input.op.op === 'constant' ? r.constant(input.op.value, shape, input.dtype, input.origin) : (input.inputs[0] as ValueId)
  })
  const small = { ...v, inputs, shape }
  const inner = simplifyElementwise(r, small) ?? r.add(small.op, small.inputs, small.shape, small.dtype, small.origin)
  return r.add({ op: 'broadcast', axes }, [inner], v.shape, v.dtype, v.origin)
}
