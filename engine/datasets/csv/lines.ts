/**
 * @file A CSV file, row by row, without ever holding its whole text. In: a file source and a path. Out: batches of rows with the
 * line each began on; a quotation mark that is never closed is named, and so is a file that is no text. Cells are split by papaparse; a chunk ends at a line break that lies outside quotes.
 */
import Papa from 'papaparse'
import { diagnosedError } from '../../core/diagnostics'
import type { FileSource } from '../dataset'

const CHUNK_BYTES = 1 << 20

export interface Row {
  readonly cells: readonly string[]
  /** From 1, as editors count. */
  readonly line: number
}

export async function* readRows(files: FileSource, path: string, size: number): AsyncGenerator<readonly Row[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let rest = ''
  let line = 1
  let delimiter = ''
  for (let start = 0; start < size; start += CHUNK_BYTES) {
    const end = Math.min(size, start + CHUNK_BYTES)
    rest += textOf(decoder, await files.read(path, start, end), end < size, path)
    const cut = end < size ? afterLastBreak(rest) : rest.length
    if (cut === 0) continue
    const text = rest.slice(0, cut)
    rest = rest.slice(cut)
    const newline = text.includes('\r\n') ? '\r\n' : '\n'
    // The empty row after the last line break would count against a delimiter that few rows speak for.
    const parsed = Papa.parse<string[]>(text.endsWith(newline) ? text.slice(0, -newline.length) : text, { delimiter, newline })
    delimiter ||= parsed.meta.delimiter
    const rows: Row[] = []
    const unclosed = parsed.errors.find(({ code }) => code === 'MissingQuotes')?.row
    for (const [index, cells] of parsed.data.entries()) {
      if (index === unclosed) throw diagnosedError('data.quote', { file: path, line }, { file: path })
      if (cells.length > 1 || (cells[0] as string).trim() !== '') rows.push({ cells: cells.map((cell) => cell.trim()), line })
      line += cells.reduce((breaks, cell) => breaks + cell.split('\n').length - 1, 1)
    }
    yield rows
  }
}

/** What is no text is said to be none, rather than read as cells of signs that nobody wrote. */
function textOf(decoder: TextDecoder, bytes: Uint8Array, goesOn: boolean, file: string): string {
  const wrong = () => diagnosedError('data.text', { file }, { file })
  // Neither does any text hold it, but UTF-16 without a mark and most binary files do.
  if (bytes.includes(0)) throw wrong()
  try {
    return decoder.decode(bytes, { stream: goesOn })
  } catch (error) {
    if (error instanceof TypeError) throw wrong()
    throw error
  }
}

/** Position after the last line break outside quotes; 0 when there is none. */
function afterLastBreak(text: string): number {
  let quoted = false
  let last = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 0x22) quoted = !quoted
    else if (code === 0x0a && !quoted) last = i + 1
  }
  return last
}
