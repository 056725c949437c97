/**
 * @file `netloom train`. In: a graph, data, settings that override the document's, perhaps weights or a checkpoint. Out: trained weights,
 * a checkpoint, one JSON line of metrics a step; Ctrl-C saves a checkpoint before it ends.
 */
import { type Command, Option } from 'commander'
import { DiagnosedError, type Diagnostic, diagnosedError } from '../../../core/diagnostics'
import { prepareData } from '../../../datasets/prepare'
import type { GraphDocument } from '../../../document/schema'
import type { EarlyStop, ValidationPoint } from '../../../protocol/messages'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../../train/checkpoint'
import { type StepReport, Trainer } from '../../../train/trainer'
import { withBackend } from '../backends'
import { checkpointFile, folderStore } from '../checkpoint-store'
import { dataArgument, loadWithData } from '../data-argument'
import { feedHost } from '../feeder-thread'
import { expectWritable, findFiles } from '../files'
import { loadGraph } from '../graph-argument'
import { onInterrupt } from '../interrupt'
import { type Io, lineOf } from '../io'
import { MetricsLog } from '../metrics-log'
import { type CommonOptions, type DataOptions, whole, withCommon, withData } from '../options'
import { metricText, ProgressBar } from '../progress'
import { type RegularizationOptions, withRegularization, withRegularizationOptions } from '../regularization-options'
import { startFrom } from '../start-from'
import { type TrainingOptions, withTraining, withTrainingOptions } from '../training-options'
import { readWeights, writeWeights } from '../weights'

interface TrainOptions extends CommonOptions, DataOptions, TrainingOptions, RegularizationOptions {
  readonly steps?: number
  readonly weights?: string
  readonly from?: string
  readonly keepOutput?: boolean
  readonly checkpoint?: string
  readonly resume?: string
  readonly metrics?: string
  readonly out?: string
  readonly best?: boolean
}

/** Exit code of a run that Ctrl-C ended, as shells expect it. */
const INTERRUPTED = 130

async function loadCheckpoint(folder: string): Promise<Checkpoint> {
  const file = await folderStore.load(folder)
  if (!file) throw diagnosedError('checkpoint.missing', { file: folder }, { file: folder })
  return decodeCheckpoint(file, checkpointFile(folder))
}

/** A resumed run has its checkpoint's document: the graph on the command line only has to be the same network. */
async function documentOf(graph: string, options: TrainOptions, checkpoint: Checkpoint | undefined, io: Io): Promise<GraphDocument> {
  if (!checkpoint) return withSettings(await loadWithData(graph, options, io), options)
  const given = nodesOf(await loadGraph(graph, { ...options, set: {} }))
  if (given !== nodesOf(checkpoint.document))
    throw diagnosedError('checkpoint.other-graph', { detail: `${checkpoint.document.name}, not ${graph}` }, { file: options.resume })
  const data = await dataArgument(options, options.set)
  const document = data
    ? { ...checkpoint.document, data: { ...data, statistics: checkpoint.document.data.statistics } }
    : checkpoint.document
  return withSettings(document, options)
}

const withSettings = (document: GraphDocument, options: TrainOptions): GraphDocument =>
  withRegularization(withTraining(document, options), options)

/** Sizes may come from data and settings; names and kinds do not. */
const nodesOf = ({ nodes }: GraphDocument): string => nodes.map(({ id, kind, block }) => `${id} ${kind} ${block ?? ''}`).join('\n')

/** Counts as totals; one that the checkpoint has already reached means so many more. */
function lengthOf(
  options: TrainOptions,
  checkpoint: Checkpoint | undefined,
  document: GraphDocument,
): { epochs: number; maxSteps?: number } {
  const { epochs } = document.training
  if (!checkpoint) return { epochs, maxSteps: options.steps }
  const more = (asked: number, done: number) => (asked > done ? asked : done + asked)
  const maxSteps = options.steps === undefined ? undefined : more(options.steps, checkpoint.step)
  return { epochs: options.epochs === undefined ? epochs : more(options.epochs, Math.floor(checkpoint.epoch)), maxSteps }
}

const capital = (name: string) => `${name[0]?.toUpperCase()}${name.slice(1)}`

/** `validationLoss`, `validationAccuracy`. */
const validationKeys = ({ loss, metrics }: ValidationPoint): Record<string, number> =>
  Object.fromEntries(Object.entries({ loss, ...metrics }).map(([name, value]) => [`validation${capital(name)}`, value]))

