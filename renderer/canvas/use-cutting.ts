/**
 * @file Cutting wires: Ctrl and the right button draw a line, and what it crosses is gone. In: pointer events on the canvas. Out: the line, relative to the
 * canvas, while it is drawn; then one transaction.
 */
import { type RefObject, useEffect, useState } from 'react'
import type { Point } from '../layout/sizes'
import { deleteSelection } from '../store/actions'
import { openedGraph, select, useDocument } from '../store/document'
import { edgeKeys } from '../store/graphs'
import { wireAt } from './drops'

const RIGHT = 2
/** Pixels between two places where the line looks for a wire. */
const STEP = 3
const title = { en: 'Cut wires', zh: '切断连线' } as const

export function useCutting(wrapper: RefObject<HTMLDivElement | null>): readonly Point[] {
  const [line, setLine] = useState<readonly Point[]>([])
  useEffect(() => {
    const element = wrapper.current
    if (!element) return
    let last: Point | undefined
    const crossed = new Set<string>()
    const look = (from: Point, to: Point): void => {
      const { edges } = openedGraph(useDocument.getState())
      const keys = edgeKeys(edges)
      const steps = Math.max(1, Math.ceil(Math.hypot(to.x - from.x, to.y - from.y) / STEP))
      for (let step = 0; step <= steps; step++) {
        const wire = wireAt(from.x + ((to.x - from.x) * step) / steps, from.y + ((to.y - from.y) * step) / steps)
        const key = wire && keys[edges.indexOf(wire)]
        if (key !== undefined) crossed.add(key)
      }
    }
    const local = (event: PointerEvent): Point => {
      const { left, top } = element.getBoundingClientRect()
      return { x: event.clientX - left, y: event.clientY - top }
    }
    const onDown = (event: PointerEvent): void => {
      if (event.button !== RIGHT || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      event.stopPropagation()
      element.setPointerCapture(event.pointerId)
      crossed.clear()
      last = { x: event.clientX, y: event.clientY }
      setLine([local(event)])
    }
    const onMove = (event: PointerEvent): void => {
      if (!last) return
      const now = { x: event.clientX, y: event.clientY }
      look(last, now)
      last = now
      setLine((before) => [...before, local(event)])
    }
    const onUp = (): void => {
      if (!last) return
      last = undefined
      setLine([])
      if (crossed.size === 0) return
      select([], [...crossed])
      deleteSelection({ title })
    }
    const onMenu = (event: MouseEvent): void => {
      if (event.ctrlKey || event.metaKey) event.preventDefault()
    }
    element.addEventListener('pointerdown', onDown, { capture: true })
    element.addEventListener('pointermove', onMove)
    element.addEventListener('pointerup', onUp)
    element.addEventListener('contextmenu', onMenu)
    return () => {
      element.removeEventListener('pointerdown', onDown, { capture: true })
      element.removeEventListener('pointermove', onMove)
      element.removeEventListener('pointerup', onUp)
      element.removeEventListener('contextmenu', onMenu)
    }
  }, [wrapper])
  return line
}
