/** @file Tables of text. In: a head and rows of cells. Out: aligned columns for a terminal, or Markdown; numbers short enough to compare. */

export interface Table {
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The first column is words, the others are numbers and stand flush right. */
export function formatTable({ head, rows }: Table): string {
  const lines = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...lines.map((cells) => [...(cells[column] ?? '')].length)))
  return lines
    .map((cells) =>
      head
        .map((_, column) => {
          const text = cells[column] ?? ''
          const space = ' '.repeat((widths[column] as number) - [...text].length)
          return column === 0 ? text + space : space + text
        })
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

export function markdownTable({ head, rows }: Table): string {
  const line = (cells: readonly string[]) => `| ${head.map((_, column) => (cells[column] ?? '').replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), `|${head.map((_, column) => (column === 0 ? '---' : '---:')).join('|')}|`, ...rows.map(line)].join('\n')
}

/** Three digits that count: 0.0123, 1.23, 12.3, 123, 1230. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–'
  const digits = value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)))
  return value.toFixed(Math.max(0, Math.min(4, 2 - digits)))
}

export const mebibytes = (bytes: number | undefined): string => (bytes === undefined ? '–' : `${Math.round(bytes / 2 ** 20)}`)
