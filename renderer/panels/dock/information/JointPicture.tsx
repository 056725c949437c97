/** @file A joint table too large for numbers. In: table, view, cursor. Out: a picture whose cells the pointer and the arrow keys choose. */
import type { PointerEvent } from 'react'
import { useCanvas } from '../../../charts/use-canvas'
import { useWords } from '../../../i18n/i18n'
import type { JointProps } from './JointGrid'
import { tints } from './joint-cells'
import { informationWords } from './words'

/** Rare pairs must still be seen. */
const LEAST_STRENGTH = 0.12

export function JointPicture({ table, view, cursor }: JointProps) {
  const words = useWords(informationWords)
  const rows = table.x.categories.length
  const columns = table.y.categories.length
  const { cell, point, onKeyDown } = cursor
  const tintOf = tints(table, view)
  const { ref } = useCanvas((context, width, height) => {
    const css = getComputedStyle(context.canvas)
    const colour = (name: string): string => css.getPropertyValue(name).trim()
    const [across, down] = [width / columns, height / rows]
    context.clearRect(0, 0, width, height)
    context.fillStyle = colour('--canvas')
    context.fillRect(0, 0, width, height)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) {
        const { strength, isBelow } = tintOf(row * columns + column)
        if (strength === 0) continue
        context.globalAlpha = LEAST_STRENGTH + (1 - LEAST_STRENGTH) * Math.sqrt(strength)
        context.fillStyle = colour(isBelow ? '--bad' : '--accent')
        context.fillRect(column * across, row * down, across, down)
      }
    context.globalAlpha = 1
    if (!cell) return
    context.strokeStyle = colour('--text')
    context.strokeRect(cell.column * across - 1, cell.row * down - 1, across + 2, down + 2)
  })
  const under = (event: PointerEvent<HTMLCanvasElement>): void => {
    const box = event.currentTarget.getBoundingClientRect()
    const column = Math.floor(((event.clientX - box.left) * columns) / box.width)
    const row = Math.floor(((event.clientY - box.top) * rows) / box.height)
    point(row >= 0 && row < rows && column >= 0 && column < columns ? { row, column } : undefined)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move over the picture's cells, the sentence below tells them
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the picture must be reachable by keyboard
    <div className="information-picture" tabIndex={0} onKeyDown={onKeyDown}>
      <canvas ref={ref} role="img" aria-label={words('joint')} onPointerMove={under} onPointerLeave={() => point(undefined)} />
    </div>
  )
}
