/** @file How large a node is drawn, known before it is drawn: layout, wires and React Flow all use these numbers. */

export const NODE_WIDTH = 138
export const NODE_HEIGHT = 48
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

/** Ports are spread over the side; a single one sits on the middle line. */
export const portOffset = (index: number, count: number, height: number): number => (height * (index + 1)) / (count + 1)
