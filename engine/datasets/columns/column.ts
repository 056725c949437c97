/**
 * @file One column of a table, seen as categories. In: the cells of a column as text, or as numbers. Out: which of its categories each row has, where
 * there are few enough of them; and its numbers, where every cell is one, so that they can be counted in bins.
 * Categories stand in order: numbers by size, words by the alphabet, what is missing (the category '') last.
 */
import { isNumber } from '../csv/targets'

/** More different values than this are no categories. A row's category fits a byte. */
export const MOST_CATEGORIES = 256

/** What tables write where a number is not known. */
const notKnown = /^(\?|na|n\/a|nan|null)?$/i

export interface Categories {
  readonly names: readonly string[]
  /** Of each row: an index into `names`. */
  readonly codes: Uint8Array
}

export interface Column {
  readonly name: string
  /** Absent where there are more than `MOST_CATEGORIES`. */
  readonly categories?: Categories
  /** Of each row; NaN where it is not known. Absent where a cell is a word. */
  readonly numbers?: () => Float64Array
  /** A cell that is no number, where one is the reason why nothing can be done with the column. */
  readonly word?: { readonly text: string; readonly line: number }
}

export interface ColumnTable {
  readonly length: number
  readonly columns: readonly Column[]
  /** Name of the column that the others are to predict. */
  readonly target?: string
  /** A sample of text has a row for each of its places. */
  readonly rowsPerSample: number
  /** See `Dataset.contiguous`. */
  readonly contiguous?: boolean
}

/** A typed array that grows as it is filled. */
class Growing<A extends Uint8Array | Float64Array> {
  length = 0

  constructor(
    private values: A,
    private readonly make: (length: number) => A,
  ) {}

  push(value: number): void {
    if (this.length === this.values.length) {
      const larger = this.make(2 * this.length)
      larger.set(this.values)
      this.values = larger
    }
    this.values[this.length++] = value
  }

  taken(): A {
    return this.values.slice(0, this.length) as A
  }
}

const START = 1024
const bytes = (): Growing<Uint8Array> => new Growing(new Uint8Array(START), (length) => new Uint8Array(length))
const doubles = (): Growing<Float64Array> => new Growing(new Float64Array(START), (length) => new Float64Array(length))

/** Takes cells one by one: codes while there are few different ones, then numbers, then nothing. */
export class ColumnBuilder {
  private readonly names = new Map<string, number>()
  private codes: Growing<Uint8Array> | undefined = bytes()
  private numbers: Growing<Float64Array> | undefined
  private word: Column['word']

  constructor(readonly name: string) {}

  /** Bytes that a row of this column takes. */
  get width(): number {
    return this.codes ? 1 : this.numbers ? 8 : 0
  }

  add(cell: string, line: number): void {
    if (this.codes) this.addCategory(this.codes, cell, line)
    else if (this.numbers) this.addNumber(this.numbers, cell, line)
  }

  private addCategory(codes: Growing<Uint8Array>, cell: string, line: number): void {
    const known = this.names.get(cell)
    if (known !== undefined) {
      codes.push(known)
      return
    }
    if (!this.word && !notKnown.test(cell) && !isNumber(cell)) this.word = { text: cell, line }
    if (this.names.size < MOST_CATEGORIES) {
      codes.push(this.names.size)
      this.names.set(cell, this.names.size)
      return
    }
    this.codes = undefined
    if (this.word) return
    const numbers = doubles()
    const values = [...this.names.keys()].map(numberOf)
    for (const code of codes.taken()) numbers.push(values[code] as number)
    this.numbers = numbers
    this.add(cell, line)
  }

  private addNumber(numbers: Growing<Float64Array>, cell: string, line: number): void {
    const value = numberOf(cell)
    numbers.push(value)
    if (!Number.isNaN(value) || notKnown.test(cell)) return
    this.word = { text: cell, line }
    this.numbers = undefined
  }

  /** Some cell is no text: a file of another kind, or in another encoding. */
  get isGarbled(): boolean {
    return [...this.names.keys()].some(isGarbled)
  }

  finish(): Column {
    const { name, word } = this
    if (this.codes) return columnOfCodes(name, [...this.names.keys()], this.codes.taken(), word === undefined)
    const numbers = this.numbers?.taken()
    return numbers ? { name, numbers: () => numbers } : { name, word }
  }
}

/** Bytes that are no UTF-8, or stand in no text. */
export const isGarbled = (cell: string): boolean => cell.includes('\uFFFD') || cell.includes('\0')

const numberOf = (cell: string): number => (isNumber(cell) ? Number(cell) : Number.NaN)

/** Equal names become one category, unused ones none. `numeric`: they are numbers, so that 1 and 1.0 are equal. */
function columnOfCodes(name: string, cells: readonly string[], codes: Uint8Array, numeric: boolean): Column {
  const used = new Uint8Array(cells.length)
  for (const code of codes) used[code] = 1
  const shown = cells.map((cell) => (numeric ? (notKnown.test(cell) ? '' : String(Number(cell))) : cell))
  const names = [...new Set(shown.filter((_, code) => used[code] === 1))].sort(numeric ? bySize : byAlphabet)
  const places = new Map(names.map((each, place) => [each, place]))
  const moves = Uint8Array.from(shown, (each) => places.get(each) ?? 0)
  const ordered = codes.map((code) => moves[code] as number)
  const values = names.map((each) => (each === '' ? Number.NaN : Number(each)))
  const isNumeric = numeric && values.some((value) => !Number.isNaN(value))
  return {
    name,
    categories: { names, codes: ordered },
    ...(isNumeric && { numbers: () => Float64Array.from(ordered, (code) => values[code] as number) }),
  }
}

const missingLast = (a: string, b: string): number => Number(a === '') - Number(b === '')
const bySize = (a: string, b: string): number => missingLast(a, b) || Number(a) - Number(b)
const byAlphabet = (a: string, b: string): number => missingLast(a, b) || (a < b ? -1 : 1)

/** Numbers that are at hand; few different ones are categories too. */
export function columnOfNumbers(name: string, numbers: Float64Array): Column {
  const known = new Map<number, number>()
  const codes = new Uint8Array(numbers.length)
  for (let row = 0; row < numbers.length; row++) {
    const value = numbers[row] as number
    let code = known.get(value)
    if (code === undefined) {
      code = known.size
      if (code === MOST_CATEGORIES) return { name, numbers: () => numbers }
      known.set(value, code)
    }
    codes[row] = code
  }
  return columnOfCodes(name, [...known.keys()].map(shortest), codes, true)
}

/** 0.1 in single precision is written 0.1; a double keeps all its digits. */
function shortest(value: number): string {
  if (Math.fround(value) !== value) return String(value)
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(value)
}
