/** @file `netloom compile`: the compiler laid open. In: a graph. Out: the program of a training step (or of a forward pass) as text. */
import { type Command, Option } from 'commander'
import { lower } from '../../../compile'
import { printProgram } from '../../../ir/print'
import { unwrap, updateOf } from '../../../train/model'
import { loadGraph } from '../graph-argument'
import type { Io } from '../io'
import { type CommonOptions, withCommon } from '../options'

export const addCompile = (program: Command, io: Io): void => {
  withCommon(program.command('compile <graph>').description('show what the compiler makes of a graph'))
    .addOption(new Option('--emit <stage>', 'what to show').choices(['program']).default('program'))
    .addOption(new Option('--mode <mode>', 'a training step or a forward pass').choices(['train', 'eval']).default('train'))
    .action(async (graph: string, options: CommonOptions & { readonly mode: 'train' | 'eval' }) => {
      const document = await loadGraph(graph, options)
      const pass = options.mode === 'train' ? updateOf(document) : { training: false, gradients: 'none' as const }
      io.out(`${printProgram(unwrap(lower(document, pass)).program).trimEnd()}\n`)
    })
}
