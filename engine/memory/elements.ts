/**
 * @file How the elements of each buffer are stored: as f32, as i32, or as halves, which take half the memory and half the time to move
 * (mixed precision; Micikevicius et al. 2018). In: kernels, and whether halves are wanted. Out: an element type for each buffer.
 *
 * Halves hold activations and their gradients: what kernels hand to each other. f32 stay
 *   – what lives longer than a run or comes from or goes to the host: state, data, constants, outputs;
 *   – results of reductions, which may be far larger than a half holds (sums of squares) and are few (statistics, losses), and what loops
 *     make of these and of weights alone (1/σ, γ/σ);
 *   – what loops make of whole numbers alone: halves are exact only up to 2048;
 *   – what a scan carries from item to item: it would be rounded at every one;
 *   – what flows through loops into a state's new value: gradients of weights, from the product or the reduction that makes them;
 *   – buffers so small that a half would save nothing.
 */
import { type DType, type Shape, sizeOf } from '../core/tensor'
import type { Buffer, BufferId, Kernel, KernelProgram, LoopKernel } from '../optimize/kernel'
import { operandsOf } from '../optimize/loop-operands'

/** What activations and their gradients are stored as. */
export type ActivationStorage = 'f32' | 'f16'

export type Element = DType | 'f16'

/** Elements that fill no more than one unit in which a device hands out memory (256 bytes), even as f32. */
const few = 64

export function elementsOf(program: KernelProgram, storage: ActivationStorage): (buffer: BufferId) => Element {
  const halves = storage === 'f16' ? halvesOf(program) : new Set<BufferId>()
  return (buffer) => (halves.has(buffer) ? 'f16' : (program.buffers[buffer] as Buffer).dtype)
}

export const bytesOfElements = (shape: Shape, element: Element): number => (element === 'f16' ? 2 : 4) * sizeOf(shape)

function halvesOf(program: KernelProgram): ReadonlySet<BufferId> {
  const kept = new Set([...program.outputs.map(({ buffer }) => buffer), ...statistics(program), ...updates(program), ...carried(program)])
  const large = program.buffers.flatMap(({ role, dtype, shape }, buffer) =>
    role === 'scratch' && dtype === 'f32' && sizeOf(shape) > few ? [buffer] : [],
  )
  return new Set(large.filter((buffer) => !kept.has(buffer)))
}

/** What one result of a loop is made of. */
interface Made {
  readonly buffer: BufferId
  readonly reduced: boolean
  /** f32 buffers that are read for it. */
  readonly floats: ReadonlySet<BufferId>
  readonly random: boolean
}

function madeBy({ body, results }: LoopKernel): readonly Made[] {
  return results.map(({ value, buffer, reduce }) => {
    const needed = new Set([value])
    const floats = new Set<BufferId>()
    let random = false
    // Operands stand before what reads them.
    for (let at = value; at >= 0; at--) {
      const op = needed.has(at) ? body[at] : undefined
      if (!op) continue
      if (op.op === 'load' && op.dtype === 'f32') floats.add(op.view.buffer)
      if (op.op === 'random') random = true
      for (const operand of operandsOf(op)) needed.add(operand)
    }
    return { buffer, reduced: reduce !== undefined, floats, random }
  })
}

const madeIn = (kernel: Kernel): readonly Made[] => {
  if (kernel.kind === 'scan') return [...kernel.before, ...kernel.steps].flatMap((step) => (step.kind === 'loop' ? madeBy(step) : []))
  return kernel.kind === 'loop' ? madeBy(kernel) : []
}

/** Filled before the first item, written again at every item. */
function carried({ kernels }: KernelProgram): readonly BufferId[] {
  return kernels.flatMap((kernel) => {
    if (kernel.kind !== 'scan') return []
    const again = new Set(kernel.steps.flatMap(({ writes }) => writes))
    return kernel.before.flatMap(({ writes }) => writes.filter((buffer) => again.has(buffer)))
  })
}

/** Results of reductions, and what loops make of them, of weights beside them, and of whole numbers. */
function statistics({ buffers, kernels }: KernelProgram): ReadonlySet<BufferId> {
  const found = new Set<BufferId>()
  const isExact = (buffer: BufferId) => found.has(buffer) || sizeOf((buffers[buffer] as Buffer).shape) === 1
  const isWeight = (buffer: BufferId) => buffers[buffer]?.role === 'state'
  for (const { buffer, reduced, floats, random } of kernels.flatMap(madeIn)) {
    const all = [...floats]
    const fromStatistics = !random && all.every((float) => isExact(float) || isWeight(float)) && (all.length === 0 || all.some(isExact))
    if (reduced || fromStatistics) found.add(buffer)
  }
  return found
}

/** What flows into a state's new value through loops, back to where something else than a loop, or a reduction, made it. */
function updates({ buffers, kernels }: KernelProgram): ReadonlySet<BufferId> {
  const found = new Set<BufferId>()
  for (const { buffer, reduced, floats } of kernels.flatMap(madeIn).toReversed())
    if (!reduced && (found.has(buffer) || buffers[buffer]?.role === 'state')) for (const float of floats) found.add(float)
  return found
}
