/**
 * @file What the code of a loop kernel needs to know about each expression: at which loop it changes, whether it differs by lane,
 * how it is used. In: a kernel and its plan. Out: one record per body position.
 */
import type { LoopKernel } from '../../optimize/kernel'
import { operandsOf } from '../../optimize/loop-operands'
import type { LoopPlan } from './loop-plan'

export interface NodeFacts {
  /** −1: never changes; 0: per unit; k: in loop k − 1 of the plan. */
  readonly level: number
  readonly byLane: boolean
  /** Used other than as the condition of a select. */
  readonly asValue: boolean
  /** The one addition (or sum) into which this product goes. */
  readonly fusedInto: boolean
}

export function analyse(kernel: LoopKernel, plan: LoopPlan, fuseProducts: boolean): readonly NodeFacts[] {
  const { body, results } = kernel
  const levelOfAxis = kernel.axes.map((_, axis) => plan.loops.indexOf(axis) + 1)
  const levels: number[] = []
  const byLane: boolean[] = []
  for (const op of body) {
    const strides = op.op === 'load' ? op.view.strides : op.op === 'index' ? op.strides : []
    const own = strides.flatMap((stride, axis) => (stride === 0 ? [] : [levelOfAxis[axis] as number]))
    const operands = operandsOf(op)
    levels.push(Math.max(-1, ...own, ...operands.map((x) => levels[x] as number)))
    byLane.push((strides[plan.lane] ?? 0) !== 0 || operands.some((x) => byLane[x] as boolean))
  }
  const uses = new Array<number>(body.length).fill(0)
  const asValue = new Array<boolean>(body.length).fill(false)
  const use = (x: number, value: boolean) => {
    uses[x] = (uses[x] as number) + 1
    if (value) asValue[x] = true
  }
  for (const op of body) {
    if (op.op === 'select') {
      use(op.condition, false)
      use(op.then, true)
      use(op.otherwise, true)
    } else for (const x of operandsOf(op)) use(x, true)
  }
  for (const { value } of results) use(value, true)

  const fused = new Array<boolean>(body.length).fill(false)
  const isProduct = (x: number) => {
    const op = body[x]
    return op?.op === 'binary' && op.name === 'mul' && op.dtype === 'f32' && uses[x] === 1
  }
  if (fuseProducts)
    body.forEach((op, id) => {
      if (op.op !== 'binary' || op.dtype !== 'f32' || (op.name !== 'add' && op.name !== 'sub')) return
      const candidates = op.name === 'add' ? [op.a, op.b] : [op.b]
      const x = candidates.find((candidate) => isProduct(candidate) && levels[candidate] === levels[id] && byLane[candidate] === byLane[id])
      if (x !== undefined) fused[x] = true
    })
  return body.map((_, id) => ({
    level: levels[id] as number,
    byLane: byLane[id] as boolean,
    asValue: asValue[id] as boolean,
    fusedInto: fused[id] as boolean,
  }))
}
