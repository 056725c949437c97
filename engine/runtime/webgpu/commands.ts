/** @file A compiled program as commands, and how one is recorded. In: pipelines and bindings. Out: calls on a compute pass. */
import type { KernelProgram } from '../../optimize/kernel'
import type { MemoryUse } from '../backend'
import type { Place } from './memory'

/** One dispatch, ready to be encoded. */
export interface Command {
  readonly pipeline: GPUComputePipeline
  readonly bindings: GPUBindGroup
  readonly workgroups: readonly [number, number, number]
  readonly label: string
  /** Whose work it is: position of the kernel in the program. */
  readonly kernel: number
}

export interface Loaded {
  readonly kernels: KernelProgram
  readonly commands: readonly Command[]
  readonly memory: MemoryUse
  place(buffer: number): Place
  /** Gives back everything it holds. */
  release(): void
}

export function encode(pass: GPUComputePassEncoder, { pipeline, bindings, workgroups: [x, y, z] }: Command): void {
  pass.setPipeline(pipeline)
  pass.setBindGroup(0, bindings)
  pass.dispatchWorkgroups(x, y, z)
}
