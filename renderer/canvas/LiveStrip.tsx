/**
 * @file The live picture on a node while training: samples of an input, feature maps of a convolution, a histogram of a dense layer's
 * outputs. In: the latest activations from the run store, by engine path. Out: pixels on a canvas; React is not involved per frame.
 */
import { memo, useCallback, useEffect, useRef } from 'react'
import { useRestored } from '../charts/use-restored'
import { useRun } from '../engine/run-store'
import { drawActivations } from './draw-activations'

interface Props {
  readonly path: string
  readonly isInput: boolean
  readonly colour: string
}

export const LiveStrip = memo(function LiveStrip({ path, isInput, colour }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const draw = useCallback(() => {
    const activation = useRun.getState().insight?.activations[path]
    if (canvas.current && activation) drawActivations(canvas.current, activation, isInput)
  }, [path, isInput])
  useRestored(canvas, draw)
  useEffect(() => {
    draw()
    return useRun.subscribe((state, previous) => {
      if (state.insight !== previous.insight) draw()
    })
  }, [draw])
  return (
    <div className="node-strip" style={{ color: colour }}>
      <canvas ref={canvas} width={228} height={68} />
    </div>
  )
})
