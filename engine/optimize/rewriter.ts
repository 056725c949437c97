/**
 * @file The bench on which passes build their result: instructions are added one by one, equal ones are shared (hash-consing).
 * In: instructions of a new program. Out: value ids; `finish` drops what nothing needs and renumbers.
 */
import type { DType, Shape } from '../core/tensor'
import { keyOfOp } from '../ir/op-key'
import type { Instruction, Op, Program, ValueId } from '../ir/program'

const keyOf = (op: Op, inputs: readonly ValueId[], shape: Shape, dtype: DType): string =>
  `${keyOfOp(op)} ${inputs.join()} ${shape.join()} ${dtype}`

export class Rewriter {
  readonly values: Instruction[] = []
  private readonly known = new Map<string, ValueId>()

  at(id: ValueId): Instruction {
    const found = this.values[id]
    if (!found) throw new RangeError(`no value ${id}`)
    return found
  }

  /** Adds an instruction, or finds the equal one that is there already. */
  add(op: Op, inputs: readonly ValueId[], shape: Shape, dtype: DType, origin: string): ValueId {
    const key = keyOf(op, inputs, shape, dtype)
    const found = this.known.get(key)
    if (found !== undefined) return found
    const id = this.values.push({ op, inputs, shape, dtype, origin }) - 1
    this.known.set(key, id)
    return id
  }

  /** The instruction, if it is there. */
  find(op: Op, inputs: readonly ValueId[], shape: Shape, dtype: DType): ValueId | undefined {
    return this.known.get(keyOf(op, inputs, shape, dtype))
  }

  constant(value: number, shape: Shape, dtype: DType, origin: string): ValueId {
    return this.add({ op: 'constant', value }, [], shape, dtype, origin)
  }

  /** The number every element has, where that is known. */
  constantOf(id: ValueId): number | undefined {
    const { op } = this.at(id)
    return op.op === 'constant' ? op.value : undefined
  }

  /** The finished program: `map` says where each value of `source` is now. */
  finish(source: Program, map: (id: ValueId) => ValueId): Program {
    return removeDead({
      name: source.name,
      values: this.values,
      state: source.state.map((slot) => ({
        ...slot,
        value: map(slot.value),
        ...(slot.update === undefined ? {} : { update: map(slot.update) }),
      })),
      outputs: source.outputs.map((output) => ({ name: output.name, value: map(output.value) })),
    })
  }
}

/** Drops values that no output or state update needs; inputs stay, because hosts feed them by name. */
export function removeDead(program: Program): Program {
  const live = new Uint8Array(program.values.length)
  const mark = (id: ValueId | undefined) => {
    if (id !== undefined) live[id] = 1
  }
  for (const { value, update } of program.state) {
    mark(value)
    mark(update)
  }
  for (const { value } of program.outputs) mark(value)
  for (let id = program.values.length - 1; id >= 0; id--) {
    const value = program.values[id] as Instruction
    if (value.op.op === 'input') live[id] = 1
    if (live[id]) value.inputs.forEach(mark)
  }
  const moved = new Map<ValueId, ValueId>()
  const to = (id: ValueId): ValueId => moved.get(id) as ValueId
  const values: Instruction[] = []
  program.values.forEach((value, id) => {
    if (live[id]) moved.set(id, values.push({ ...value, inputs: value.inputs.map(to) }) - 1)
  })
  return {
    name: program.name,
    values,
    state: program.state.map((slot) => ({
      ...slot,
      value: to(slot.value),
      ...(slot.update === undefined ? {} : { update: to(slot.update) }),
    })),
    outputs: program.outputs.map((output) => ({ name: output.name, value: to(output.value) })),
  }
}
