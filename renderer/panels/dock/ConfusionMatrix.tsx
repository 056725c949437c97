/**
 * @file Which class is taken for which. In: counts from the engine, truth by rows. Out: a heat map: the diagonal green, mistakes red, strength by
 * the share of the row; the cell under the pointer in words. With many classes the numbers give way to colour.
 */
import { type PointerEvent, useState } from 'react'
import type { InsightFrame } from '../../../engine/protocol/messages'
import { useCanvas } from '../../charts/use-canvas'
import { useRun } from '../../engine/run-store'
import { useWords } from '../../i18n/i18n'
import { dockWords } from './words'

type Confusion = NonNullable<InsightFrame['confusion']>

const LEFT = 22
const BOTTOM = 14

interface Cell {
  readonly truth: number
  readonly predicted: number
}

/** Cells fill the box; they need not be square. */
const cellOf = (width: number, height: number, classes: number): { readonly across: number; readonly down: number } => ({
  across: (width - LEFT) / classes,
  down: (height - BOTTOM) / classes,
})

function drawConfusion(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  { classes, counts }: Confusion,
  nameOf: (index: number) => string,
): void {
  const css = getComputedStyle(context.canvas)
  const colour = (name: string): string => css.getPropertyValue(name).trim()
  const { across, down } = cellOf(width, height, classes)
  context.font = `${Math.min(10, Math.floor(down))}px ${colour('--mono')}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (let truth = 0; truth < classes; truth++) {
    const row = counts.subarray(truth * classes, (truth + 1) * classes)
    const total = row.reduce((sum, count) => sum + count, 0)
    const y = truth * down
    for (let predicted = 0; predicted < classes; predicted++) {
      const count = row[predicted] as number
      const right = truth === predicted
      const x = LEFT + predicted * across
      context.fillStyle = colour('--canvas')
      context.fillRect(x, y, across - 1, down - 1)
      if (count === 0) continue
      // Mistakes are rare and must still be seen.
      const strength = right ? count / total : Math.min(1, 0.25 + count / total)
      context.fillStyle = `color-mix(in srgb, ${colour(right ? '--accent' : '--bad')} ${Math.round(strength * 85)}%, transparent)`
      context.fillRect(x, y, across - 1, down - 1)
      if (across < 14 || down < 10) continue
      context.fillStyle = right && strength > 0.6 ? colour('--accent-ink') : colour('--text')
      context.fillText(String(count), x + across / 2, y + down / 2)
    }
    if (down < 8) continue
    context.fillStyle = colour('--faint')
    context.fillText(nameOf(truth).slice(0, 3), LEFT / 2, y + down / 2)
    context.fillText(nameOf(truth).slice(0, Math.max(1, Math.floor(across / 6))), LEFT + (truth + 0.5) * across, height - BOTTOM / 2)
  }
}

export function ConfusionMatrix() {
  const words = useWords(dockWords)
  const confusion = useRun((state) => state.confusion)
  const names = useRun((state) => state.insight?.fields.find(({ role }) => role === 'target')?.classNames)
  const [hover, setHover] = useState<Cell>()
  const nameOf = (index: number): string => names?.[index] ?? String(index)
  const { ref } = useCanvas((context, width, height) => {
    context.clearRect(0, 0, width, height)
    if (confusion) drawConfusion(context, width, height, confusion, nameOf)
  })
  const point = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (!confusion) return
    const { classes } = confusion
    const box = event.currentTarget.getBoundingClientRect()
    const { across, down } = cellOf(box.width, box.height, classes)
    const predicted = Math.floor((event.clientX - box.left - LEFT) / across)
    const truth = Math.floor((event.clientY - box.top) / down)
    const inside = predicted >= 0 && predicted < classes && truth >= 0 && truth < classes
    setHover(inside ? { truth, predicted } : undefined)
  }
  if (!confusion)
    return (
      <div className="empty">
        <b>{words('noPredictions')}</b>
        <span>{words('noPredictionsHint')}</span>
      </div>
    )
  return (
    <div className="confusion">
      <canvas ref={ref} role="img" aria-label={words('confusion')} onPointerMove={point} onPointerLeave={() => setHover(undefined)} />
      <p>
        {hover
          ? words('confusionCell', {
              count: confusion.counts[hover.truth * confusion.classes + hover.predicted] as number,
              truth: nameOf(hover.truth),
              predicted: nameOf(hover.predicted),
            })
          : summary(words, confusion)}
      </p>
    </div>
  )
}

function summary(words: ReturnType<typeof useWords<typeof dockWords.words>>, { classes, counts }: Confusion): string {
  let total = 0
  let right = 0
  counts.forEach((count, index) => {
    total += count
    if (index % (classes + 1) === 0) right += count
  })
  return words('right', { share: total === 0 ? '–' : ((100 * right) / total).toFixed(1), count: total })
}
