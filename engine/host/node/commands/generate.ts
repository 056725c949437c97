/**
 * @file `netloom generate`: text from a language model. In: a graph, weights, a prefix. Out: the prefix and what the network goes on with, as it
 * is written. The vocabulary is the one in the file of weights; where it holds none, that of the data.
 */
import type { Command } from 'commander'
import { adaptDocument } from '../../../datasets/bind'
import type { Field } from '../../../datasets/dataset'
import { openSource } from '../../../datasets/prepare'
import type { GraphDocument } from '../../../document/schema'
import { generate } from '../../../train/generate'
import { withBackend } from '../backends'
import { loadWithData, loadWithFields } from '../data-argument'
import { findFiles } from '../files'
import type { Io } from '../io'
import { type CommonOptions, type DataOptions, notNegative, whole, withCommon, withData } from '../options'
import { readWeights, textFieldsOf } from '../weights'

interface GenerateCommandOptions extends CommonOptions, DataOptions {
  readonly weights: string
  readonly prefix: string
  readonly length: number
  readonly temperature: number
}

async function load(
  graph: string,
  options: GenerateCommandOptions,
  io: Io,
): Promise<{ readonly document: GraphDocument; readonly fields: readonly Field[] }> {
  const known = await textFieldsOf(options.weights)
  if (known && options.data === undefined) return { document: await loadWithFields(graph, options, known), fields: known }
  const document = await loadWithData(graph, options, io, known)
  const dataset = await openSource(document.data.source, findFiles, { seed: document.training.seed, like: known })
  dataset.dispose?.()
  return { document, fields: dataset.fields }
}

async function write(graph: string, options: GenerateCommandOptions, io: Io): Promise<void> {
  const { document, fields } = await load(graph, options, io)
  const { prefix, length, temperature, json } = options
  const { seed } = document.training
  const weights = await readWeights(options.weights, adaptDocument(document, fields).document)
  await withBackend(options, async (backend) => {
    if (!json) io.out(prefix)
    const onText = json ? undefined : io.out
    const text = await generate({ document, backend, weights, fields, prefix, length, temperature, seed, onText })
    io.out(json ? `${JSON.stringify({ prefix, text, length, temperature, seed })}\n` : '\n')
  })
}

export const addGenerate = (program: Command, io: Io): void => {
  withData(withCommon(program.command('generate <graph>').description('text from a language model')))
    .requiredOption('--weights <file>', 'parameters by name')
    .option('--prefix <text>', 'what the text begins with', '')
    .option('--length <n>', 'how many tokens to write', whole(1, 1_000_000), 200)
    .option('--temperature <t>', '1 as the network says, less is bolder, 0 takes the best token every time', notNegative, 1)
    .action((graph: string, options: GenerateCommandOptions) => write(graph, options, io))
}
