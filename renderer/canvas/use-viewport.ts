/**
 * @file Steering the view. In: where the nodes stand. Out: fit, zoom and pointer for the rest of the app; a new document or block is fitted into
 * the window at once, from known sizes, without waiting for a measurement.
 */
import { type RefObject, useEffect, useRef } from 'react'
import { useReactFlow, type Viewport } from 'reactflow'
import type { Point, Rect } from '../layout/sizes'
import { useDocument } from '../store/document'
import { registerViewport } from './viewport'

const MARGIN = { left: 28, right: 28, top: 20, bottom: 58 }
/** Height that the breadcrumbs take while a block is open. */
const CRUMBS = 34
const DURATION = 140

const calm = (): boolean => matchMedia('(prefers-reduced-motion: reduce)').matches

export function useViewport(wrapper: RefObject<HTMLDivElement | null>, placed: ReadonlyMap<string, Rect>): void {
  const flow = useReactFlow()
  const latest = useRef(placed)
  latest.current = placed
  const pointer = useRef<Point | undefined>(undefined)

  useEffect(() => {
    const box = (): DOMRect => wrapper.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 800, 450)
    /** The view as it was last fitted, and to which nodes: while nobody has moved it, it stays fitted in a window of another size. */
    let shown: readonly string[] | undefined
    let fitted: Viewport | undefined
    const isFitted = (): boolean => {
      const now = flow.getViewport()
      return fitted !== undefined && Math.abs(now.x - fitted.x) + Math.abs(now.y - fitted.y) < 1 && Math.abs(now.zoom - fitted.zoom) < 1e-3
    }
    const show = (only: readonly string[] | undefined, duration: number): void => {
      shown = only
      const rooms = [...latest.current].filter(([id]) => !only || only.includes(id)).map(([, room]) => room)
      if (rooms.length === 0) {
        void flow.setViewport({ x: 0, y: 0, zoom: 1 })
        return
      }
      const left = Math.min(...rooms.map((room) => room.x))
      const top = Math.min(...rooms.map((room) => room.y))
      const width = Math.max(...rooms.map((room) => room.x + room.width)) - left
      const height = Math.max(...rooms.map((room) => room.y + room.height)) - top
      const { width: windowWidth, height: windowHeight } = box()
      const roomWidth = windowWidth - MARGIN.left - MARGIN.right
      const above = MARGIN.top + (useDocument.getState().path.length > 0 ? CRUMBS : 0)
      const roomHeight = windowHeight - above - MARGIN.bottom
      // A graph that fits without the bar and the minimap beneath it may use their place.
      const zoom = Math.max(0.05, Math.min(1, roomWidth / width, roomHeight / height))
      const spare = windowHeight - height * zoom
      const y = spare / 2 >= MARGIN.bottom ? spare / 2 : above + Math.max(0, (roomHeight - height * zoom) / 2)
      fitted = { x: (windowWidth - width * zoom) / 2 - left * zoom, y: y - top * zoom, zoom }
      void flow.setViewport(fitted, { duration })
    }
    const screenPoint = (): Point => {
      const { left, top, width, height } = box()
      return pointer.current ?? { x: left + width / 2, y: top + height / 2 }
    }
    const unregister = registerViewport({
      fit: (nodes) => show(nodes, calm() ? 0 : DURATION),
      zoomTo: (zoom) => void flow.zoomTo(zoom, { duration: calm() ? 0 : DURATION }),
      zoomBy: (factor) => void flow.zoomTo(flow.getZoom() * factor, { duration: calm() ? 0 : DURATION }),
      reveal: (node) => {
        const room = latest.current.get(node)
        if (!room) return
        const corner = flow.flowToScreenPosition(room)
        const { left, top, right, bottom } = box()
        const zoom = flow.getZoom()
        const isVisible =
          corner.x >= left && corner.y >= top && corner.x + room.width * zoom <= right && corner.y + room.height * zoom <= bottom
        if (!isVisible) void flow.setCenter(room.x + room.width / 2, room.y + room.height / 2, { zoom, duration: calm() ? 0 : DURATION })
      },
      pointer: () => flow.screenToFlowPosition(screenPoint()),
      hasPointer: () => pointer.current !== undefined,
      pointerOnScreen: screenPoint,
      extent: () => ({ width: box().width - MARGIN.left - MARGIN.right, height: box().height - MARGIN.top - MARGIN.bottom }),
    })
    const element = wrapper.current
    const track = (event: PointerEvent): void => {
      pointer.current = { x: event.clientX, y: event.clientY }
    }
    const forget = (): void => {
      pointer.current = undefined
    }
    element?.addEventListener('pointermove', track)
    element?.addEventListener('pointerleave', forget)
    show(undefined, 0)
    const resizing = new ResizeObserver(() => isFitted() && show(shown, 0))
    if (element) resizing.observe(element)
    const stop = useDocument.subscribe((state, before) => {
      if (state.key !== before.key || state.path !== before.path) requestAnimationFrame(() => show(undefined, 0))
    })
    return () => {
      unregister()
      resizing.disconnect()
      stop()
      element?.removeEventListener('pointermove', track)
      element?.removeEventListener('pointerleave', forget)
    }
  }, [flow, wrapper])
}
