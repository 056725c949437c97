/**
 * @file What one run of a program costs at least. In: a lowered program. Out: multiplications and additions of its contractions (a product of
 * (m, k) and (k, n) counts 2·m·k·n; taps in the padding count as they usually do), and the bytes that must move.
 */
import { bytesOf, sizeOf } from '../../engine/core/tensor'
import type { Instruction, Program } from '../../engine/ir/program'

function flopsOf({ op, inputs, shape }: Instruction, values: Program['values']): number {
  const input = (i: number) => (values[inputs[i] as number] as Instruction).shape
  switch (op.op) {
    case 'matmul':
      return 2 * sizeOf(shape) * (input(0).at(op.transposeA ? -2 : -1) ?? 1)
    // Every output element takes the taps of one output channel's kernel.
    case 'conv2d':
      return (2 * sizeOf(shape) * sizeOf(input(1))) / (input(1)[0] ?? 1)
    case 'conv2dInputGrad':
      return (2 * sizeOf(input(0)) * sizeOf(input(1))) / (input(1)[0] ?? 1)
    case 'conv2dKernelGrad':
      return (2 * sizeOf(input(1)) * sizeOf(shape)) / (shape[0] ?? 1)
    case 'scan':
      return op.length * programFlops(op.body)
    default:
      return 0
  }
}

export const programFlops = ({ values }: Program): number => values.reduce((sum, instruction) => sum + flopsOf(instruction, values), 0)

/**
 * State is read, and written where it is updated; every contraction's operands and result are touched once. Fused elementwise work
 * is free in this count, and nothing stays in a cache.
 */
export function programBytes({ values, state }: Program): number {
  const held = state.reduce(
    (sum, { value, update }) => sum + bytesOf((values[value] as Instruction).shape) * (update === undefined ? 1 : 2),
    0,
  )
  const moved = values.reduce((sum, instruction) => {
    if (flopsOf(instruction, values) === 0) return sum
    if (instruction.op.op === 'scan') return sum + instruction.op.length * programBytes(instruction.op.body)
    const operands = instruction.inputs
      .map((id) => values[id] as Instruction)
      .filter(({ op }) => !(op.op === 'input' && op.role === 'state'))
    return sum + [...operands, instruction].reduce((bytes, { shape }) => bytes + bytesOf(shape), 0)
  }, 0)
  return held + moved
}
