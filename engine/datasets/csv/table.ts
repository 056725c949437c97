/**
 * @file From rows of text to a table of numbers. In: a CSV file, the label's name and what the target is. Out: columns as compact
 * blocks of numbers, classes with their names; ragged rows and words among numbers are named by file and line.
 */
import { diagnosedError } from '../../core/diagnostics'
import type { FileSource } from '../dataset'
import { type Row, readRows } from './lines'
import { interpretTargets, isNumber, shortened, type TargetSettings } from './targets'

/** Numbers in one block, so that wide tables do not begin with blocks of gigabytes. */
const BLOCK_NUMBERS = 1 << 18

export interface Table {
  readonly length: number
  readonly columns: readonly string[]
  readonly targetName: string
  /** Copies the features of row `index` to `out` at `offset`. */
  features(index: number, out: Float32Array, offset: number): void
  target(index: number): number
  /** Absent when the target is a quantity. */
  readonly classNames?: readonly string[]
}

export interface TableSettings extends TargetSettings {
  /** Name of the target column; empty: the last. */
  readonly label: string
}

export async function readTable(files: FileSource, file: string, size: number, settings: TableSettings): Promise<Table> {
  const builder = new TableBuilder(file, settings)
  for await (const rows of readRows(files, file, size)) builder.add(rows)
  return builder.finish()
}

class TableBuilder {
  private readonly blocks: Float32Array[] = []
  private readonly targets: string[] = []
  private readonly lines: number[] = []
  private columns: readonly string[] = []
  private targetColumn = -1
  private blockRows = 1

  constructor(
    private readonly file: string,
    private readonly settings: TableSettings,
  ) {}

  add(rows: readonly Row[]): void {
    const fresh = this.columns.length === 0 && rows.length > 0 ? this.begin(rows) : rows
    for (const row of fresh) this.addRow(row)
  }

  /** Settles columns and header; returns the rows that are data. */
  private begin(rows: readonly Row[]): readonly Row[] {
    const first = (rows[0] as Row).cells
    const { label } = this.settings
    const header = looksLikeHeader(first, rows[1]?.cells, label)
    this.columns = header ? first : first.map((_, i) => `column ${i + 1}`)
    this.targetColumn = label === '' ? first.length - 1 : this.columns.indexOf(label)
    if (this.targetColumn < 0)
      throw diagnosedError('data.label-column', { file: this.file, got: label, expected: this.columns.join(', ') }, { file: this.file })
    this.blockRows = Math.max(1, Math.floor(BLOCK_NUMBERS / Math.max(1, first.length - 1)))
    return header ? rows.slice(1) : rows
  }

  private addRow({ cells, line }: Row): void {
    const { file, targetColumn } = this
    const width = this.columns.length
    if (cells.length !== width) throw diagnosedError('data.columns', { file, line, expected: width, got: cells.length }, { file })
    const row = this.targets.length % this.blockRows
    if (row === 0) this.blocks.push(new Float32Array(this.blockRows * (width - 1)))
    const block = this.blocks.at(-1) as Float32Array
    let at = row * (width - 1)
    for (let column = 0; column < width; column++) {
      const cell = cells[column] as string
      if (column === targetColumn ? cell === '' : !isNumber(cell))
        throw diagnosedError('data.number', { file, line, column: column + 1, got: shortened(cell) }, { file })
      if (column !== targetColumn) {
        block[at] = Number(cell)
        if (!Number.isFinite(block[at++]))
          throw diagnosedError('data.range', { file, line, column: column + 1, got: shortened(cell) }, { file })
      }
    }
    this.targets.push(cells[targetColumn] as string)
    this.lines.push(line)
  }

  finish(): Table {
    const { file, blocks, blockRows, columns, targetColumn, lines, targets } = this
    if (targets.length === 0) throw diagnosedError('data.empty', { file }, { file })
    if (columns.length < 2) throw diagnosedError('data.one-column', { file }, { file })
    const width = columns.length - 1
    const { values, classNames } = interpretTargets(file, targets, (row) => lines[row] as number, targetColumn + 1, this.settings)
    return {
      length: values.length,
      columns: columns.filter((_, i) => i !== targetColumn),
      targetName: columns[targetColumn] as string,
      features(index, out, offset) {
        const start = (index % blockRows) * width
        out.set((blocks[Math.floor(index / blockRows)] as Float32Array).subarray(start, start + width), offset)
      },
      target: (index) => values[index] as number,
      classNames,
    }
  }
}

/** A header names the label, or has words for most features, or a word where the next row's target is a number. */
function looksLikeHeader(first: readonly string[], second: readonly string[] | undefined, label: string): boolean {
  if (label !== '' && first.includes(label)) return true
  const features = first.slice(0, -1)
  const words = features.filter((cell) => !isNumber(cell)).length
  if (words > features.length / 2) return true
  const target = first.at(-1) as string
  return words === 0 && second !== undefined && !isNumber(target) && isNumber(second.at(-1) ?? '')
}
