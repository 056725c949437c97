/**
 * @file What the target column means. In: its cells. Out: numbers, and class names where it holds classes.
 * Whole numbers from 0 are their own classes; words are classes in alphabetical order; everything else is a quantity.
 */
import { diagnosedError } from '../../core/diagnostics'

/** More than this are a quantity, not classes. */
const MAX_CLASSES = 1000

export interface Targets {
  readonly values: Float32Array
  readonly classNames?: readonly string[]
}

export interface TargetSettings {
  readonly target: 'auto' | 'class' | 'number'
  /** Class names of the training data. */
  readonly like?: readonly string[]
}

export const isNumber = (cell: string): boolean => cell !== '' && Number.isFinite(Number(cell))

/** A cell as a message can hold it. */
export const shortened = (cell: string): string => (cell.length > 40 ? `${cell.slice(0, 40)}…` : cell)

const isClassNumber = (cell: string): boolean =>
  isNumber(cell) && Number.isInteger(Number(cell)) && Number(cell) >= 0 && Number(cell) < MAX_CLASSES

/** `lineOf` tells on which line of the file a cell stands. */
export function interpretTargets(
  file: string,
  cells: readonly string[],
  lineOf: (row: number) => number,
  column: number,
  settings: TargetSettings,
): Targets {
  const whole = cells.every(isClassNumber)
  const asNumbers = settings.target === 'number' || (settings.target === 'auto' && !whole && cells.every(isNumber))
  if (asNumbers && !settings.like) {
    const wrong = cells.findIndex((cell) => !isNumber(cell))
    if (wrong >= 0)
      throw diagnosedError('data.number', { file, line: lineOf(wrong), column, got: shortened(cells[wrong] as string) }, { file })
    const values = Float32Array.from(cells, Number)
    const large = values.findIndex((value) => !Number.isFinite(value))
    if (large >= 0)
      throw diagnosedError('data.range', { file, line: lineOf(large), column, got: shortened(cells[large] as string) }, { file })
    return { values }
  }
  const classNames = settings.like ?? (whole ? classesUpTo(cells) : [...new Set(cells)].sort())
  const byName = new Map(classNames.map((name, index) => [name, index]))
  const values = Float32Array.from(cells, (cell) => {
    const index = byName.get(cell) ?? (isNumber(cell) ? byName.get(String(Number(cell))) : undefined)
    if (index === undefined) throw diagnosedError('data.class', { file, got: shortened(cell), expected: shortList(classNames) }, { file })
    return index
  })
  return { values, classNames }
}

const shortList = (names: readonly string[]): string => `${names.slice(0, 20).map(shortened).join(', ')}${names.length > 20 ? ', …' : ''}`

function classesUpTo(cells: readonly string[]): string[] {
  const last = cells.reduce((largest, cell) => Math.max(largest, Number(cell)), 0)
  return Array.from({ length: last + 1 }, (_, i) => String(i))
}
