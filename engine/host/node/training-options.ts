/**
 * @file The document's training settings on the command line. In: options of `netloom train`. Out: the settings, with what was given in place of
 * what the document says. Whether they fit the graph and the data is found out when training begins.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { diagnosedError } from '../../core/diagnostics'
import { type ChoiceOf, type GraphDocument, type Precision, precisions, type TrainingSettings } from '../../document/schema'
import { trainingSpecs } from '../../document/training-specs'
import { methods } from '../../optimizers/registry'
import { schedules } from '../../schedules/registry'
import { positive, type Settings, whole, withSetting } from './options'

export interface TrainingOptions {
  readonly epochs?: number
  readonly batchSize?: number
  readonly optimizer?: string
  readonly optimizerParam: Settings
  readonly lr?: number
  readonly schedule?: string
  readonly scheduleParam: Settings
  readonly warmup?: number
  readonly clip?: number
  readonly average?: number
  readonly replacement?: boolean
  readonly watchCurvature?: boolean
  readonly gradientNorms?: number
  readonly precision?: Precision
}

/** A batch larger than the data set shrinks to it. */
const { max: WHOLE_SET = 65536 } = trainingSpecs.batchSize

const batchSize = (word: string): number => (word === 'full' ? WHOLE_SET : whole(1, WHOLE_SET)(word))

function below1(word: string): number {
  const value = Number(word)
  if (word.trim() === '' || !(value >= 0 && value < 1)) throw new InvalidArgumentError('Expected a number from 0 to below 1.')
  return value
}

const listed = (kinds: Iterable<string>): string => [...kinds].join(', ')

export const withTrainingOptions = (command: Command): Command =>
  command
    .option('--epochs <n>', 'passes over the training data', whole(1, 100_000))
    .option('--batch-size <n|full>', 'samples in one step; full: all of them', batchSize)
    .option('--replacement', 'draw every sample from all of them')
    .option('--optimizer <name>', listed(methods.keys()))
    .option('--optimizer-param <key=value>', 'a setting of the optimiser (may be repeated)', withSetting, {})
    .option('--lr <x>', 'learning rate', positive)
    .option('--schedule <name>', `how the learning rate changes: ${listed(schedules.keys())}`)
    .option('--schedule-param <key=value>', 'a setting of the schedule (may be repeated)', withSetting, {})
    .option('--warmup <n>', 'steps in which the learning rate rises', whole(0))
    .option('--clip <norm>', 'longest gradient, all parameters taken together', positive)
    .option('--average <decay>', 'evaluate and keep a moving average of the weights', below1)
    .option('--gradient-norms <n>', 'every n steps measure how long the gradient of each layer is, for --metrics and warnings', whole(1))
    .option('--watch-curvature', 'warn when the curvature along the gradient outgrows the slope')
    .addOption(new Option('--precision <type>', 'how activations are stored (f16: needs a GPU that has it)').choices(precisions))

/** Another kind begins with its own defaults. */
function chosen(known: ChoiceOf, kind: string | undefined, params: Settings): ChoiceOf {
  const base = kind === undefined || kind === known.kind ? known : { kind, params: {} }
  return Object.keys(params).length === 0 ? base : { ...base, params: { ...base.params, ...params } }
}

/** Some methods know their steps by themselves. */
function expectRate(kind: string): void {
  const method = methods.get(kind)
  if (method && !('lr' in method.params)) throw diagnosedError('train.rate.unused', { got: method.title, expected: '--lr' })
}

export function withTraining(document: GraphDocument, options: TrainingOptions): GraphDocument {
  const { training } = document
  if (options.lr !== undefined) expectRate(options.optimizer ?? training.optimizer.kind)
  const { epochs, batchSize: batch, optimizer, optimizerParam, lr, schedule, scheduleParam, precision } = options
  const { warmup, clip, average, replacement, watchCurvature } = options
  const isScheduled = schedule !== undefined || Object.keys(scheduleParam).length > 0
  const changed: TrainingSettings = {
    ...training,
    optimizer: chosen(training.optimizer, optimizer, { ...optimizerParam, ...(lr !== undefined && { lr }) }),
    ...(isScheduled && { schedule: chosen(training.schedule ?? { kind: 'constant', params: {} }, schedule, scheduleParam) }),
    ...(epochs !== undefined && { epochs }),
    ...(batch !== undefined && { batchSize: batch }),
    ...(warmup !== undefined && { warmup }),
    ...(clip !== undefined && { clipNorm: clip }),
    ...(average !== undefined && { averaging: average }),
    ...(replacement && { replacement }),
    ...(watchCurvature && { watchCurvature }),
    ...(precision && { precision }),
  }
  return { ...document, training: changed }
}
