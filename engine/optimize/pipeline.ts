/**
 * @file The list of passes, to be read from top to bottom. In: a lowered program and what it is compiled for. Out: kernels. The program is
 * verified between passes.
 */
import type { Program } from '../ir/program'
import { withBodies } from '../ir/scan'
import { verify } from '../ir/verify'
import { fuse } from './fuse'
import type { KernelProgram } from './kernel'
import { layout } from './layout'
import type { Panelling } from './packing'
import { simplify } from './simplify'

/** What the executor asks of kernels. */
export interface Target {
  /** Most buffers that one loop may read and write. */
  readonly buffersPerKernel: number
  /** Weights lie in column panels; absent: in their logical order. */
  readonly panelling?: Panelling
}

/** Panels as wide as the widest register tile; a backend says how wide its own is. */
export const cpuTarget: Target = { buffersPerKernel: Number.POSITIVE_INFINITY, panelling: { widest: 16 } }
/** What every WebGPU device offers. */
export const gpuTarget: Target = { buffersPerKernel: 8 }

interface Pass {
  readonly name: string
  readonly run: (program: Program, target: Target) => Program
}

const passes: readonly Pass[] = [
  { name: 'simplify', run: simplify },
  { name: 'layout', run: (program, { panelling }) => layout(program, panelling) },
  { name: 'simplify in layout', run: simplify },
]

export function optimize(program: Program, target: Target): KernelProgram {
  let current = program
  for (const { name, run } of passes) {
    current = run(
      withBodies(current, (body) => run(body, { ...target, panelling: undefined })),
      target,
    )
    verify(current, name)
  }
  return fuse(current, target.buffersPerKernel)
}
