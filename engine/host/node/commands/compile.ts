/**
 * @file `netloom compile`: the compiler laid open. In: a graph. Out: a training step (or a forward pass) as text: as a program of primitive
 * operations, as kernels, their places in memory, or the code that the CPU or a GPU runs.
 */
import { type Command, Option } from 'commander'
import { lower, type PassOptions } from '../../../compile'
import { annotated, listingText } from '../../../core/listing'
import type { ListingStage } from '../../../protocol/messages'
import { listingOf, listingStages } from '../../../runtime/listing'
import { chooseVariant } from '../../../runtime/wasm/autotune'
import { unwrap, updateOf } from '../../../train/model'
import { usualThreads } from '../backends'
import { fileChoices } from '../choices'
import { loadGraph } from '../graph-argument'
import type { Io } from '../io'
import { type CommonOptions, withCommon } from '../options'

interface CompileCommandOptions extends CommonOptions {
  readonly emit: ListingStage
  readonly mode: 'train' | 'eval'
}

/** Stages whose text does not name nodes by itself. */
const unnamed: readonly ListingStage[] = ['program', 'plan']

export const addCompile = (program: Command, io: Io): void => {
  withCommon(program.command('compile <graph>').description('show what the compiler makes of a graph'))
    .addOption(new Option('--emit <stage>', 'what to show').choices(listingStages).default('program'))
    .addOption(new Option('--mode <mode>', 'a training step or a forward pass').choices(['train', 'eval']).default('train'))
    .action(async (graph: string, { emit, mode, json, ...options }: CompileCommandOptions) => {
      const document = await loadGraph(graph, options)
      const pass: PassOptions = mode === 'train' ? updateOf(document) : { training: false, gradients: 'none' }
      const { backend = 'wasm', threads = usualThreads() } = options
      const variant = { ...(await chooseVariant(fileChoices())), convolution: options.convolution }
      const listing = await listingOf(unwrap(lower(document, pass)).program, emit, { backend, variant, threads, storage: pass.storage })
      if (json) return io.out(`${JSON.stringify({ stage: emit, lines: listing })}\n`)
      io.out(listingText(unnamed.includes(emit) ? annotated(listing) : listing))
    })
}
