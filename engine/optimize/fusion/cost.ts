/**
 * @file What a loop kernel costs, in the time that one pass over one element of memory takes; fusion keeps what makes the sum smaller.
 */
import type { BinaryName, UnaryName } from '../../ir/program'
import type { LoopKernel } from '../kernel'

/** Starting a kernel: what reading this many elements would cost. */
const perKernel = 600
const perStore = 1.5
/** Registers are finite: beyond this many streams a kernel slows down. */
const manyStreams = 12

const unaryCost: Record<UnaryName, number> = {
  neg: 0.05,
  abs: 0.05,
  sign: 0.1,
  exp: 1.2,
  log: 1.5,
  sqrt: 0.3,
  reciprocal: 0.3,
  tanh: 1.5,
  sigmoid: 1.5,
  floor: 0.2,
  sin: 6,
  cos: 6,
}

const binaryCost: Record<BinaryName, number> = {
  add: 0.05,
  sub: 0.05,
  mul: 0.05,
  div: 0.3,
  max: 0.05,
  min: 0.05,
  pow: 8,
  less: 0.05,
  equal: 0.05,
}

export function loopCost(loop: LoopKernel): number {
  const { axes, body } = loop
  const size = axes.reduce((product, extent) => product * extent, 1)
  // Axes on which each expression depends, as a bit set.
  const depends: number[] = []
  const axesOf = (strides: readonly number[]) => strides.reduce((bits, stride, axis) => (stride === 0 ? bits : bits | (1 << axis)), 0)
  const points = (bits: number) => axes.reduce((product, extent, axis) => (bits & (1 << axis) ? product * extent : product), 1)
  /** An expression is worked out again for every step of the axes outside the innermost one it depends on. */
  const evaluations = (bits: number) => {
    if (bits === 0) return 1
    const innermost = 31 - Math.clz32(bits)
    return axes.slice(0, innermost + 1).reduce((product, extent) => product * extent, 1)
  }
  let cost = perKernel
  let streams = 0
  for (const op of body) {
    switch (op.op) {
      case 'load': {
        const bits = axesOf(op.view.strides)
        depends.push(bits)
        // Small tables stay in the nearest cache: reading them again is almost free.
        const distinct = points(bits)
        cost += distinct + 0.05 * evaluations(bits) + (op.view.strides.includes(1) || distinct < 4096 ? 0 : 2 * evaluations(bits))
        if (distinct > 1) streams++
        break
      }
      case 'constant':
        depends.push(0)
        break
      case 'index':
        depends.push(axesOf(op.strides))
        cost += 0.1 * evaluations(axesOf(op.strides))
        break
      case 'random': {
        const bits = depends[op.index] as number
        depends.push(bits)
        cost += 1.5 * evaluations(bits)
        break
      }
      case 'unary': {
        const bits = depends[op.x] as number
        depends.push(bits)
        cost += unaryCost[op.name] * evaluations(bits)
        break
      }
      case 'binary': {
        const bits = (depends[op.a] as number) | (depends[op.b] as number)
        depends.push(bits)
        cost += binaryCost[op.name] * evaluations(bits)
        break
      }
      case 'select': {
        const bits = (depends[op.condition] as number) | (depends[op.then] as number) | (depends[op.otherwise] as number)
        depends.push(bits)
        cost += 0.1 * evaluations(bits)
        break
      }
      case 'cast': {
        const bits = depends[op.x] as number
        depends.push(bits)
        cost += 0.1 * evaluations(bits)
        break
      }
    }
  }
  for (const { reduce, strides } of loop.results) {
    streams++
    cost += reduce ? 0.1 * size + perStore * points(axesOf(strides)) : perStore * size
  }
  return cost + Math.max(0, streams - manyStreams) * 0.5 * size
}
