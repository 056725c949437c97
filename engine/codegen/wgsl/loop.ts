/** @file Loop kernels. */
import { InternalError } from '../../core/diagnostics'
import type { LoopKernel } from '../../optimize/kernel'
import type { Dispatch, GpuContext } from './emitter'

export function emitLoop(kernel: LoopKernel & { readonly origins?: readonly string[] }, context: GpuContext): Dispatch[] {
  throw new InternalError('wgsl', `${kernel.kind} ${context.tiles.length}`)
}
