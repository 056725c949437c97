/**
 * @file A column as a random variable. In: a table's columns and which is wanted. Out: each row's category, by the column's own values or in bins; a
 * diagnostic says what to do with a column that cannot be counted.
 */
import { diagnosedError } from '../core/diagnostics'
import { type Categories, type Column, MOST_CATEGORIES } from '../datasets/columns/column'
import { shortened } from '../datasets/csv/targets'
import { type Binning, type Bins, binsOf, inBins } from './bins'
import type { ColumnFact, VariableRequest } from './report'

export const FEWEST_BINS = 2
export const MOST_BINS = 64
/** What bins are suggested. */
export const usualBins: Binning = { count: 8, by: 'width' }
/** More different numbers than this are a quantity, until somebody says otherwise. */
const MOST_PLAIN_NUMBERS = 20

export interface Counted extends Categories {
  readonly column: string
  readonly binning?: Binning
  /** Their edges, for other data. */
  readonly bins?: Bins
}

export const factOf = ({ name, categories, numbers }: Column): ColumnFact => ({
  name,
  ...(categories && { distinct: categories.names.length }),
  isNumeric: numbers !== undefined,
})

export const isCountable = ({ categories, numbers }: Column): boolean => categories !== undefined || numbers !== undefined

export function columnNamed(columns: readonly Column[], name: string): Column {
  const column = columns.find((each) => each.name === name)
  if (!column)
    throw diagnosedError('information.column', { got: shortened(name), expected: columns.map((each) => shortened(each.name)).join(', ') })
  return column
}

export function countedAs(column: Column, wanted: VariableRequest['bins']): Counted {
  const { name, categories, numbers, word } = column
  if (!isCountable(column))
    throw word
      ? diagnosedError('information.categories', {
          got: shortened(name),
          expected: MOST_CATEGORIES,
          line: word.line,
          word: shortened(word.text),
        })
      : diagnosedError('information.classes', { got: shortened(name), expected: MOST_CATEGORIES })
  const binning = wanted === 'auto' ? suggestedBins(column) : wanted === 'none' ? undefined : wanted
  if (!binning) {
    if (!categories) throw diagnosedError('information.unbinned', { got: shortened(name), expected: MOST_CATEGORIES })
    return { column: name, ...categories }
  }
  const { count } = binning
  if (!Number.isInteger(count) || count < FEWEST_BINS || count > MOST_BINS)
    throw diagnosedError('information.bins', { low: FEWEST_BINS, high: MOST_BINS, got: count })
  if (!numbers || (categories && categories.names.length <= count)) return countedAs(column, 'none')
  const values = numbers()
  const bins = binsOf(values, binning)
  return { column: name, binning, bins, ...inBins(values, bins) }
}

function suggestedBins({ categories, numbers }: Column): Binning | undefined {
  const few = categories !== undefined && categories.names.length <= MOST_PLAIN_NUMBERS
  return numbers && !few ? usualBins : undefined
}

/** The same variable of other data: the same bins where there are bins. Undefined where the other column cannot be counted so. */
export function countedLike({ bins }: Counted, other: Column): Categories | undefined {
  if (!bins) return other.categories
  return other.numbers && inBins(other.numbers(), bins)
}
