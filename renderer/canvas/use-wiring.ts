/**
 * @file Wires by hand. In: React Flow's connection events. Out: transactions. A loose end dropped on the canvas asks for a layer that fits; a
 * wire pulled off its port and let go is deleted.
 */
import { useMemo, useRef } from 'react'
import { type Connection, type FinalConnectionState, type IsValidConnection, type OnReconnect, useReactFlow } from 'reactflow'
import { connectPorts, deleteSelection, replug } from '../store/actions'
import { openedGraph, select, useDocument } from '../store/document'
import { edgeKeys } from '../store/graphs'
import { showUi } from '../store/ui'
import { refusalOf } from './connections'
import type { WireFlowEdge } from './ShapeEdge'

interface Wiring {
  readonly isValid: IsValidConnection<WireFlowEdge>
  readonly onConnect: (connection: Connection) => void
  readonly onConnectEnd: (event: MouseEvent | TouchEvent, state: FinalConnectionState) => void
  readonly onReconnect: OnReconnect<WireFlowEdge>
  readonly onReconnectStart: () => void
  readonly onReconnectEnd: (event: MouseEvent | TouchEvent, edge: WireFlowEdge) => void
}

const endpoints = (connection: Pick<Connection, 'source' | 'sourceHandle' | 'target' | 'targetHandle'>) => ({
  from: { node: connection.source, port: connection.sourceHandle ?? '' },
  to: { node: connection.target, port: connection.targetHandle ?? '' },
})

export function useWiring(): Wiring {
  const flow = useReactFlow()
  const landed = useRef(true)
  return useMemo(
    () => ({
      isValid: (connection) => {
        const { from, to } = endpoints({
          source: connection.source,
          sourceHandle: connection.sourceHandle ?? null,
          target: connection.target,
          targetHandle: connection.targetHandle ?? null,
        })
        return refusalOf(useDocument.getState().document, from, to) === undefined
      },
      onConnect: (connection) => {
        const { from, to } = endpoints(connection)
        connectPorts(from, to)
      },
      onConnectEnd: (event, state) => {
        if (state.toHandle || !state.fromHandle || !landed.current) return
        const point = 'changedTouches' in event ? event.changedTouches[0] : event
        if (!point) return
        const screen = { x: point.clientX, y: point.clientY }
        // Letting go over a node without hitting a port means a slip, not a wish for another node.
        if (document.elementFromPoint(screen.x, screen.y)?.closest('.react-flow__node')) return
        showUi({
          adding: {
            screen,
            at: flow.screenToFlowPosition(screen),
            wire: {
              end: { node: state.fromHandle.nodeId, port: state.fromHandle.id ?? '' },
              side: state.fromHandle.type === 'source' ? 'from' : 'to',
            },
          },
        })
      },
      onReconnectStart: () => {
        landed.current = false
      },
      onReconnect: (edge, connection) => {
        landed.current = true
        const keys = edgeKeys(openedGraph(useDocument.getState()).edges)
        const { from, to } = endpoints(connection)
        replug(edge.id, from, to, (index) => keys[index] ?? '')
      },
      onReconnectEnd: (_event, edge) => {
        if (!landed.current) {
          select([], [edge.id])
          deleteSelection()
        }
        landed.current = true
      },
    }),
    [flow],
  )
}
