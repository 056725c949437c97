/**
 * @file The same kernel with other buffers. In: a kernel, and the new name of each of its buffers. Out: the kernel. Fusion works with owners
 * where finished kernels have buffers, and the buffers of a scan's step become buffers of the whole program.
 */
import { InternalError } from '../../core/diagnostics'
import type { LoopKernel, PlainBody } from '../kernel'
import type { Owner } from './graph'

/** `perItem`: elements between the items of what lies stacked, by old name. */
export function renamed(
  body: PlainBody,
  to: (owner: Owner) => number,
  perItem: (owner: Owner) => number | undefined = () => undefined,
): PlainBody {
  const whole = (owner: Owner): number => {
    if (perItem(owner) !== undefined) throw new InternalError('fuse', `a ${body.kind} reads a sequence where it lies`)
    return to(owner)
  }
  const maybe = (owner: Owner | undefined) => (owner === undefined ? undefined : whole(owner))
  switch (body.kind) {
    case 'loop':
      return renamedLoop(body, to, whole, perItem)
    case 'matmul': {
      const bias = maybe(body.bias)
      return { ...body, a: whole(body.a), b: whole(body.b), out: whole(body.out), ...(bias === undefined ? {} : { bias }) }
    }
    case 'conv': {
      const bias = maybe(body.bias)
      return { ...body, a: whole(body.a), b: whole(body.b), out: whole(body.out), ...(bias === undefined ? {} : { bias }) }
    }
    case 'pool': {
      const index = maybe(body.index)
      return { ...body, x: whole(body.x), out: whole(body.out), ...(index === undefined ? {} : { index }) }
    }
    case 'gather':
      return { ...body, table: whole(body.table), indices: whole(body.indices), out: whole(body.out) }
    case 'scatterAdd':
      return { ...body, indices: whole(body.indices), updates: whole(body.updates), out: whole(body.out) }
    case 'argMax':
      return { ...body, x: whole(body.x), out: whole(body.out) }
  }
}

function renamedLoop(
  loop: LoopKernel,
  to: (owner: Owner) => number,
  whole: (owner: Owner) => number,
  perItem: (owner: Owner) => number | undefined,
): LoopKernel {
  // A single point still needs an axis to run over.
  const point = loop.axes.length === 0
  const strides = (given: readonly number[]) => (point ? [0] : given)
  const placed = <T extends { readonly buffer: Owner; readonly strides: readonly number[] }>(at: T): T => {
    const moves = perItem(at.buffer)
    return { ...at, buffer: to(at.buffer), strides: strides(at.strides), ...(moves === undefined ? {} : { perItem: moves }) }
  }
  return {
    ...loop,
    axes: point ? [1] : loop.axes,
    body: loop.body.map((op) => {
      if (op.op === 'load') return { ...op, view: placed(op.view) }
      if (op.op === 'random') return { ...op, key: whole(op.key) }
      return op.op === 'index' ? { ...op, strides: strides(op.strides) } : op
    }),
    results: loop.results.map(placed),
  }
}
