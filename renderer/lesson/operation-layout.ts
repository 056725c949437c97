/**
 * @file Where variables and operations stand, and how their wires run: as on the canvas, left to right, long chains wrapped into rows. In: the graph,
 * and corners from the layout worker. Out: boxes, paths, and the extent of the whole. Pure.
 */
import type { OperationNode } from '../../engine/insight/lesson-report'
import { type Lane, routeWire } from '../canvas/route'
import type { LayoutInput } from '../layout/arrange'
import { NODE_HEIGHT, NODE_WIDTH, type Point, type Rect } from '../layout/sizes'

export const OPERATION = { width: NODE_WIDTH, height: 60 }
const MARGIN = 34

export const layoutInputOf = (operations: readonly OperationNode[], width: number, height: number): LayoutInput => ({
  nodes: operations.map(({ id }) => String(id)),
  edges: operations.flatMap(({ id, operands }) => operands.map((operand) => [String(operand), String(id)] as const)),
  window: { width: width - 2 * MARGIN, height: height - 2 * MARGIN },
})

export interface OperationSheet {
  readonly width: number
  readonly height: number
  readonly boxes: ReadonlyMap<number, Rect>
  readonly wires: readonly { readonly key: string; readonly to: number; readonly path: string }[]
}

export function sheetOf(operations: readonly OperationNode[], corners: Readonly<Record<string, Point>>): OperationSheet {
  const boxes = new Map<number, Rect>()
  for (const { id } of operations) {
    const corner = corners[String(id)]
    // The layout keeps a node's height; a box is a little higher, about the same middle.
    if (corner) boxes.set(id, { x: corner.x + MARGIN, y: corner.y + MARGIN - (OPERATION.height - NODE_HEIGHT) / 2, ...OPERATION })
  }
  const all = [...boxes.values()]
  const lanes: Lane[] = []
  const wires = operations.flatMap(({ id, operands }) =>
    [...new Set(operands)].flatMap((operand) => {
      const [source, target] = [boxes.get(operand), boxes.get(id)]
      if (!source || !target) return []
      const from = { x: source.x + source.width, y: source.y + source.height / 2 }
      const to = { x: target.x, y: target.y + target.height / 2 }
      return { key: `${operand} ${id}`, to: id, path: routeWire({ from, to, source, target }, all, lanes, String(operand)).path }
    }),
  )
  return {
    boxes,
    wires,
    width: Math.max(0, ...all.map((box) => box.x + box.width)) + MARGIN,
    height: Math.max(0, ...all.map((box) => box.y + box.height)) + MARGIN,
  }
}
