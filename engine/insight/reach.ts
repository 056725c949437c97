/**
 * @file How far a change reaches. In: a program and one of its inputs. Out: a smaller program that computes the same outputs from that input and
 * from the values that do not depend on it, so that trying out many changes of one parameter does not compute everything anew.
 */
import type { Instruction, Program, ValueId } from '../ir/program'

export interface Reach {
  readonly program: Program
  /** Inputs of the smaller program → values of the whole one, whose results they take. */
  readonly known: ReadonlyMap<string, ValueId>
}

const nameOf = (id: ValueId): string => `$value:${id}`

/** Only the outputs that are named; values that do not depend on `input` become inputs. */
export function reachOf(program: Program, input: ValueId, outputs: readonly string[]): Reach {
  const reached = new Set<ValueId>([input])
  program.values.forEach(({ inputs }, id) => {
    if (inputs.some((operand) => reached.has(operand))) reached.add(id)
  })
  const wanted = program.outputs.filter(({ name }) => outputs.includes(name))
  const needed = new Set<ValueId>(wanted.map(({ value }) => value))
  for (let id = program.values.length - 1; id >= 0; id--)
    if (needed.has(id) && reached.has(id)) for (const operand of (program.values[id] as Instruction).inputs) needed.add(operand)

  const values: Instruction[] = []
  const moved = new Map<ValueId, ValueId>()
  const known = new Map<string, ValueId>()
  program.values.forEach((instruction, id) => {
    if (!needed.has(id)) return
    moved.set(id, values.length)
    if (reached.has(id)) values.push({ ...instruction, inputs: instruction.inputs.map((operand) => moved.get(operand) as ValueId) })
    else {
      known.set(nameOf(id), id)
      values.push({ ...instruction, op: { op: 'input', name: nameOf(id), role: 'data' }, inputs: [] })
    }
  })
  return {
    known,
    program: {
      name: program.name,
      values,
      state: [],
      outputs: wanted.map(({ name, value }) => ({ name, value: moved.get(value) as ValueId })),
    },
  }
}
