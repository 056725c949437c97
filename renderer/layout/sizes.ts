/** @file How large a node is drawn, known before it is drawn: layout, wires and React Flow all use these numbers. */

export const NODE_WIDTH = 138
export const NODE_HEIGHT = 48
/** Least distance of two ports on one side: a dot and a gap, so that each can be told apart and grabbed. */
export const PORT_PITCH = 12
/** Extra height of the live strip while training. */
export const STRIP_HEIGHT = 46
/** Between columns: room for `N×192×24×24` between two ports, or for `192×24×24` in the larger type of the far view. */
export const COLUMN_GAP = 84
export const COLUMN_PITCH = NODE_WIDTH + COLUMN_GAP
/** Vertical room that auto-layout keeps for one node, live strip and error badge included. */
export const LANE_HEIGHT = NODE_HEIGHT + STRIP_HEIGHT

export interface Point {
  readonly x: number
  readonly y: number
}
export interface Rect extends Point {
  readonly width: number
  readonly height: number
}

/** A node grows with its ports, about its middle line: a document keeps the corner of the compact node, whatever grows. */
export const nodeHeight = (ports: { readonly inputs: readonly unknown[]; readonly outputs: readonly unknown[] }): number =>
  Math.max(NODE_HEIGHT, PORT_PITCH * (Math.max(ports.inputs.length, ports.outputs.length) + 1))

/** Ports are spread over the side; a single one sits on the middle line. */
export const portOffset = (index: number, count: number, height: number): number => (height * (index + 1)) / (count + 1)