const metricsLine = (
  { epoch, step, loss, metrics, samplesPerSecond, scaling, rate, gradientNorm, gradientNorms = {} }: StepReport,
  validation?: ValidationPoint,
) => ({
  epoch,
  step,
  loss,
  ...metrics,
  ...(validation && validationKeys(validation)),
  samplesPerSecond: Math.round(samplesPerSecond),
  lr: rate,
  ...(gradientNorm !== undefined && { gradientNorm }),
  ...Object.fromEntries(Object.entries(gradientNorms).map(([node, norm]) => [`gradientNorm:${node}`, norm])),
  ...(scaling && { lossScale: scaling.scale, skippedSteps: scaling.skipped }),
})

const told = (measured: { readonly loss: number; readonly metrics: Readonly<Record<string, number>> }): string =>
  [
    `loss ${measured.loss.toFixed(4)}`,
    ...Object.entries(measured.metrics).map(([name, value]) => `${name} ${metricText(name, value)}`),
  ].join(', ')

/** Saves checkpoints. One that cannot be written is no reason to lose the run: the next is tried, and the exit code tells in the end. */
class Keeper {
  private failure: DiagnosedError | undefined

  constructor(
    private readonly folder: string,
    private readonly onTrouble: (error: DiagnosedError) => void,
  ) {}

  async save(checkpoint: Checkpoint): Promise<void> {
    try {
      await folderStore.save(this.folder, encodeCheckpoint(checkpoint))
      this.failure = undefined
    } catch (error) {
      if (!(error instanceof DiagnosedError)) throw error
      if (!this.failure) this.onTrouble(error)
      this.failure = error
    }
  }

  /** The last checkpoint is not on the disk. */
  get hasFailed(): boolean {
    return this.failure !== undefined
  }

  /** Throws when the last checkpoint is not on the disk. */
  close(): void {
    if (this.failure) throw this.failure
  }
}

/** Does one thing after the other, whatever fails, and then says what did. */
async function allOf(...tasks: readonly (() => void | Promise<void>)[]): Promise<void> {
  const found: Diagnostic[] = []
  for (const task of tasks) {
    try {
      await task()
    } catch (error) {
      if (!(error instanceof DiagnosedError)) throw error
      found.push(...error.diagnostics)
    }
  }
  if (found.length > 0) throw new DiagnosedError(found)
}

