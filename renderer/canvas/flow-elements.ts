/**
 * @file React Flow's nodes and edges from the canvas model. In: views, positions, selection. Out: its objects with explicit sizes and handle
 * places, the same objects as before where nothing changed.
 */
import { useMemo, useRef } from 'react'
import { Position } from 'reactflow'
import { NODE_HEIGHT, NODE_WIDTH, type Point, portOffset, STRIP_HEIGHT } from '../layout/sizes'
import type { LayerFlowNode } from './LayerNode'
import type { NodeView, WireView } from './model'
import type { WireFlowEdge } from './ShapeEdge'

/** Like useMemo, but the computation sees its last result, so that what did not change keeps its identity. */
export function useRemembered<T>(compute: (previous: T) => T, dependencies: readonly unknown[]): T {
  const last = useRef<T>([] as T)
  return useMemo(() => {
    last.current = compute(last.current)
    return last.current
    // biome-ignore lint/correctness/useExhaustiveDependencies: the dependencies are the caller's
  }, dependencies)
}

export function useFlowNodes(
  views: readonly NodeView[],
  positions: Readonly<Record<string, Point>>,
  chosen: readonly string[],
  live: ReadonlySet<string>,
): LayerFlowNode[] {
  return useRemembered<LayerFlowNode[]>(
    (previous) => {
      const known = new Map(previous.map((node) => [node.id, node]))
      const selection = new Set(chosen)
      return views.map((view) => {
        const grown = view.strip !== undefined && live.has(view.strip.path)
        const corner = positions[view.id] ?? { x: 0, y: 0 }
        const position = { x: corner.x, y: corner.y - overhang(view, grown) }
        const selected = selection.has(view.id)
        const old = known.get(view.id)
        if (
          old?.data.view === view &&
          old.data.live === grown &&
          old.selected === selected &&
          old.position.x === position.x &&
          old.position.y === position.y
        )
          return old
        return flowNode(view, position, selected, grown)
      })
    },
    [views, positions, chosen, live],
  )
}

/** How far a node reaches above the compact one whose corner the document keeps. */
export const overhang = (view: NodeView, live: boolean): number => (view.height - NODE_HEIGHT + (live ? STRIP_HEIGHT : 0)) / 2

function flowNode(view: NodeView, position: Point, selected: boolean, live: boolean): LayerFlowNode {
  const height = view.height + (live ? STRIP_HEIGHT : 0)
  const handle = (type: 'source' | 'target', index: number, count: number, id: string) => ({
    id,
    type,
    position: type === 'target' ? Position.Left : Position.Right,
    x: type === 'target' ? -4.5 : NODE_WIDTH - 4.5,
    y: (live ? STRIP_HEIGHT / 2 : 0) + portOffset(index, count, view.height) - 4.5,
    width: 9,
    height: 9,
  })
  return {
    id: view.id,
    type: 'layer',
    position,
    selected,
    width: NODE_WIDTH,
    height,
    measured: { width: NODE_WIDTH, height },
    handles: [
      ...view.ports.inputs.map((port, index, all) => handle('target', index, all.length, port.name)),
      ...view.ports.outputs.map((port, index, all) => handle('source', index, all.length, port.name)),
    ],
    data: { view, live },
  }
}

export function useFlowEdges(wires: readonly WireView[], chosen: readonly string[]): WireFlowEdge[] {
  return useRemembered<WireFlowEdge[]>(
    (previous) => {
      const known = new Map(previous.map((edge) => [edge.id, edge]))
      const selection = new Set(chosen)
      return wires.map((wire) => {
        const selected = selection.has(wire.key)
        const old = known.get(wire.key)
        if (old?.data?.wire === wire && old.selected === selected) return old
        return {
          id: wire.key,
          type: 'wire',
          source: wire.from.node,
          sourceHandle: wire.from.port,
          target: wire.to.node,
          targetHandle: wire.to.port,
          selected,
          data: { wire },
        }
      })
    },
    [wires, chosen],
  )
}
