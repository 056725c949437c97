/**
 * @file Kernels → dispatches. In: one kernel of a program and what the device can do. Out: what it takes to run it, in order. The runtime
 * compiles the texts, gives storages their places and records the dispatches.
 */

import type { Kernel, PlainKernel, ScanKernel } from '../../optimize/kernel'
import { itemsOf, kernelsAt } from '../../optimize/scan-kernel'
import { emitConv } from './conv'
import type { Dispatch, GpuContext } from './emitter'
import { emitArgMax, emitGather, emitScatterAdd } from './indexing'
import { emitLoop } from './loop'
import { emitMatmul } from './matmul'
import { emitPool } from './pool'

export function emitWgsl(kernel: Kernel, context: GpuContext): readonly Dispatch[] {
  switch (kernel.kind) {
    case 'loop':
      return emitLoop(kernel, context)
    case 'matmul':
      return emitMatmul(kernel, context)
    case 'conv':
      return emitConv(kernel, context)
    case 'pool':
      return emitPool(kernel, context)
    case 'gather':
      return emitGather(kernel, context)
    case 'scatterAdd':
      return emitScatterAdd(kernel, context)
    case 'argMax':
      return emitArgMax(kernel, context)
    case 'scan':
      return emitScan(kernel, context)
  }
}

/** Every step is recorded: texts are equal from step to step, and so are whole dispatches where nothing moves. */
function emitScan(scan: ScanKernel, context: GpuContext): readonly Dispatch[] {
  const known = new Map<PlainKernel, readonly Dispatch[]>()
  const emit = (kernel: PlainKernel): readonly Dispatch[] => {
    const dispatches = known.get(kernel) ?? emitWgsl(kernel, context)
    known.set(kernel, dispatches)
    return dispatches
  }
  return [...scan.before.flatMap(emit), ...itemsOf(scan).flatMap((item) => kernelsAt(scan, item).flatMap(emit))]
}