async function train(graph: string, options: TrainOptions, io: Io): Promise<number> {
  const checkpoint = options.resume === undefined ? undefined : await loadCheckpoint(options.resume)
  const asked = await documentOf(graph, options, checkpoint, io)
  const { epochs, maxSteps } = lengthOf(options, checkpoint, asked)
  const data = await prepareData({ ...asked, training: { ...asked.training, epochs } }, findFiles)
  const { document } = data
  const weights =
    options.from !== undefined
      ? await startFrom(options.from, document, { keepOutput: options.keepOutput === true }, io)
      : options.weights === undefined
        ? undefined
        : await readWeights(options.weights, document)
  const bar = new ProgressBar(io)
  const onTrouble = ({ diagnostics }: Pick<DiagnosedError, 'diagnostics'>) => {
    bar.clear()
    for (const diagnostic of diagnostics) io.err(lineOf({ ...diagnostic, severity: 'warning' }))
  }
  const folder = options.checkpoint ?? options.resume
  if (folder !== undefined) await expectWritable(checkpointFile(folder))
  if (options.out !== undefined) await expectWritable(options.out)
  const keeper = folder === undefined ? undefined : new Keeper(folder, onTrouble)
  return withBackend(options, async (backend) => {
    let last: { readonly report: StepReport; readonly validation?: ValidationPoint } | undefined
    let log: MetricsLog | undefined
    const trainer = await Trainer.create({
      data,
      backend,
      feedHost,
      weights,
      checkpoint,
      maxSteps,
      gradientNormsEvery: options.gradientNorms,
      onFrame: (frame) => bar.show(frame),
      onWarning: (warning) => onTrouble({ diagnostics: [warning] }),
      onStep: (report, validation) => {
        last = { report, validation }
        log?.write(metricsLine(report, validation))
        if (!validation) return
        bar.clear()
        io.err(`epoch ${report.epoch}: ${told(report)}; validation ${told(validation)}${validation.isBest ? ' (best)' : ''}\n`)
      },
      onCheckpoint: (kept) => keeper?.save(kept),
    })
    const { training, validation } = data
    io.err(
      `${document.name} on ${backend.info.label.en}: ${training.indices.length} samples to train, ${validation?.indices.length ?? 0} to validate, ${trainer.stepsPerEpoch} steps an epoch\n`,
    )
    const release = onInterrupt(() => void trainer.stop())
    try {
      if (options.metrics !== undefined) log = await MetricsLog.open(options.metrics, trainer.stepsDone, onTrouble)
      const started = performance.now()
      const phase = await trainer.run()
      const seconds = (performance.now() - started) / 1000
      bar.clear()
      const { scaling, told: facts } = trainer
      if (facts.earlyStop) io.err(stoppedEarly(facts.earlyStop))
      if (scaling && scaling.skipped > 0)
        io.err(`${scaling.skipped} steps changed nothing because a gradient overflowed; the loss is now multiplied by ${scaling.scale}\n`)
      let isLost = false
      await allOf(
        () => log?.close(),
        async () => {
          if (options.out === undefined) return
          const best = options.best ? trainer.bestWeights : undefined
          const weights = best ?? (await trainer.model.read())
          // What was learned outlives a disk that has become full: it goes into a checkpoint, which may stand elsewhere.
          isLost = true
          await writeWeights(options.out, document, weights, data.fields)
          isLost = false
        },
        async () => {
          const isUnkept = keeper === undefined || keeper.hasFailed
          // With the parameters in a file of their own, a checkpoint is not all there is.
          const isInDanger = isLost || (isUnkept && folder !== undefined && options.out === undefined)
          if (phase !== 'stopped' && !isInDanger) return
          const rescue =
            isUnkept || folder === undefined ? `${document.name.replace(/[^\p{L}\p{N}]+/gu, '-').toLowerCase()}-checkpoint` : folder
          if (isUnkept) await folderStore.save(rescue, encodeCheckpoint(await trainer.checkpoint()))
          if (phase === 'stopped') io.err(`stopped at step ${trainer.stepsDone}; go on with --resume ${rescue}\n`)
          else io.err(`the trained parameters are kept in ${rescue}, which --weights and --resume take\n`)
        },
        () => keeper?.close(),
      )
      if (options.json) {
        const summary = {
          steps: trainer.stepsDone,
          ...(last && metricsLine(last.report, last.validation)),
          seconds,
          backend: backend.info.id,
        }
        io.out(`${JSON.stringify(summary)}\n`)
      }
      return phase === 'stopped' ? INTERRUPTED : 0
    } finally {
      release()
      bar.clear()
      await trainer.dispose()
      data.dispose()
    }
  })
}

const stoppedEarly = ({ metric, bestEpoch, restored }: EarlyStop): string =>
  `stopped early: the validation ${metric} was best in epoch ${bestEpoch}${restored ? ', whose weights are kept' : ''}\n`

export const addTrain = (program: Command, io: Io, finish: (code: number) => void): void => {
  withRegularizationOptions(
    withTrainingOptions(
      withData(withCommon(program.command('train <graph>').description('train with the document’s own settings, overridable'))),
    ),
  )
    .option('--steps <n>', 'end after this many steps', whole(1))
    .option('--weights <file>', 'start from these parameters')
    .addOption(
      new Option('--from <file or dir>', 'start from another network’s weights or checkpoint, all but the output layer').conflicts(
        'weights',
      ),
    )
    .option('--keep-output', 'with --from: copy the output layer too')
    .option('--checkpoint <dir>', 'keep a checkpoint in this folder')
    .addOption(new Option('--resume <dir>', 'go on from the checkpoint in this folder').conflicts(['weights', 'from']))
    .option('--metrics <file>', 'write one JSON object a line')
    .option('--out <file>', 'write the trained parameters')
    .option('--best', 'write those of the best epoch instead of the last')
    .action(async (graph: string, options: TrainOptions, command: Command) => {
      const without = [
        { given: options.keepOutput, option: '--keep-output', needs: '--from', has: options.from },
        { given: options.best, option: '--best', needs: '--out', has: options.out },
      ].find(({ given, has }) => given && has === undefined)
      if (without) command.error(`error: ${without.option} says nothing without ${without.needs}`)
      finish(await train(graph, options, io))
    })
}
