/**
 * @file `netloom check-gradients`: computed gradients against central differences, in double precision. In: a graph, perhaps weights, and a batch
 * (a file, or the first samples of the graph's own data). Out: a row for each parameter tensor; exit code 1 where one is wrong.
 */
import type { Command } from 'commander'
import { lower } from '../../../compile'
import { DiagnosedError } from '../../../core/diagnostics'
import { formatShape, type TensorData } from '../../../core/tensor'
import { prepareData } from '../../../datasets/prepare'
import type { GraphDocument } from '../../../document/schema'
import { firstBatch } from '../../../insight/first-batch'
import { checkGradients, faultsOf, usualCheck } from '../../../insight/gradient-check'
import type { TensorCheck } from '../../../insight/gradient-report'
import type { LowerOptions } from '../../../ir/lowering'
import { unwrap } from '../../../train/model'
import { findFiles } from '../files'
import { loadGraph } from '../graph-argument'
import { batchOf, inputsFrom } from '../input-file'
import type { Io } from '../io'
import { type Settings, seedNumber, whole, within, withSetting } from '../options'
import { readTensors, readWeights } from '../weights'

interface CheckOptions {
  readonly weights?: string
  readonly inputs?: string
  readonly seed?: number
  readonly epsilon: number
  readonly samples: number
  readonly set: Settings
  readonly json?: boolean
}

interface Batch {
  /** As its data completed it. */
  readonly document: GraphDocument
  readonly inputs: Readonly<Record<string, TensorData>>
  readonly batchSize: number
}

/** Smaller steps drown in the rounding of double precision, longer ones leave the slope. */
const [LEAST_STEP, MOST_STEP] = [1e-9, 0.1]

const PROGRESS_MS = 100
const LINE = 78

const pass: LowerOptions = { training: true, gradients: 'none' }

async function batchFor(document: GraphDocument, path: string | undefined): Promise<Batch> {
  if (path === undefined) {
    const data = await prepareData(document, findFiles)
    const first = await firstBatch(data, usualCheck.batchSize)
    data.dispose()
    return { document: data.document, ...first }
  }
  const file = await readTensors(path)
  const batchSize = batchOf(document, pass, file, path)
  return { document, batchSize, inputs: inputsFrom(unwrap(lower(document, { ...pass, batchSize })), file, path) }
}

const digits = (value: number): string => value.toPrecision(3)

function rowOf({ name, shape, elements, checked, kinks, verdict, error, largestGradient }: TensorCheck): string {
  const mark = { agrees: 'ok', kink: 'kink', differs: 'WRONG' }[verdict]
  const count = checked === elements ? `all ${elements}` : `${checked} of ${elements}`
  const measured = `${count.padEnd(16)} largest ${digits(largestGradient).padEnd(10)} error ${digits(error)}`
  const note = kinks === 0 ? '' : `  (${kinks} on a kink, where the loss has no derivative)`
  return `${mark.padEnd(6)} ${name.padEnd(28)} ${formatShape(shape).padEnd(14)} ${measured}${note}\n`
}

async function check(graph: string, options: CheckOptions, io: Io): Promise<void> {
  const { epsilon, samples, seed } = options
  const { document, inputs, batchSize } = await batchFor(await loadGraph(graph, options), options.inputs)
  const weights = options.weights === undefined ? undefined : await readWeights(options.weights, document)
  let shown = 0
  const report = await checkGradients({
    ...{ document, inputs, batchSize, weights, seed, epsilon, samples },
    onProgress({ done, total, tensor }) {
      if (!io.isTerminal || performance.now() - shown < PROGRESS_MS) return
      shown = performance.now()
      io.err(`\r${done} of ${total} elements  ${tensor}`.padEnd(LINE))
    },
  })
  if (io.isTerminal) io.err(`\r${' '.repeat(LINE)}\r`)
  if (!report) return
  if (options.json) io.out(`${JSON.stringify(report)}\n`)
  else {
    io.out(`loss ${report.loss.toPrecision(6)} over ${batchSize} samples, ε = ${epsilon}, in double precision on the reference executor\n`)
    for (const tensor of report.tensors) io.out(rowOf(tensor))
    if (report.tensors.length === 0) io.out('nothing to check: the network has no weights that follow a gradient\n')
  }
  const faults = faultsOf(report)
  if (faults.length > 0) throw new DiagnosedError(faults)
}

export const addCheckGradients = (program: Command, io: Io): void => {
  program
    .command('check-gradients <graph>')
    .description('computed gradients against central differences, for every parameter tensor')
    .option('--weights <file>', 'parameters by name (default: fresh ones)')
    .option('--inputs <file>', 'one batch, input tensors by name (default: the first samples of its own data)')
    .option('--seed <n>', 'seed of every random number (default: 0)', seedNumber)
    .option(
      '--epsilon <x>',
      `how far a parameter is moved, ${LEAST_STEP} to ${MOST_STEP}`,
      within(LEAST_STEP, MOST_STEP),
      usualCheck.epsilon,
    )
    .option('--samples <n>', 'elements measured of a tensor that has more', whole(1), usualCheck.samples)
    .option('--set <key=value>', 'a parameter of the template (may be repeated)', withSetting, {})
    .option('--json', 'machine-readable output on stdout')
    .action((graph: string, options: CheckOptions) => check(graph, options, io))
}
