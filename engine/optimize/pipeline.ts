/**
 * @file The CPU's list of passes, to be read from top to bottom. In: a lowered program. Out: kernels. The program is verified between passes.
 */
import type { Program } from '../ir/program'
import { verify } from '../ir/verify'
import { fuse } from './fuse'
import type { KernelProgram } from './kernel'
import { layout } from './layout'
import { simplify } from './simplify'

export const cpuPasses: readonly { readonly name: string; readonly run: (program: Program) => Program }[] = [
  { name: 'simplify', run: simplify },
  { name: 'layout', run: layout },
  { name: 'simplify in layout', run: simplify },
]

export function optimizeForCpu(program: Program): KernelProgram {
  let current = program
  for (const { name, run } of cpuPasses) {
    current = run(current)
    verify(current, name)
  }
  return fuse(current)
}
