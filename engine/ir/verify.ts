/**
 * @file Checks that a program is legal; the pass runner (compile.ts) calls it between passes, passes never do.
 * In: a program and the name of the pass that made it. Out: nothing, or an `InternalError` naming the pass, the value and its node.
 */
import { InternalError } from '../core/diagnostics'
import { formatShape, sameShape } from '../core/tensor'
import type { Instruction, Program } from './program'
import { resultTypes } from './scan'
import { IllegalInstruction, typeOf } from './typing'

export function verify(program: Program, pass = 'verify'): void {
  const fail = (message: string, origin?: string): never => {
    throw new InternalError(pass, message, origin || undefined)
  }
  const existing = (id: number, what: string): Instruction => program.values[id] ?? fail(`${what} names value ${id}, which does not exist`)
  const unique = (names: readonly string[], what: string) => {
    const seen = new Set<string>()
    for (const name of names) {
      if (seen.has(name)) fail(`two ${what} are called “${name}”`)
      seen.add(name)
    }
  }

  program.values.forEach((instruction, id) => {
    const operands = instruction.inputs.map((input) => {
      if (!(input < id)) fail(`value ${id} (${instruction.op.op}) reads value ${input}, which does not come before it`, instruction.origin)
      return existing(input, `value ${id}`)
    })
    const type = resultType(instruction, operands, (reason) => fail(`value ${id} (${instruction.op.op}): ${reason}`, instruction.origin))
    if (!sameShape(type.shape, instruction.shape) || type.dtype !== instruction.dtype)
      fail(
        `value ${id} (${instruction.op.op}) says ${instruction.dtype} ${formatShape(instruction.shape)} but is ${type.dtype} ${formatShape(type.shape)}`,
        instruction.origin,
      )
    if (instruction.op.op === 'scan') verify(instruction.op.body, pass)
    const wrong = instruction.op.op === 'result' ? wrongResult(instruction, instruction.op.index, operands[0]) : undefined
    if (wrong) fail(wrong, instruction.origin)
  })

  const inputs = program.values.flatMap(({ op }) => (op.op === 'input' ? [op] : []))
  unique(
    inputs.map(({ name }) => name),
    'inputs',
  )
  unique(
    program.state.map(({ name }) => name),
    'state slots',
  )
  for (const { name, value, update } of program.state) {
    const slot = existing(value, `state slot “${name}”`)
    if (slot.op.op !== 'input' || slot.op.role !== 'state' || slot.op.name !== name)
      fail(`state slot “${name}” is not the state input of that name`, slot.origin)
    if (update === undefined) continue
    const next = existing(update, `update of “${name}”`)
    if (!sameShape(next.shape, slot.shape) || next.dtype !== slot.dtype)
      fail(`update of “${name}” is ${formatShape(next.shape)}, the slot ${formatShape(slot.shape)}`, next.origin)
  }
  const slots = new Set(program.state.map(({ name }) => name))
  for (const { name, role } of inputs) if (role === 'state' && !slots.has(name)) fail(`state input “${name}” has no slot`)

  unique(
    program.outputs.map(({ name }) => name),
    'outputs',
  )
  for (const { name, value } of program.outputs) existing(value, `output “${name}”`)
}

/** What is wrong with a result of a scan, if anything. */
function wrongResult(result: Instruction, index: number, of: Instruction | undefined): string | undefined {
  const type = of?.op.op === 'scan' ? resultTypes(of.op)[index] : undefined
  if (!type) return `there is no result ${index} of a ${of?.op.op}`
  const right = sameShape(type.shape, result.shape) && type.dtype === result.dtype
  return right ? undefined : `result ${index} says ${formatShape(result.shape)} but is ${formatShape(type.shape)}`
}

function resultType(instruction: Instruction, operands: readonly Instruction[], fail: (reason: string) => never) {
  try {
    return typeOf(instruction.op, operands, instruction)
  } catch (error) {
    if (error instanceof IllegalInstruction) return fail(error.message)
    throw error
  }
}
