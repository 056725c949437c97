/**
 * @file Algebra on programs: dead code, common subexpressions, constants, identities, chains of movement.
 * In: a program. Out: an equal one with fewer and smaller operations. Each rule is local; the pass repeats until nothing changes.
 */
import { sameShape } from '../core/tensor'
import type { Instruction, Program, ValueId } from '../ir/program'
import { Rewriter } from './rewriter'
import { simplifyElementwise } from './simplify-elementwise'
import { simplifyMovement } from './simplify-movement'
import { simplifySum } from './simplify-sums'

/** Rules shrink a program quickly; this only bounds a mistake. */
const maxRounds = 12

export function simplify(program: Program): Program {
  let current = program
  for (let round = 0; round < maxRounds; round++) {
    const next = simplifyOnce(current)
    if (isSame(next, current)) return next
    current = next
  }
  return current
}

/** Most operations are the very objects that they were. */
function isSame(a: Program, b: Program): boolean {
  return (
    a.values.length === b.values.length &&
    a.values.every((value, id) => sameInstruction(value, b.values[id] as Instruction)) &&
    a.state.every(({ value, update }, i) => value === b.state[i]?.value && update === b.state[i].update) &&
    a.outputs.every(({ value }, i) => value === b.outputs[i]?.value)
  )
}

const sameInstruction = (a: Instruction, b: Instruction): boolean =>
  a.inputs.length === b.inputs.length &&
  a.inputs.every((id, i) => id === b.inputs[i]) &&
  (a.op === b.op || JSON.stringify(a.op) === JSON.stringify(b.op)) &&
  sameShape(a.shape, b.shape)

function simplifyOnce(program: Program): Program {
  const r = new Rewriter()
  const map: ValueId[] = []
  for (const value of program.values) {
    const moved: Instruction = { ...value, inputs: value.inputs.map((id) => map[id] as ValueId) }
    map.push(simplified(r, moved) ?? r.add(moved.op, moved.inputs, moved.shape, moved.dtype, moved.origin))
  }
  return r.finish(program, (id) => map[id] as ValueId)
}

/** The value that `v` equals by some rule, or undefined where none applies. */
function simplified(r: Rewriter, v: Instruction): ValueId | undefined {
  switch (v.op.op) {
    case 'unary':
    case 'binary':
    case 'select':
    case 'cast':
    case 'stopGradient':
      return simplifyElementwise(r, v)
    case 'reshape':
    case 'transpose':
    case 'broadcast':
    case 'slice':
    case 'pad':
    case 'concat':
    case 'matmul':
      return simplifyMovement(r, v)
    case 'reduce':
      return simplifyMovement(r, v) ?? (v.op.name === 'sum' ? simplifySum(r, v, v.op.axes) : undefined)
    case 'input':
    case 'constant':
    case 'iota':
    case 'random':
    case 'argMax':
    case 'conv2d':
    case 'conv2dInputGrad':
    case 'conv2dKernelGrad':
    case 'maxPool2d':
    case 'maxPool2dIndex':
    case 'maxPool2dGrad':
    case 'maxPool2dTake':
    case 'avgPool2d':
    case 'avgPool2dGrad':
    case 'gather':
    case 'scatterAdd':
    case 'scan':
    case 'result':
      return undefined
  }
}
