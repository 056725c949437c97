/**
 * @file Leaves out what nothing reads, once gradients have been taken and `stopGradient` has no more to say.
 * In: a program. Out: the same program without dead values, `stopGradient`s, results of scans that nobody reads, and the run-time inputs
 * ($key, $lr …) it does not use. The graph's own inputs stay, read or not: they are what the program is fed with.
 */
import type { Instruction, Op, Program, ScanOp, ValueId } from './program'
import { resultStarts, scanOperands } from './scan'

type Input = Extract<Op, { op: 'input' }>

/** Lowering's own inputs begin with `$` (lowering.ts); node ids cannot. */
export const prune = (program: Program): Program => pruned(program, ({ name }) => !name.startsWith('$'))

/** `stays`: inputs that are kept though nothing reads them. */
function pruned(program: Program, stays: (input: Input) => boolean): Program {
  const { values } = program
  const live = new Set<ValueId>(program.outputs.map(({ value }) => value))
  for (const { value, update } of program.state) live.add(value).add(update ?? value)
  /** Scans without the results that nobody reads: the op, and the operands it still has. */
  const trimmed = new Map<ValueId, Trimmed>()
  /** By scan: numbers of the results that are read. */
  const read = new Map<ValueId, Set<number>>()
  for (let id = values.length - 1; id >= 0; id--) {
    const { op, inputs } = values[id] as Instruction
    if (op.op === 'input' && stays(op)) live.add(id)
    if (!live.has(id)) continue
    if (op.op === 'result') {
      const scan = inputs[0] as ValueId
      read.set(scan, (read.get(scan) ?? new Set()).add(op.index))
    }
    if (op.op === 'scan') trimmed.set(id, trim(op, inputs, read.get(id) ?? new Set()))
    for (const input of trimmed.get(id)?.inputs ?? inputs) live.add(input)
  }

  const kept: Instruction[] = []
  const moved = new Map<ValueId, ValueId>()
  const at = (id: ValueId): ValueId => moved.get(id) as ValueId
  values.forEach((instruction, id) => {
    if (!live.has(id)) return
    const { op } = instruction
    if (op.op === 'stopGradient') {
      moved.set(id, at(instruction.inputs[0] as ValueId))
      return
    }
    moved.set(id, kept.length)
    const scan = trimmed.get(id)
    if (scan) kept.push({ ...instruction, op: scan.op, inputs: scan.inputs.map(at), shape: [resultStarts(scan.op).at(-1) as number] })
    else if (op.op === 'result') {
      const [from] = instruction.inputs as [ValueId]
      kept.push({ ...instruction, op: { ...op, index: trimmed.get(from)?.numbers.get(op.index) ?? op.index }, inputs: [at(from)] })
    } else kept.push({ ...instruction, inputs: instruction.inputs.map(at) })
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

interface Trimmed {
  readonly op: ScanOp
  readonly inputs: readonly ValueId[]
  /** Old number of a result → new one. */
  readonly numbers: ReadonlyMap<number, number>
}

/** The scan without unread outputs, and without the operands that only they needed. Its state stays. */
function trim(op: ScanOp, inputs: readonly ValueId[], read: ReadonlySet<number>): Trimmed {
  const states = op.body.state.length
  const numbers = new Map<number, number>(op.body.state.map((_, i) => [i, i]))
  const outputs = op.body.outputs.filter((_, i) => {
    if (!read.has(states + i)) return false
    numbers.set(states + i, numbers.size)
    return true
  })
  const body = pruned({ ...op.body, outputs }, () => false)
  const there = new Set(body.values.flatMap((value) => (value.op.op === 'input' ? [value.op.name] : [])))
  const isThere = (name: string) => there.has(name)
  const operands = scanOperands(op)
  return {
    op: { ...op, body, constants: op.constants.filter(isThere), sequences: op.sequences.filter(isThere) },
    inputs: inputs.filter((_, i) => isThere(operands[i]?.name ?? '')),
    numbers,
  }
}
