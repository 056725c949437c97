/**
 * @file Which class is taken for which. In: counts from the engine, truth by rows. Out: a heat map: the diagonal green, mistakes red, strength by
 * the share of the row; the cell under the pointer in words. With many classes the numbers give way to colour.
 */
import { type PointerEvent, useState } from 'react'
import { useCanvas } from '../../charts/use-canvas'
import { useRun } from '../../engine/run-store'
import { useWords } from '../../i18n/i18n'
import { dockWords } from './words'

const MARGIN = 22

interface Cell {
  readonly truth: number
  readonly predicted: number
}

export function ConfusionMatrix() {
  const words = useWords(dockWords)
  const confusion = useRun((state) => state.confusion)
  const names = useRun((state) => state.insight?.fields.find(({ role }) => role === 'target')?.classNames)
  const [hover, setHover] = useState<Cell>()
  const { ref } = useCanvas((context, width, height) => {
    context.clearRect(0, 0, width, height)
    if (!confusion) return
    const { classes, counts } = confusion
    const css = getComputedStyle(context.canvas)
    const colour = (name: string): string => css.getPropertyValue(name).trim()
    const size = Math.min(width, height) - MARGIN
    const side = size / classes
    context.font = `10px ${colour('--mono')}`
    context.textAlign = 'center'
    context.textBaseline = 'middle'
    for (let truth = 0; truth < classes; truth++) {
      let total = 0
      for (let index = 0; index < classes; index++) total += counts[truth * classes + index] as number
      for (let predicted = 0; predicted < classes; predicted++) {
        const count = counts[truth * classes + predicted] as number
        const share = total === 0 ? 0 : count / total
        const x = MARGIN + predicted * side
        const y = truth * side
        context.fillStyle = colour('--canvas')
        context.fillRect(x, y, side - 1, side - 1)
        if (count > 0) {
          const strength = truth === predicted ? share : Math.min(1, 0.25 + share)
          context.fillStyle = `color-mix(in srgb, ${colour(truth === predicted ? '--accent' : '--bad')} ${Math.round(strength * 85)}%, transparent)`
          context.fillRect(x, y, side - 1, side - 1)
        }
        if (count > 0 && side >= 14) {
          context.fillStyle = share > 0.6 ? colour('--accent-ink') : colour('--text')
          context.fillText(String(count), x + side / 2, y + side / 2)
        }
      }
      if (side >= 11) {
        context.fillStyle = colour('--faint')
        const name = (names?.[truth] ?? String(truth)).slice(0, 3)
        context.fillText(name, MARGIN / 2, truth * side + side / 2)
        context.fillText(name, MARGIN + truth * side + side / 2, size + MARGIN / 2)
      }
    }
  })
  const point = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (!confusion) return
    const box = event.currentTarget.getBoundingClientRect()
    const side = (Math.min(box.width, box.height) - MARGIN) / confusion.classes
    const predicted = Math.floor((event.clientX - box.left - MARGIN) / side)
    const truth = Math.floor((event.clientY - box.top) / side)
    const inside = predicted >= 0 && predicted < confusion.classes && truth >= 0 && truth < confusion.classes
    setHover(inside ? { truth, predicted } : undefined)
  }
  if (!confusion)
    return (
      <div className="empty">
        <b>{words('noPredictions')}</b>
        <span>{words('noPredictionsHint')}</span>
      </div>
    )
  const nameOf = (index: number): string => names?.[index] ?? String(index)
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

function summary(
  words: ReturnType<typeof useWords<typeof dockWords.words>>,
  { classes, counts }: { classes: number; counts: Uint32Array },
): string {
  let total = 0
  let right = 0
  counts.forEach((count, index) => {
    total += count
    if (index % (classes + 1) === 0) right += count
  })
  return words('right', { share: total === 0 ? '–' : ((100 * right) / total).toFixed(1), count: total })
}
