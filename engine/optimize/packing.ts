/**
 * @file Which values lie packed. The weights of convolutions and dense layers are kept as their kernels read them, and so is everything
 * that is computed with them element by element: gradients, the optimiser's state, penalties.
 * In: a program, the executor's widest panel, and what is settled about state slots. Out: a packing, or none, for every value.
 */
import { kernelPacking, matrixPacking, type Packing, panelWidth } from '../ir/packing'
import type { Instruction, Program, ValueId } from '../ir/program'
import { isElementwise } from './fusion/graph'

export interface Panelling {
  /** Columns of the executor's register tile. */
  readonly widest: number
  /** How a state slot lies: in its logical order, packed, or (undefined) as this program likes. Default: as this program likes. */
  settled?(slot: string): Packing | 'logical' | undefined
}

/** Values that elementwise operations and updates join. */
interface Group {
  readonly slots: string[]
  /** What the first kernel that reads a member would like. */
  wanted?: Packing
  /** Some member is made or read by what needs the logical order. */
  insists: boolean
}

export function choosePackings(program: Program, { widest, settled }: Panelling): (Packing | undefined)[] {
  const { values } = program
  const leaders = joined(program)
  const groups = new Map<ValueId, Group>()
  const groupOf = (id: ValueId): Group => {
    const leader = leaders[id] as ValueId
    const group = groups.get(leader) ?? { slots: [], insists: false }
    groups.set(leader, group)
    return group
  }
  for (const { name, value } of program.state) groupOf(value).slots.push(name)
  values.forEach((value, id) => {
    if (!mayMake(value)) groupOf(id).insists = true
    value.inputs.forEach((input, place) => {
      const group = groupOf(input)
      const wanted = readAs(value, place, (values[input] as Instruction).shape, widest)
      if (wanted === 'logical') group.insists = true
      else if (wanted !== 'any') group.wanted ??= wanted
    })
  })
  const packings = new Map<Group, Packing | undefined>()
  for (const group of groups.values()) packings.set(group, packingOf(group, settled))
  const chosen = values.map((_, id) => packings.get(groupOf(id)))
  // A slot stays as it lies, whatever else is in its group.
  for (const { name, value } of program.state) {
    const layout = settled?.(name)
    if (layout !== undefined) chosen[value] = layout === 'logical' ? undefined : layout
  }
  return chosen
}

function packingOf({ slots, wanted, insists }: Group, settled: Panelling['settled']): Packing | undefined {
  const known = slots.map((slot) => settled?.(slot))
  const packing = known.find((layout) => layout !== undefined && layout !== 'logical')
  if (packing) return packing
  return slots.length > 0 && !insists && !known.includes('logical') ? wanted : undefined
}

/** For every value the first of those that lie as it does. */
function joined({ values, state }: Program): ValueId[] {
  const leaders: ValueId[] = values.map((_, id) => id)
  const find = (id: ValueId): ValueId => {
    let at = id
    while (leaders[at] !== at) at = leaders[at] = leaders[leaders[at] as ValueId] as ValueId
    return at
  }
  const join = (a: ValueId, b: ValueId) => {
    const [x, y] = [find(a), find(b)]
    leaders[Math.max(x, y)] = Math.min(x, y)
  }
  values.forEach(({ op, inputs }, id) => {
    if (!isElementwise(op.op) && op.op !== 'stopGradient') return
    for (const input of inputs) if (!isUniform(values, input)) join(input, id)
  })
  for (const { value, update } of state) if (update !== undefined && !isUniform(values, update)) join(value, update)
  return values.map((_, id) => find(id))
}

/** One number everywhere: it lies as anything does. */
export function isUniform(values: readonly Instruction[], id: ValueId): boolean {
  const { op } = values[id] as Instruction
  return op.op === 'constant' || (op.op === 'broadcast' && op.axes.length === 0)
}

/** Whether a value can be computed in any order, or by a kernel that can write panels. */
function mayMake({ op, shape }: Instruction): boolean {
  switch (op.op) {
    case 'input':
      return op.role === 'state'
    case 'conv2dKernelGrad':
      return op.window.groups === 1
    case 'matmul':
      return shape.length === 2
    case 'constant':
    case 'stopGradient':
      return true
    case 'broadcast':
      return op.axes.length === 0
    default:
      return isElementwise(op.op)
  }
}

/** The packing that an operation likes an operand in; `any` where it does not matter. */
function readAs({ op }: Instruction, place: number, shape: readonly number[], widest: number): Packing | 'any' | 'logical' {
  switch (op.op) {
    case 'conv2d':
    case 'conv2dInputGrad':
      return place === 1 && op.window.groups === 1 ? kernelPacking(shape, panelWidth(shape[0] as number, widest)) : 'logical'
    case 'matmul': {
      if (place !== 1 || shape.length !== 2) return 'logical'
      const column = op.transposeB ? 0 : 1
      return matrixPacking(shape, column, panelWidth(shape[column] as number, widest))
    }
    case 'reduce':
    case 'stopGradient':
      return 'any'
    default:
      return isElementwise(op.op) ? 'any' : 'logical'
  }
}
