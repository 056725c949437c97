/** @file A cell of a table that the pointer or the arrow keys are on. In: the table's size. Out: the cell, and handlers for the table's box. */
import { type KeyboardEvent, useState } from 'react'

interface Cell {
  readonly row: number
  readonly column: number
  /** The keys may have left what is in view. */
  readonly byKeys?: boolean
}

const steps: Readonly<Record<string, readonly [number, number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

export function useCursor(rows: number, columns: number) {
  const [kept, point] = useState<Cell>()
  const cell = kept && kept.row < rows && kept.column < columns ? kept : undefined
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = steps[event.key]
    if (!step) return
    event.preventDefault()
    event.stopPropagation()
    const within = (value: number, end: number): number => Math.min(end - 1, Math.max(0, value))
    point({
      row: cell ? within(cell.row + step[0], rows) : 0,
      column: cell ? within(cell.column + step[1], columns) : 0,
      byKeys: true,
    })
  }
  return { cell, point, onKeyDown } as const
}
