/**
 * @file What the network says everywhere on the plane, with the samples on it. In: the engine's grid of classes and confidences, predictions.
 * Out: a map: the hue is the class (or, for a number, where it lies between the smallest and the largest), its strength the confidence.
 */

import type { DecisionPlane } from '../../../engine/protocol/messages'
import { useCanvas } from '../../charts/use-canvas'
import { useRun } from '../../engine/run-store'
import { useWords } from '../../i18n/i18n'
import { classColour } from './class-colours'
import { drawPoints, placeRegion } from './scatter'
import { dockWords } from './words'

/** One pixel a cell; enlarging it smoothly is the browser's work. */
function cellsOf(plane: DecisionPlane, css: CSSStyleDeclaration): OffscreenCanvas {
  const { size, classes, value, confidence } = plane
  const cells = new OffscreenCanvas(size, size)
  const context = cells.getContext('2d')
  if (!context) return cells
  const low = value.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY)
  const high = value.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY)
  const [first, second] = [classColour(0, css), classColour(1, css)]
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++) {
      const at = row * size + column
      const here = value[at] as number
      if (classes === undefined) {
        const share = high > low ? (here - low) / (high - low) : 0
        context.fillStyle = `color-mix(in srgb, ${second} ${Math.round(share * 100)}%, ${first})`
        context.globalAlpha = 0.15 + 0.9 * Math.abs(share - 0.5)
      } else {
        // From an even guess to certainty.
        const even = 1 / classes
        context.fillStyle = classColour(here, css)
        context.globalAlpha = 0.1 + 0.55 * Math.max(0, ((confidence[at] as number) - even) / (1 - even))
      }
      context.fillRect(column, size - 1 - row, 1, 1)
    }
  return cells
}

export function DecisionMap() {
  const words = useWords(dockWords)
  const plane = useRun((state) => state.plane)
  const predictions = useRun((state) => state.predictions)
  const { ref } = useCanvas((context, width, height) => {
    context.clearRect(0, 0, width, height)
    if (!plane) return
    const { left, top, scale } = placeRegion(width, height, plane)
    context.drawImage(
      cellsOf(plane, getComputedStyle(context.canvas)),
      left,
      top,
      (plane.high[0] - plane.low[0]) * scale,
      (plane.high[1] - plane.low[1]) * scale,
    )
    const points = predictions.flatMap(({ inputs, target }) => {
      const [at] = Object.values(inputs)
      const label = typeof target === 'number' ? target : Math.round(target?.[0] ?? 0)
      return at?.length === 2 ? [{ x: at[0] as number, y: at[1] as number, label }] : []
    })
    drawPoints(context, width, height, points, plane)
  })
  return (
    <div className="plane">
      <canvas ref={ref} role="img" aria-label={words('planeHint')} title={words('planeHint')} />
    </div>
  )
}
