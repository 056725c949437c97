/**
 * @file `netloom compile`: the compiler laid open. In: a graph. Out: a training step (or a forward pass) as text, as a program of
 * primitive operations or as the kernels that the CPU runs.
 */
import { type Command, Option } from 'commander'
import { lower } from '../../../compile'
import { printProgram } from '../../../ir/print'
import type { Program } from '../../../ir/program'
import { optimizeForCpu } from '../../../optimize/pipeline'
import { printKernels } from '../../../optimize/print'
import { unwrap, updateOf } from '../../../train/model'
import { loadGraph } from '../graph-argument'
import type { Io } from '../io'
import { type CommonOptions, withCommon } from '../options'

const printers: Readonly<Record<string, (program: Program) => string>> = {
  program: printProgram,
  kernels: (program) => printKernels(optimizeForCpu(program)),
}

export const addCompile = (program: Command, io: Io): void => {
  withCommon(program.command('compile <graph>').description('show what the compiler makes of a graph'))
    .addOption(new Option('--emit <stage>', 'what to show').choices(Object.keys(printers)).default('program'))
    .addOption(new Option('--mode <mode>', 'a training step or a forward pass').choices(['train', 'eval']).default('train'))
    .action(async (graph: string, options: CommonOptions & { readonly emit: string; readonly mode: 'train' | 'eval' }) => {
      const document = await loadGraph(graph, options)
      const pass = options.mode === 'train' ? updateOf(document) : { training: false, gradients: 'none' as const }
      const print = printers[options.emit] as (program: Program) => string
      io.out(`${print(unwrap(lower(document, pass)).program).trimEnd()}\n`)
    })
}
