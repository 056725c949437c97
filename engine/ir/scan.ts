/**
 * @file What a scan takes and gives (see `ScanOp` in program.ts). In: a scan. Out: the types and names of its operands and results, and
 * programs with other bodies.
 */
import { type DType, type Shape, sizeOf } from '../core/tensor'
import type { Instruction, Program, ScanOp, ValueId } from './program'

interface Typed {
  readonly shape: Shape
  readonly dtype: DType
}

/** An operand as the body sees it. */
export interface ScanOperand extends Typed {
  readonly name: string
  readonly kind: 'constant' | 'carry' | 'sequence'
}

const typeAt = ({ values }: Program, id: ValueId): Typed => {
  const { shape, dtype } = values[id] as Instruction
  return { shape, dtype }
}

/** In the order of the scan's inputs; undefined where the body has no input of a name. */
export function scanOperands({ body, constants, sequences }: ScanOp): (ScanOperand | undefined)[] {
  const inputs = new Map(body.values.flatMap(({ op, shape, dtype }) => (op.op === 'input' ? [[op.name, { shape, dtype }] as const] : [])))
  const operand = (name: string, kind: ScanOperand['kind']): ScanOperand | undefined => {
    const type = inputs.get(name)
    return type && { name, kind, ...type }
  }
  return [
    ...constants.map((name) => operand(name, 'constant')),
    ...body.state.map(({ name }) => operand(name, 'carry')),
    ...sequences.map((name) => operand(name, 'sequence')),
  ]
}

/** The state after the last step, then each output stacked. */
export const resultTypes = ({ body, length }: ScanOp): Typed[] => [
  ...body.state.map(({ value }) => typeAt(body, value)),
  ...body.outputs.map(({ value }) => {
    const { shape, dtype } = typeAt(body, value)
    return { shape: [length, ...shape], dtype }
  }),
]

/** Where each result begins in the scan's own value, and at the end its size. */
export function resultStarts(op: ScanOp): number[] {
  const starts = [0]
  for (const { shape } of resultTypes(op)) starts.push((starts.at(-1) as number) + sizeOf(shape))
  return starts
}

/** The program with each scan's body changed; bodies in bodies are the business of `change`. */
export function withBodies(program: Program, change: (body: Program) => Program): Program {
  if (!program.values.some(({ op }) => op.op === 'scan')) return program
  return {
    ...program,
    values: program.values.map((value) =>
      value.op.op === 'scan' ? { ...value, op: { ...value.op, body: change(value.op.body) } } : value,
    ),
  }
}
