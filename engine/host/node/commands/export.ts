/**
 * @file `netloom export`: a graph in another form. In: a graph, perhaps its weights. Out: `.netloom.json`, TypeScript that rebuilds it, or Python for
 * PyTorch with the weights beside it. What cannot be exported is told before anything is written.
 */
import { parse, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { Diagnostic } from '../../../core/diagnostics'
import { serializeDocument } from '../../../document/parse'
import type { GraphDocument } from '../../../document/schema'
import { exportPyTorch, pytorchWeights } from '../../../export/pytorch/pytorch'
import { exportTypeScript } from '../../../export/typescript'
import { encodeSafetensors } from '../../../train/safetensors'
import { expectWritable, writeWhole } from '../files'
import { loadGraph } from '../graph-argument'
import { type Io, lineOf } from '../io'
import { type CommonOptions, withCommon } from '../options'
import { readWeights } from '../weights'

interface Written {
  readonly source: string
  readonly warnings?: readonly Diagnostic[]
}

const writers = {
  json: (document: GraphDocument): Written => ({ source: serializeDocument(document) }),
  ts: (document: GraphDocument): Written => ({ source: exportTypeScript(document) }),
  pytorch: (document: GraphDocument): Written => exportPyTorch(document),
}

interface ExportOptions extends CommonOptions {
  readonly to: keyof typeof writers
  readonly weights?: string
  readonly out: string
}

/** `model.py` has its weights in `model.safetensors`. */
function besideOf(path: string): string {
  const { dir, name } = parse(path)
  return `${dir === '' ? '' : `${dir}/`}${name}.safetensors`
}

async function write(graph: string, { to, weights: from, out, ...options }: ExportOptions, io: Io): Promise<void> {
  const document = await loadGraph(graph, options)
  const { source, warnings = [] } = writers[to](document)
  // Of an ensemble the file has one network, so it has the weights of one.
  const { ensemble: _, ...training } = document.training
  const weights = from === undefined ? undefined : pytorchWeights(document, await readWeights(from, { ...document, training }))
  for (const warning of warnings) io.err(lineOf(warning))
  const beside = weights && besideOf(out)
  for (const path of [out, ...(beside === undefined ? [] : [beside])]) await expectWritable(path)
  if (weights && beside !== undefined) await writeWhole(beside, encodeSafetensors(weights))
  await writeWhole(out, source)
  if (options.json) io.out(`${JSON.stringify({ out, ...(beside !== undefined && { weights: beside }) })}\n`)
  else io.err(`written to ${out}${beside === undefined ? '' : `, the weights to ${beside}`}\n`)
}

export const addExport = (program: Command, io: Io): void => {
  withCommon(program.command('export <graph>').description('write a graph as JSON, TypeScript or PyTorch'))
    .addOption(new Option('--to <form>', 'form').choices(Object.keys(writers)).makeOptionMandatory())
    .option('--weights <file>', 'with --to pytorch: parameters by name, written beside the file under PyTorch’s names')
    .requiredOption('--out <path>', 'file to write')
    .action(async (graph: string, options: ExportOptions, command: Command) => {
      if (options.weights !== undefined && options.to !== 'pytorch')
        command.error(`error: --weights goes with --to pytorch; ${options.to} holds the graph alone, and weights stay in their own file`)
      if (options.weights !== undefined && besideOf(options.out) === options.out)
        command.error('error: --out is where the weights would go; give it a name that ends in .py')
      if (options.weights !== undefined && resolve(besideOf(options.out)) === resolve(options.weights))
        command.error(`error: the weights would be written over ${options.weights}; give --out another name`)
      await write(graph, options, io)
    })
}
