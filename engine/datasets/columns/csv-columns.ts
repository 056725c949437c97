/**
 * @file A CSV file as columns of categories and numbers: words are welcome everywhere, unlike in a table to train on. In: a file. Out: its columns by
 * name. A row of another width, a file that is no text, or one too large to count is named.
 */
import { diagnosedError } from '../../core/diagnostics'
import { type Row, readRows } from '../csv/lines'
import { isNumber, shortened } from '../csv/targets'
import type { FileSource } from '../dataset'
import { ColumnBuilder, type ColumnTable, isGarbled } from './column'

/** Mebibytes of columns as they are kept: a byte for a category, eight for a number. */
const MOST_MEBIBYTES = 512

export async function readColumns(
  files: FileSource,
  file: string,
  size: number,
  label: string,
  most = MOST_MEBIBYTES,
): Promise<ColumnTable> {
  let builders: ColumnBuilder[] = []
  let length = 0
  for await (const rows of readRows(files, file, size)) {
    const begins = builders.length === 0 && rows.length > 0
    const header = begins && looksLikeHeader(rows, label)
    if (begins) builders = namesOf((rows[0] as Row).cells, header).map((name) => new ColumnBuilder(name))
    for (const { cells, line } of header ? rows.slice(1) : rows) {
      if (cells.length !== builders.length)
        throw cells.some(isGarbled)
          ? diagnosedError('data.text', { file }, { file })
          : diagnosedError('data.columns', { file, line, expected: builders.length, got: cells.length }, { file })
      for (let column = 0; column < cells.length; column++) builders[column]?.add(cells[column] as string, line)
      length++
    }
    const bytes = length * builders.reduce((sum, { width }) => sum + width, 0)
    if (bytes > most * 2 ** 20) throw diagnosedError('data.columns-memory', { file, expected: most }, { file })
  }
  if (length === 0) throw diagnosedError('data.empty', { file }, { file })
  if (builders.some((builder) => builder.isGarbled)) throw diagnosedError('data.text', { file }, { file })
  const names = builders.map(({ name }) => name)
  if (label !== '' && !names.includes(label))
    throw diagnosedError('data.label-column', { file, got: shortened(label), expected: names.join(', ') }, { file })
  return {
    length,
    columns: builders.map((builder) => builder.finish()),
    target: label === '' ? (names.at(-1) as string) : label,
    rowsPerSample: 1,
  }
}

/** Columns are told apart by their names. */
function namesOf(first: readonly string[], header: boolean): string[] {
  const names: string[] = []
  for (const [column, cell] of first.entries()) {
    const name = header && cell !== '' ? cell : `column ${column + 1}`
    let free = name
    for (let copy = 2; names.includes(free); copy++) free = `${name} (${copy})`
    names.push(free)
  }
  return names
}

/**
 * A header has words only, and no word of it comes again below it in its own column, as categories do. Where the label is named, the row that has
 * its name is the header.
 */
function looksLikeHeader(rows: readonly Row[], label: string): boolean {
  const first = (rows[0] as Row).cells
  if (label !== '' && first.includes(label)) return true
  if (first.some(isNumber) || first.every((cell) => cell === '')) return false
  return !rows.slice(1).some(({ cells }) => first.some((cell, column) => cell !== '' && cells[column] === cell))
}
