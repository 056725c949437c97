/**
 * @file Packing said with movement operations, and what becomes of a packed value's padding. In: a value on the rewriter's bench and a
 * packing. Out: the packed or unpacked value; the number that stands in the columns beyond the last one.
 */
import type { Shape } from '../core/tensor'
import { columnsOf, type Packing, packedShape } from '../ir/packing'
import type { Instruction, ValueId } from '../ir/program'
import { binaryOf, unaryOf } from '../ir/scalar'
import { isUniform } from './packing'
import type { Rewriter } from './rewriter'

/** Packed axis i is axis `toPacked[i]` of the logical tensor whose column axis is cut in two: (panel, column in it). */
function cut({ shape, column, rows, width }: Packing): { readonly shape: Shape; readonly toPacked: readonly number[] } {
  const panels = Math.ceil((shape[column] as number) / width)
  const place = (axis: number) => (axis > column ? axis + 1 : axis)
  return {
    shape: shape.toSpliced(column, 1, panels, width),
    toPacked: [column, ...rows.map(place), column + 1],
  }
}

const padded = ({ shape, column, width }: Packing): Shape => shape.with(column, Math.ceil((shape[column] as number) / width) * width)

/** Zeros up to whole panels, the column axis cut, axes in the packed order. A value that is one number everywhere is so in any order. */
export function packValue(r: Rewriter, id: ValueId, packing: Packing): { readonly packed: ValueId; readonly padding: number | undefined } {
  const value = r.at(id)
  const { op, inputs, dtype, origin } = value
  const shape = packedShape(packing)
  if (isUniform(r.values, id))
    return { packed: r.add(op, inputs, shape, dtype, origin), padding: op.op === 'constant' ? op.value : undefined }
  const whole = padded(packing)
  const none = whole.map(() => 0)
  const high = whole.map((extent, axis) => extent - (value.shape[axis] as number))
  const filled = high.some((count) => count > 0) ? r.add({ op: 'pad', low: none, high, interior: none }, [id], whole, dtype, origin) : id
  const { shape: cutShape, toPacked } = cut(packing)
  const split = r.add({ op: 'reshape' }, [filled], cutShape, dtype, origin)
  return { packed: r.add({ op: 'transpose', permutation: toPacked }, [split], shape, dtype, origin), padding: 0 }
}

/** The logical order again, without the padding. */
export function unpackValue(r: Rewriter, id: ValueId, packing: Packing): ValueId {
  const { dtype, origin } = r.at(id)
  const { shape: cutShape, toPacked } = cut(packing)
  const permutation = toPacked.map((_, axis) => toPacked.indexOf(axis))
  const split = r.add({ op: 'transpose', permutation }, [id], cutShape, dtype, origin)
  const whole = padded(packing)
  const joined = r.add({ op: 'reshape' }, [split], whole, dtype, origin)
  if (columnsOf(packing) === whole[packing.column]) return joined
  const op = { op: 'slice' as const, starts: whole.map(() => 0), steps: whole.map(() => 1) }
  return r.add(op, [joined], packing.shape, dtype, origin)
}

/**
 * What an elementwise operation makes of its operands' padding; undefined where that is not known. Unknown padding comes from scalars that
 * are given at run time, which are finite and, where one divides by them, not zero.
 */
export function paddingAfter({ op, dtype }: Instruction, operands: readonly (number | undefined)[]): number | undefined {
  const [a, b, c] = operands
  switch (op.op) {
    case 'unary':
      return a === undefined ? undefined : unaryOf[op.name](a)
    case 'binary':
      if (op.name === 'mul' && (a === 0 || b === 0)) return 0
      if (op.name === 'div' && a === 0 && b !== 0) return 0
      return a === undefined || b === undefined ? undefined : binaryOf[op.name](a, b)
    case 'select':
      if (b === c) return b
      return a === undefined ? undefined : a !== 0 ? b : c
    case 'cast':
      return a === undefined ? undefined : dtype === 'i32' ? Math.trunc(a) : a
    case 'stopGradient':
      return a
    default:
      return undefined
  }
}
