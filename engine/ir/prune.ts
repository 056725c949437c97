/**
 * @file Leaves out what nothing reads, once gradients have been taken and `stopGradient` has no more to say.
 * In: a program. Out: the same program without dead values, `stopGradient`s and the run-time inputs ($key, $lr, $step) it does not use.
 * The graph's own inputs stay, read or not: they are what the program is fed with.
 */
import { inputNames } from './lowering'
import type { Instruction, Program, ValueId } from './program'

const optionalInputs: ReadonlySet<string> = new Set(Object.values(inputNames))

export function prune(program: Program): Program {
  const { values } = program
  const live = new Set<ValueId>(program.outputs.map(({ value }) => value))
  for (const { value, update } of program.state) live.add(value).add(update ?? value)
  for (let id = values.length - 1; id >= 0; id--) {
    const { op, inputs } = values[id] as Instruction
    if (op.op === 'input' && !optionalInputs.has(op.name)) live.add(id)
    if (live.has(id)) for (const input of inputs) live.add(input)
  }

  const kept: Instruction[] = []
  const moved = new Map<ValueId, ValueId>()
  const at = (id: ValueId): ValueId => moved.get(id) as ValueId
  values.forEach((instruction, id) => {
    if (!live.has(id)) return
    const inputs = instruction.inputs.map(at)
    if (instruction.op.op === 'stopGradient') {
      moved.set(id, inputs[0] as ValueId)
    } else {
      moved.set(id, kept.length)
      kept.push({ ...instruction, inputs })
    }
  })
  return {
    name: program.name,
    values: kept,
    state: program.state.map(({ name, value, update }) =>
      update === undefined ? { name, value: at(value) } : { name, value: at(value), update: at(update) },
    ),
    outputs: program.outputs.map(({ name, value }) => ({ name, value: at(value) })),
  }
}
