/** @file `netloom export`: a graph in another form. In: a graph. Out: `.netloom.json`, or TypeScript that rebuilds it. */
import { type Command, Option } from 'commander'
import { serializeDocument } from '../../../document/parse'
import type { GraphDocument } from '../../../document/schema'
import { exportTypeScript } from '../../../export/typescript'
import { writeWhole } from '../files'
import { loadGraph } from '../graph-argument'
import type { Io } from '../io'
import { type CommonOptions, withCommon } from '../options'

const writers: Readonly<Record<string, (document: GraphDocument) => string>> = { json: serializeDocument, ts: exportTypeScript }

export const addExport = (program: Command, io: Io): void => {
  withCommon(program.command('export <graph>').description('write a graph as JSON or TypeScript'))
    .addOption(new Option('--to <form>', 'form').choices(Object.keys(writers)).makeOptionMandatory())
    .requiredOption('--out <path>', 'file to write')
    .action(async (graph: string, options: CommonOptions & { readonly to: string; readonly out: string }) => {
      const write = writers[options.to] as (document: GraphDocument) => string
      await writeWhole(options.out, write(await loadGraph(graph, options)))
      if (options.json) io.out(`${JSON.stringify({ out: options.out })}\n`)
      else io.err(`written to ${options.out}\n`)
    })
}
