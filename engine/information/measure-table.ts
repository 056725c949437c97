/**
 * @file All measures of two columns of a table (notes 002 §12). In: a table, the rows or the table to validate with, and which columns. Out: a report.
 */
import { diagnosedError } from '../core/diagnostics'
import type { Text } from '../core/text'
import type { Categories, Column, ColumnTable } from '../datasets/columns/column'
import { splitIndices } from '../datasets/split'
import {
  conditionalEntropy,
  entropy,
  type JointTable,
  mutualInformation,
  pointwiseMutualInformation,
  relativeEntropy,
  selfInformation,
  tableFromCounts,
} from './measures'
import type { InformationReport, Joint, Shift, Variable, VariableRequest } from './report'
import { type Counted, columnNamed, countedAs, countedLike, factOf, isCountable } from './variable'

/** What validates: a table of its own, or some rows of the same. */
export type Held = { readonly table: ColumnTable } | { readonly parts: Uint8Array }

export interface Wanted {
  readonly x: VariableRequest
  readonly y: VariableRequest
  /** What messages call the data. */
  readonly name: string | Text
}

export function measureTable(table: ColumnTable, held: Held | undefined, { x, y, name }: Wanted): InformationReport {
  const { columns, length } = table
  if (columns.length === 0) throw diagnosedError('information.nothing', { got: name })
  const countable = columns.filter(isCountable)
  // Where nothing can be counted, the message says why of a column.
  const usable = countable.length > 0 ? countable : columns
  const target = usable.find((column) => column.name === table.target) ?? usable.at(-1)
  const named = (request: VariableRequest): Column | undefined =>
    request.column === undefined ? undefined : columnNamed(columns, request.column)
  const firstNamed = named(x)
  const second = named(y) ?? (usable.length === 1 ? undefined : firstNamed === target ? usable.find((each) => each !== target) : target)
  const first = firstNamed ?? usable.find((each) => each !== second) ?? (usable[0] as Column)
  const heldOut = held && ('table' in held ? held.table.length : tally(PARTS, held.parts)[VALIDATION])
  const one = countedAs(first, x.bins)
  const two = second && countedAs(second, y.bins)
  const [ofOne, ofTwo] = [tally(one.names.length, one.codes), two && tally(two.names.length, two.codes)]
  return {
    rows: length,
    ...(heldOut !== undefined && { heldOut }),
    columns: columns.map(factOf),
    x: variableOf(one, ofOne, held),
    ...(two && ofTwo && { y: variableOf(two, ofTwo, held), joint: jointOf(one, ofOne, two, ofTwo) }),
  }
}

const TRAINING = 1
const VALIDATION = 2
const PARTS = 3

/** Of each row the part it is in, or 0; undefined where none is held out. */
export function partsOf({ length, rowsPerSample, contiguous }: ColumnTable, share: number, seed: number): Uint8Array | undefined {
  const { training, validation } = splitIndices(length / rowsPerSample, share, seed, contiguous)
  if (validation.length === 0) return undefined
  const parts = new Uint8Array(length)
  for (const sample of training) parts.fill(TRAINING, sample * rowsPerSample, (sample + 1) * rowsPerSample)
  for (const sample of validation) parts.fill(VALIDATION, sample * rowsPerSample, (sample + 1) * rowsPerSample)
  return parts
}

/** How often each code comes; of `part` alone where there is one. There may be millions of rows. */
function tally(size: number, codes: Uint8Array, parts?: Uint8Array, part = 0): number[] {
  const counts = new Uint32Array(size)
  for (let row = 0; row < codes.length; row++) {
    if (parts && parts[row] !== part) continue
    const code = codes[row] as number
    counts[code] = (counts[code] as number) + 1
  }
  return Array.from(counts)
}

function variableOf(counted: Counted, counts: readonly number[], held: Held | undefined): Variable {
  const { column, binning, names } = counted
  const p = Array.from(tableFromCounts(1, counts.length, counts).probabilities)
  const shift = held && ('table' in held ? shiftTo(counted, counts, held.table) : shiftWithin(counted, held.parts))
  return {
    column,
    ...(binning && { bins: binning }),
    categories: names,
    counts,
    probabilities: p,
    selfInformation: p.map(selfInformation),
    entropy: entropy(p),
    ...(shift && { shift }),
  }
}

function shiftWithin({ names, codes }: Categories, parts: Uint8Array): Shift {
  return shiftOf(names, tally(names.length, codes, parts, TRAINING), tally(names.length, codes, parts, VALIDATION))
}

/** Undefined where the other data has no such column. */
function shiftTo(counted: Counted, counts: readonly number[], other: ColumnTable): Shift | undefined {
  const column = other.columns.find(({ name }) => name === counted.column)
  const like = column && countedLike(counted, column)
  if (!like) return undefined
  const { categories, one, two } = together(counted.names, counts, like.names, tally(like.names.length, like.codes))
  return shiftOf(categories, one, two)
}

function shiftOf(categories: readonly string[], training: readonly number[], validation: readonly number[]): Shift {
  const p = tableFromCounts(1, training.length, training).probabilities
  const q = tableFromCounts(1, validation.length, validation).probabilities
  return { categories, training, validation, forward: relativeEntropy(p, q), backward: relativeEntropy(q, p) }
}

/** Counts of both over the categories of either. */
function together(ours: readonly string[], counts: readonly number[], theirs: readonly string[], others: readonly number[]) {
  const categories = [...new Set([...ours, ...theirs])]
  const over = (names: readonly string[], each: readonly number[]): number[] => {
    const byName = new Map(names.map((name, i) => [name, each[i] as number]))
    return categories.map((name) => byName.get(name) ?? 0)
  }
  return { categories, one: over(ours, counts), two: over(theirs, others) }
}

function jointOf(x: Counted, ofX: readonly number[], y: Counted, ofY: readonly number[]): Joint {
  const [rows, columns] = [x.names.length, y.names.length]
  const counts = new Uint32Array(rows * columns)
  for (let row = 0; row < x.codes.length; row++) {
    const cell = (x.codes[row] as number) * columns + (y.codes[row] as number)
    counts[cell] = (counts[cell] as number) + 1
  }
  const table: JointTable = tableFromCounts(rows, columns, counts)
  const relative = relativeOf(x, ofX, y, ofY)
  return {
    counts: Array.from(counts),
    probabilities: Array.from(table.probabilities),
    pointwise: pointwiseMutualInformation(table),
    entropy: entropy(table.probabilities),
    xGivenY: conditionalEntropy(table, 'y'),
    yGivenX: conditionalEntropy(table, 'x'),
    mutual: mutualInformation(table),
    chance: ((seen(ofX) - 1) * (seen(ofY) - 1)) / (2 * x.codes.length * Math.LN2),
    ...(relative && { relative }),
  }
}

const seen = (counts: readonly number[]): number => counts.filter((count) => count > 0).length

/** Only where the two say the same things: outlook and play have no category in common. */
function relativeOf(x: Counted, ofX: readonly number[], y: Counted, ofY: readonly number[]): Joint['relative'] {
  if (!x.names.some((name) => name !== '' && y.names.includes(name))) return undefined
  const { one, two } = together(x.names, ofX, y.names, ofY)
  const { forward, backward } = shiftOf([], one, two)
  return { forward, backward }
}
