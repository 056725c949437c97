/**
 * @file Options that commands share, with their readers. In: words from the command line. Out: typed values; what cannot be read is wrong
 * usage (exit code 2).
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type ConvolutionMethod, convolutionMethods } from '../../codegen/wasm/emitter'
import type { BackendId } from '../../runtime/backend'
import { backendIds } from './backends'

export type Setting = number | string | boolean | number[]
export type Settings = Readonly<Record<string, Setting>>

export interface CommonOptions {
  readonly backend?: BackendId
  readonly threads?: number
  readonly convolution?: ConvolutionMethod
  readonly seed?: number
  readonly set: Settings
  readonly json?: boolean
}

export interface DataOptions {
  readonly data?: string
  readonly validation?: string
  readonly raw?: boolean
  readonly shape?: readonly number[]
  readonly label?: string
}

const numeric = (what: string, accepts: (value: number) => boolean) => (word: string) => {
  const value = Number(word)
  if (word.trim() === '' || !accepts(value)) throw new InvalidArgumentError(`Expected ${what}.`)
  return value
}

export const whole = (least: number, most = Number.MAX_SAFE_INTEGER) =>
  numeric(
    `a whole number of at least ${least}${most < Number.MAX_SAFE_INTEGER ? ` and at most ${most}` : ''}`,
    (value) => Number.isSafeInteger(value) && value >= least && value <= most,
  )
/** As large as a document can hold. */
export const seedNumber = whole(0, 2 ** 32 - 1)
export const notNegative = numeric('a number of at least 0', (value) => Number.isFinite(value) && value >= 0)
export const within = (least: number, most: number) =>
  numeric(`a number from ${least} to ${most}`, (value) => value >= least && value <= most)
export const positive = numeric('a number above 0', (value) => Number.isFinite(value) && value > 0)

function shapeOf(word: string): readonly number[] {
  const extents = word.split(/[x×,]/i).map(Number)
  if (extents.length < 1 || extents.length > 3 || !extents.every((extent) => Number.isSafeInteger(extent) && extent > 0))
    throw new InvalidArgumentError('Expected extents such as 1x8x8.')
  return extents
}

function settingOf(word: string): Setting {
  if (word === 'true' || word === 'false') return word === 'true'
  const items = word.replace(/^\[(.*)\]$/, '$1').split(/[,x]/)
  if (items.length > 1 && items.every((item) => item.trim() !== '' && Number.isFinite(Number(item)))) return items.map(Number)
  return word.trim() !== '' && Number.isFinite(Number(word)) ? Number(word) : word
}

/** For `--set key=value` and its like, which may be repeated. */
export function withSetting(word: string, known: Settings): Settings {
  const equals = word.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('Expected key=value.')
  return { ...known, [word.slice(0, equals)]: settingOf(word.slice(equals + 1)) }
}

export function withCommon(command: Command): Command {
  return command
    .addOption(new Option('--backend <name>', 'executor (default: the fastest available)').choices([...backendIds]))
    .option('--threads <n>', 'CPU threads (default: all)', whole(1))
    .addOption(
      new Option(
        '--convolution <method>',
        '3×3 convolutions on the CPU: minimal filtering or sums with smaller errors (default: auto)',
      ).choices([...convolutionMethods]),
    )
    .option('--seed <n>', 'seed of every random number (default: 0)', seedNumber)
    .option('--set <key=value>', 'a parameter of the template (may be repeated)', withSetting, {})
    .option('--json', 'machine-readable output on stdout')
}

export function withData(command: Command): Command {
  return command
    .option('--data <id or path>', 'built-in data set, CSV file, image folder or folder of IDX files')
    .option('--validation <path>', 'validation data of the same kind')
    .option('--raw', 'leave features as they are instead of standardising them')
    .option('--shape <CxHxW>', 'rows of a table are images of this shape', shapeOf)
    .option('--label <name>', 'target column of a table (default: the last)')
}
