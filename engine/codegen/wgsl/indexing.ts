/** @file Indexing kernels. */
import { InternalError } from '../../core/diagnostics'
import type { ArgMaxKernel, GatherKernel, ScatterAddKernel } from '../../optimize/kernel'
import type { Dispatch, GpuContext } from './emitter'

type Named<K> = K & { readonly origins?: readonly string[] }

export function emitGather(kernel: Named<GatherKernel>, context: GpuContext): Dispatch[] {
  throw new InternalError('wgsl', `${kernel.kind} ${context.tiles.length}`)
}
export function emitScatterAdd(kernel: Named<ScatterAddKernel>, context: GpuContext): Dispatch[] {
  throw new InternalError('wgsl', `${kernel.kind} ${context.tiles.length}`)
}
export function emitArgMax(kernel: Named<ArgMaxKernel>, context: GpuContext): Dispatch[] {
  throw new InternalError('wgsl', `${kernel.kind} ${context.tiles.length}`)
}
