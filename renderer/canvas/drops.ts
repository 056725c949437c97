/**
 * @file What falls on the canvas: a layer from the palette, a node onto a wire, a double click, keyboard focus. In: DOM events. Out: transactions.
 */
import { type RefObject, useMemo } from 'react'
import { useReactFlow } from 'reactflow'
import { NODE_HEIGHT, NODE_WIDTH, type Point } from '../layout/sizes'
import { type Addable, add, insertExisting } from '../store/actions'
import { openedGraph, select, useDocument } from '../store/document'
import { edgeKeys } from '../store/graphs'
import { showUi } from '../store/ui'
import { ADDABLE_TYPE } from './drag-type'

interface Drops {
  readonly onDoubleClick: (event: React.MouseEvent) => void
  readonly onDragOver: (event: React.DragEvent) => void
  readonly onDrop: (event: React.DragEvent) => void
  readonly onFocusCapture: (event: React.FocusEvent) => void
  /** True when the dragged node was put into the wire under the pointer. */
  readonly intoWire: (event: MouseEvent | TouchEvent, id: string, moved: Readonly<Record<string, Point>>) => boolean
}

/** The wire at a point of the screen, as the document knows it. */
export function wireAt(x: number, y: number) {
  const element = document.elementsFromPoint(x, y).find((one) => one.closest('.react-flow__edge'))
  const key = element?.closest('.react-flow__edge')?.getAttribute('data-id')
  const { edges } = openedGraph(useDocument.getState())
  return key ? edges[edgeKeys(edges).indexOf(key)] : undefined
}

export function useDrops(wrapper: RefObject<HTMLDivElement | null>): Drops {
  const flow = useReactFlow()
  return useMemo(
    () => ({
      onDoubleClick: (event) => {
        // Nodes lie inside the pane: only the ground itself counts.
        if (!(event.target instanceof Element) || !event.target.classList.contains('react-flow__pane')) return
        const screen = { x: event.clientX, y: event.clientY }
        showUi({ adding: { screen, at: flow.screenToFlowPosition(screen) } })
      },
      onDragOver: (event) => {
        if (!event.dataTransfer.types.includes(ADDABLE_TYPE)) return
        event.preventDefault()
        event.dataTransfer.dropEffect = 'copy'
      },
      onDrop: (event) => {
        const text = event.dataTransfer.getData(ADDABLE_TYPE)
        if (text === '') return
        event.preventDefault()
        event.stopPropagation()
        const point = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY })
        const wire = event.metaKey || event.ctrlKey ? undefined : wireAt(event.clientX, event.clientY)
        const at = { x: point.x - NODE_WIDTH / 2, y: point.y - NODE_HEIGHT / 2 }
        add(JSON.parse(text) as Addable, wire ? { into: wire } : { at })
        wrapper.current?.focus()
      },
      onFocusCapture: (event) => {
        const node = event.target instanceof Element ? event.target.closest('.react-flow__node') : null
        const id = node?.getAttribute('data-id')
        // Only the keyboard: a click selects by itself.
        if (id && event.target === node && node.matches(':focus-visible')) select([id])
      },
      intoWire: (event, id, moved) => {
        const point = 'changedTouches' in event ? event.changedTouches[0] : event
        if (!point || ('metaKey' in event && (event.metaKey || event.ctrlKey))) return false
        const { edges } = openedGraph(useDocument.getState())
        if (edges.some((edge) => edge.from.node === id || edge.to.node === id)) return false
        const wire = wireAt(point.clientX, point.clientY)
        if (!wire) return false
        insertExisting(id, wire.from, wire.to, moved)
        return true
      },
    }),
    [flow, wrapper],
  )
}
