/**
 * @file `netloom information`: entropies and what two columns of a data set say of each other (notes 002 §12), in bits. In: a CSV file or any other data,
 * two columns. Out: the counts and the measures, as text or as JSON.
 */
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { keyOf } from '../../../core/random'
import { openColumns } from '../../../datasets/columns/open'
import { shortened } from '../../../datasets/csv/targets'
import { measureTable } from '../../../information/measure-table'
import type { InformationReport, Variable, VariableRequest } from '../../../information/report'
import { formatBits, shownCategory } from '../../../information/shown'
import { FEWEST_BINS, MOST_BINS } from '../../../information/variable'
import { dataArgument } from '../data-argument'
import { findFiles } from '../files'
import type { Io } from '../io'
import { seedNumber } from '../options'

type BinsOption = readonly (number | 'auto' | 'none')[]

interface InformationOptions {
  readonly x?: string
  readonly y?: string
  readonly bins?: BinsOption
  readonly quantiles?: boolean
  readonly validation?: string
  readonly label?: string
  readonly seed: number
  readonly json?: boolean
}

/** Wider tables are only in `--json`. */
const MOST_COLUMNS = 12
const MOST_ROWS = 20

function binsOption(word: string): BinsOption {
  const items = word.split(',').map((item) => (item === 'auto' || item === 'none' ? item : Number(item)))
  const isSound = (item: number | string) =>
    typeof item === 'string' || (Number.isInteger(item) && item >= FEWEST_BINS && item <= MOST_BINS)
  if (items.length > 2 || !items.every(isSound))
    throw new InvalidArgumentError(
      `Expected a whole number from ${FEWEST_BINS} to ${MOST_BINS}, auto or none; or two of them for X and Y, such as 8,none.`,
    )
  return items
}

/** JSON has no infinity. */
const withInfinities = (_: string, value: unknown): unknown =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value

async function information(data: string, options: InformationOptions, io: Io): Promise<void> {
  const settings = await dataArgument(
    {
      data,
      ...(options.validation !== undefined && { validation: options.validation }),
      ...(options.label !== undefined && { label: options.label }),
    },
    {},
  )
  if (!settings) return
  const { source, validation } = settings
  const table = await openColumns(source, findFiles, options.seed)
  const held = validation && { table: await openColumns(validation, findFiles, keyOf(options.seed, 'validation')) }
  const request = (column: string | undefined, bins: BinsOption[number] = 'auto'): VariableRequest => ({
    ...(column !== undefined && { column }),
    bins: typeof bins === 'number' ? { count: bins, by: options.quantiles ? 'quantile' : 'width' } : bins,
  })
  const [ofX, ofY = ofX] = options.bins ?? []
  const report = measureTable(table, held, {
    x: request(options.x, ofX),
    y: request(options.y, ofY),
    name: typeof source.params.path === 'string' ? resolve(source.params.path) : data,
  })
  if (options.json) io.out(`${JSON.stringify({ data, ...report }, withInfinities)}\n`)
  else io.out(textOf(data, report))
}

function textOf(data: string, { rows, heldOut, x, y, joint }: InformationReport): string {
  const parts = [
    `${data}: ${rows} rows${heldOut === undefined ? '' : `, ${heldOut} to validate with`}`,
    variableText('X', x),
    ...(y ? [variableText('Y', y)] : []),
  ]
  if (y && joint) parts.push(jointText(x, y, joint.counts))
  const measures: (readonly [string, number, string])[] = [['H(X)', x.entropy, 'what a value of X says on average']]
  if (y && joint) {
    measures.push(
      ['H(Y)', y.entropy, 'what a value of Y says on average'],
      ['H(X,Y)', joint.entropy, 'what a pair says on average'],
      ['H(X|Y)', joint.xGivenY, 'what is unknown of X once Y is known'],
      ['H(Y|X)', joint.yGivenX, 'what is unknown of Y once X is known'],
      ['I(X;Y)', joint.mutual, 'what X and Y say of each other'],
      ['chance', joint.chance, 'what I(X;Y) of so few rows comes to without any relation'],
    )
    if (joint.relative)
      measures.push(
        ['D(X‖Y)', joint.relative.forward, 'wasted on X by a code for Y'],
        ['D(Y‖X)', joint.relative.backward, 'wasted on Y by a code for X'],
      )
  }
  for (const [name, { shift }] of [['X', x], ...(y ? [['Y', y] as const] : [])] as const)
    if (shift)
      measures.push(
        [`D(t‖v) ${name}`, shift.forward, `wasted on the training part of ${name} by a code for the validation part`],
        [`D(v‖t) ${name}`, shift.backward, `wasted on the validation part of ${name} by a code for the training part`],
      )
  parts.push(measures.map(([name, bits, meaning]) => `${name.padEnd(9)} ${formatBits(bits).padStart(8)} bits  ${meaning}`).join('\n'))
  return `${parts.join('\n\n')}\n`
}

/** Columns of text, the first to the left, the others to the right. */
function aligned(lines: readonly (readonly string[])[]): string {
  const widths = lines.reduce<number[]>((most, line) => line.map((cell, i) => Math.max(most[i] ?? 0, cell.length)), [])
  return lines
    .map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '))
    .join('\n')
}

const shown = (name: string): string => shortened(shownCategory(name))

function variableText(letter: string, { column, bins, categories, counts, probabilities, selfInformation }: Variable): string {
  const how = bins
    ? ` in ${categories.length} bins of equal ${bins.by === 'width' ? 'width' : 'numbers of rows'}`
    : `, ${categories.length} categories`
  const lines = categories
    .slice(0, MOST_ROWS)
    .map((name, i) => [shown(name), String(counts[i]), (probabilities[i] ?? 0).toFixed(4), formatBits(selfInformation[i] ?? 0)])
  const rest = categories.length > MOST_ROWS ? `\n… ${categories.length - MOST_ROWS} more (--json has all)` : ''
  return `${letter} = ${shown(column)}${how}\n${aligned([['', 'count', 'p', '−log₂ p'], ...lines])}${rest}`
}

function jointText(x: Variable, y: Variable, counts: readonly number[]): string {
  const [rows, columns] = [x.categories.length, y.categories.length]
  if (columns > MOST_COLUMNS || rows > MOST_ROWS) return `The table of ${rows} × ${columns} pairs is in --json.`
  const lines = x.categories.map((name, row) => [shown(name), ...counts.slice(row * columns, (row + 1) * columns).map(String)])
  return aligned([['X \\ Y', ...y.categories.map(shown)], ...lines])
}

export const addInformation = (program: Command, io: Io): void => {
  program
    .command('information <data>')
    .description('entropies of the columns of a CSV file (or any data with labels), and what two of them say of each other, in bits')
    .option('--x <column>', 'the first column (default: the first)')
    .option('--y <column>', 'the second column (default: the label)')
    .option(
      '--bins <n>',
      'count numeric columns in n bins; n,m: in n for X, m for Y; none: their own values (default: 8 where more than 20 differ)',
      binsOption,
    )
    .option('--quantiles', 'bins with equal numbers of rows instead of equal width')
    .option('--validation <path>', 'validation data of the same kind, to measure how its distributions differ')
    .option('--label <name>', 'label column of a table (default: the last)')
    .option('--seed <n>', 'seed of a data set that is made', seedNumber, 0)
    .option('--json', 'machine-readable output on stdout, with the pointwise mutual information of every pair (infinities as strings)')
    .action((data: string, options: InformationOptions) => information(data, options, io))
}
