/** @file `netloom import`: a graph from another form as a document. In: a TypeScript export or JSON. Out: `.netloom.json`. */
import type { Command } from 'commander'
import { serializeDocument } from '../../../document/parse'
import { writeWhole } from '../files'
import { loadGraph } from '../graph-argument'
import type { Io } from '../io'
import { type CommonOptions, withCommon } from '../options'

export const addImport = (program: Command, io: Io): void => {
  withCommon(program.command('import <file>').description('read a TypeScript export or JSON and write a document'))
    .requiredOption('--out <path>', '.netloom.json file to write')
    .action(async (file: string, options: CommonOptions & { readonly out: string }) => {
      await writeWhole(options.out, serializeDocument(await loadGraph(file, options)))
      if (options.json) io.out(`${JSON.stringify({ out: options.out })}\n`)
      else io.err(`written to ${options.out}\n`)
    })
}
