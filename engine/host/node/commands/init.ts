/** @file `netloom init`: fresh parameters. In: a graph and a seed. Out: a safetensors file. */
import type { Command } from 'commander'
import { initializeWeights } from '../../../initializers/initialize'
import { trainedShape } from '../../../train/model'
import { loadGraph } from '../graph-argument'
import type { Io } from '../io'
import { type CommonOptions, withCommon } from '../options'
import { writeWeights } from '../weights'

export const addInit = (program: Command, io: Io): void => {
  withCommon(program.command('init <graph>').description('write freshly initialised parameters'))
    .requiredOption('--out <file>', 'safetensors file to write')
    .action(async (graph: string, options: CommonOptions & { readonly out: string }) => {
      const document = await loadGraph(graph, options)
      const weights = initializeWeights(trainedShape(document), document.training.seed)
      await writeWeights(options.out, document, Object.fromEntries(weights))
      const count = [...weights.values()].reduce((sum, data) => sum + data.length, 0)
      if (options.json) io.out(`${JSON.stringify({ out: options.out, tensors: weights.size, numbers: count })}\n`)
      else io.err(`${weights.size} tensors with ${count} numbers written to ${options.out}\n`)
    })
}
