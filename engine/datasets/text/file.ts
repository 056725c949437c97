/** @file Text on disk. In: a file. Out: its text, or word that it is none; and whether a text is a table of numbers after all. */
import { diagnosedError } from '../../core/diagnostics'
import type { FileSource } from '../dataset'

export async function textIn(files: FileSource, path: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await files.read(path))
  } catch (error) {
    if (error instanceof TypeError) throw diagnosedError('data.text', { file: path }, { file: path })
    throw error
  }
}

const SAMPLE_BYTES = 1 << 14
const SAMPLE_LINES = 20

const isNumber = (cell: string): boolean => cell.trim() !== '' && Number.isFinite(Number(cell))

/** Its first lines have the same number of cells, and below a header perhaps, one column of numbers at least. */
export async function isTable(files: FileSource, path: string, size: number): Promise<boolean> {
  const sample = new TextDecoder().decode(await files.read(path, 0, Math.min(size, SAMPLE_BYTES)))
  const lines = sample.split(/\r?\n/)
  // The last may be cut off.
  const whole = (size > SAMPLE_BYTES ? lines.slice(0, -1) : lines).filter((line) => line.trim() !== '').slice(0, SAMPLE_LINES)
  return [',', '\t', ';', '|'].some((delimiter) => {
    const rows = whole.map((line) => line.split(delimiter))
    const [first] = rows
    if (!first || first.length < 2 || rows.some(({ length }) => length !== first.length)) return false
    const below = rows.length > 1 ? rows.slice(1) : rows
    return first.some((_, column) => below.every((row) => isNumber(row[column] ?? '')))
  })
}
