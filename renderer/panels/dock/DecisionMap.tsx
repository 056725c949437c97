/**
 * @file What the network says everywhere on the plane, with the samples on it. In: the engine's grid of classes and confidences, predictions.
 * Out: a map: the hue is the class, its strength the confidence.
 */
import { useCanvas } from '../../charts/use-canvas'
import { useRun } from '../../engine/run-store'
import { useWords } from '../../i18n/i18n'
import { classColour } from './class-colours'
import { drawPoints, placeRegion } from './scatter'
import { dockWords } from './words'

export function DecisionMap() {
  const words = useWords(dockWords)
  const plane = useRun((state) => state.plane)
  const predictions = useRun((state) => state.predictions)
  const { ref } = useCanvas((context, width, height) => {
    context.clearRect(0, 0, width, height)
    if (!plane) return
    const css = getComputedStyle(context.canvas)
    const { left, top, scale } = placeRegion(width, height, plane)
    const across = ((plane.high[0] - plane.low[0]) * scale) / plane.size
    const down = ((plane.high[1] - plane.low[1]) * scale) / plane.size
    for (let row = 0; row < plane.size; row++)
      for (let column = 0; column < plane.size; column++) {
        const at = row * plane.size + column
        // From a coin's toss to certainty.
        const strength = Math.max(0, Math.min(1, ((plane.confidence[at] as number) - 0.5) * 2))
        context.fillStyle = classColour(plane.value[at] as number, css)
        context.globalAlpha = 0.12 + 0.5 * strength
        context.fillRect(left + column * across, top + (plane.size - 1 - row) * down, across + 0.6, down + 0.6)
      }
    context.globalAlpha = 1
    const points = predictions.flatMap(({ inputs, target }) => {
      const [values] = Object.values(inputs)
      return values && values.length === 2
        ? [{ x: values[0] as number, y: values[1] as number, label: typeof target === 'number' ? target : 0 }]
        : []
    })
    drawPoints(context, width, height, points, plane)
  })
  return <canvas ref={ref} className="plane" role="img" aria-label={words('planeHint')} title={words('planeHint')} />
}
