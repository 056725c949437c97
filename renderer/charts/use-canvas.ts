/**
 * @file A canvas that fits its box, is sharp on dense screens, and is drawn again when its box, the theme or the caller asks; at most once a
 * frame. In: a drawing function. Out: a ref for the canvas and a function that asks for a redraw.
 */
import { type RefObject, useCallback, useEffect, useRef } from 'react'
import { useRestored } from './use-restored'

type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void

export function useCanvas(draw: Draw): { readonly ref: RefObject<HTMLCanvasElement | null>; readonly redraw: () => void } {
  const ref = useRef<HTMLCanvasElement>(null)
  const latest = useRef(draw)
  const frame = useRef(0)
  const redraw = useCallback(() => {
    if (frame.current !== 0) return
    frame.current = requestAnimationFrame(() => {
      frame.current = 0
      const canvas = ref.current
      const context = canvas?.getContext('2d')
      if (!canvas || !context) return
      const { width, height } = canvas.getBoundingClientRect()
      const density = window.devicePixelRatio || 1
      const columns = Math.max(1, Math.round(width * density))
      const rows = Math.max(1, Math.round(height * density))
      if (canvas.width !== columns || canvas.height !== rows) {
        canvas.width = columns
        canvas.height = rows
      }
      context.setTransform(density, 0, 0, density, 0, 0)
      latest.current(context, width, height)
    })
  }, [])
  useRestored(ref, redraw)
  useEffect(() => {
    latest.current = draw
    redraw()
  })
  useEffect(() => {
    const canvas = ref.current
    if (!canvas) return
    const boxes = new ResizeObserver(redraw)
    boxes.observe(canvas)
    const theme = new MutationObserver(redraw)
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] })
    // Text drawn before its font has come would stay in the fallback's shape.
    void document.fonts.ready.then(redraw)
    return () => {
      boxes.disconnect()
      theme.disconnect()
      cancelAnimationFrame(frame.current)
      frame.current = 0
    }
  }, [redraw])
  return { ref, redraw }
}
